//! What is written down about the bot is true.

use std::collections::BTreeSet;

use test_support::documents;

const README: &str = include_str!("../../README.md");
const EXAMPLE: &str = include_str!("../../.env.example");
/// These are set by the platform, not by a person.
const PLATFORM: [&str; 2] = ["AWS_LAMBDA_FUNCTION_NAME", "K_SERVICE"];

/// Every variable that reading the settings asks for.
fn variables_read() -> BTreeSet<String> {
    let by_id = [("ASTRA_DB_ID", "x")];
    let self_hosted = [("DATA_API_URL", "http://127.0.0.1:8181")];
    let of_discord = [("DISCORD_TOKEN", "x"), ("DISCORD_APPLICATION_ID", "1")];
    documents::asked_for(&[&[], &by_id, &self_hosted, &of_discord], |lookup| {
        drop(discord_bot::Settings::from_env(lookup));
    })
}

#[test]
fn the_example_environment_names_exactly_the_variables_that_people_set() {
    let mut expected = variables_read();
    expected.retain(|name| !PLATFORM.contains(&name.as_str()));
    assert_eq!(documents::in_example(EXAMPLE), expected);
}

#[test]
fn the_readme_lists_exactly_the_variables_that_are_read() {
    assert_eq!(documents::in_table(README), variables_read());
}

#[test]
fn the_example_environment_opens_a_terminal_as_it_is() {
    let pairs = documents::set_by_example(EXAMPLE);
    let settings = discord_bot::Settings::from_env(shared::env::of(&pairs)).unwrap();
    assert!(settings.discord.is_none());
}

#[test]
fn the_readme_lists_every_command_and_no_other() {
    let rows = README.lines().filter_map(|line| line.strip_prefix("| `/"));
    let names = rows
        .filter_map(|row| row.split('`').next())
        .map(str::to_owned);
    let commands = discord_bot::commands::all().into_iter();
    let commands = commands.map(|command| command.name.to_owned());
    assert_eq!(
        names.collect::<BTreeSet<_>>(),
        commands.collect::<BTreeSet<_>>()
    );
}

#[test]
fn the_readme_names_only_files_that_exist() {
    let to_be_made = ["src/commands/dice.rs"];
    let folders = ["src/", "tests/"];
    documents::assert_files_exist(
        README,
        env!("CARGO_MANIFEST_DIR"),
        &folders,
        &to_be_made,
        21,
    );
}
