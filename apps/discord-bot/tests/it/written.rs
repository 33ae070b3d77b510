//! What is written down about the bot is true.

use std::collections::BTreeSet;

const README: &str = include_str!("../../README.md");
const EXAMPLE: &str = include_str!("../../.env.example");
/// These are set by the platform, not by a person.
const PLATFORM: [&str; 2] = ["AWS_LAMBDA_FUNCTION_NAME", "K_SERVICE"];

/// Every variable that reading the settings asks for.
fn variables_read() -> BTreeSet<String> {
    let asked = std::cell::RefCell::new(BTreeSet::new());
    let ask = |answers: &'static [(&'static str, &'static str)]| {
        let lookup = |name: &str| {
            asked.borrow_mut().insert(name.to_owned());
            let known = answers.iter().find(|(known, _)| *known == name);
            known.map(|(_, value)| (*value).into())
        };
        // Which variables are looked at depends on which are set; whether they go together does not
        // matter here.
        drop(discord_bot::Settings::from_env(lookup));
    };
    ask(&[]);
    ask(&[("ASTRA_DB_ID", "x")]);
    ask(&[("DATA_API_URL", "http://127.0.0.1:8181")]);
    ask(&[("DISCORD_TOKEN", "x"), ("DISCORD_APPLICATION_ID", "1")]);
    asked.into_inner()
}

#[test]
fn the_example_environment_names_exactly_the_variables_that_people_set() {
    let named = EXAMPLE
        .lines()
        .filter_map(|line| line.trim_start_matches("# ").split_once('='));
    let named = named.map(|(name, _)| name).filter(|name| is_name(name));
    let mut expected = variables_read();
    expected.retain(|name| !PLATFORM.contains(&name.as_str()));
    assert_eq!(named.map(str::to_owned).collect::<BTreeSet<_>>(), expected);
}

#[test]
fn the_readme_lists_exactly_the_variables_that_are_read() {
    let rows = README.lines().filter_map(|line| line.strip_prefix("| `"));
    let names = rows
        .filter_map(|row| row.split('`').next())
        .filter(|name| is_name(name));
    assert_eq!(
        names.map(str::to_owned).collect::<BTreeSet<_>>(),
        variables_read()
    );
}

#[test]
fn the_example_environment_opens_a_terminal_as_it_is() {
    let lines = EXAMPLE.lines().filter(|line| !line.starts_with('#'));
    let pairs: Vec<(&str, &str)> = lines.filter_map(|line| line.split_once('=')).collect();
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
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let is_path = |name: &&str| {
        ["src/", "tests/"]
            .iter()
            .any(|folder| name.starts_with(folder))
    };
    // The one that the reader makes.
    let to_be_made = "src/commands/dice.rs";
    let names = README.split('`').skip(1).step_by(2).filter(is_path);
    let mut checked = 0;
    for name in names.filter(|name| *name != to_be_made) {
        assert!(root.join(name).exists(), "{name}");
        checked += 1;
    }
    assert!(
        checked > 20,
        "only {checked} file names were found in README.md"
    );
}

fn is_name(text: &str) -> bool {
    let mut bytes = text.bytes();
    !text.is_empty() && bytes.all(|byte| byte.is_ascii_uppercase() || byte == b'_')
}
