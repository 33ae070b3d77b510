//! The binary with nothing set up: a session in the terminal, piped.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// Runs the binary on the database in `data`, and types `input`.
fn run(data: &Path, args: &[&str], settings: &[(&str, &str)], input: &str) -> Output {
    let mut process = Command::new(env!("CARGO_BIN_EXE_discord-bot"))
        .args(args)
        .current_dir(data)
        .env_clear()
        .env("DATA_DIR", data)
        .envs(settings.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = process.stdin.take().unwrap();
    // A program that ends without reading is what some of the tests are about.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    process.wait_with_output().unwrap()
}

fn session(data: &TempDir, input: &str) -> (String, String) {
    let output = run(data.path(), &[], &[], input);
    let (said, talked) = both(&output);
    assert!(output.status.success(), "{said}{talked}");
    (said, talked)
}

fn both(output: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (text(&output.stdout), text(&output.stderr))
}

#[test]
fn a_newcomer_counts_finds_pages_inserts_changes_and_deletes() {
    let data = tempfile::tempdir().unwrap();
    let (said, talked) = session(
        &data,
        "/count\n/find\n2\n1\n/find field:owner value:Ada sort:minutes\n/insert Teapot\n\n{\"litres\": 1.5}\n\n/get tea?\n\
         /get teapot\n/update teapot\nKettle\n\n/count\n/delete kettle\n1\n/count\nquit\n/ping\n",
    );
    insta::assert_snapshot!(without_ids(&said));
    assert!(
        talked.starts_with("This is the bot without Discord"),
        "{talked}"
    );
    assert!(
        !talked.contains("ERROR") && !talked.contains("WARN"),
        "{talked}"
    );
}

/// `tests/stored/first` was written by the first version: its samples, and a teapot.
#[test]
fn documents_of_the_first_version_are_found_changed_and_deleted() {
    let data = tempfile::tempdir().unwrap();
    let stored = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stored/first/astra.db");
    std::fs::copy(stored, data.path().join("astra.db")).unwrap();
    let input = "/count\n/get teapot\n/update teapot\nKettle\n\n/find field:owner value:Ada\n/delete kettle\n1\n/count\nquit\n";
    let (said, talked) = session(&data, input);
    for expected in [
        "9 documents",
        "teapot",
        "Kettle",
        "Liar's Dice",
        "8 documents",
    ] {
        assert!(said.contains(expected), "{expected}: {said}{talked}");
    }
}

#[test]
fn the_session_in_the_readme_is_what_it_says() {
    let readme = include_str!("../../README.md").lines();
    let lines = readme.filter_map(|line| line.strip_prefix("    "));
    let (mut typed, mut expected) = (String::new(), Vec::new());
    for line in lines.skip_while(|line| !line.starts_with("> /")) {
        match line.strip_prefix("> ") {
            Some(command) => typed.extend([command, "\n"]),
            None if line == "…" => {}
            // The next block begins.
            None if line.starts_with("cargo") => break,
            None => expected.push(line),
        }
    }
    let (said, _) = session(&tempfile::tempdir().unwrap(), &typed);
    let mut said = said.lines().map(str::trim_end);
    assert!(expected.len() > 4, "{expected:?}");
    for line in expected {
        assert!(said.any(|it| it == line), "`{line}` is not said");
    }
}

/// What is different in every run: the ids and times of what is inserted.
fn without_ids(text: &str) -> String {
    let mut lines = Vec::new();
    for line in text.lines() {
        let line = match line.split_once(" by you, ") {
            Some(_) => "┃ ID by you, TIME".to_owned(),
            None => line.to_owned(),
        };
        let is_id = |word: &str| {
            word.len() == 19
                && word
                    .parse()
                    .is_ok_and(|id: u64| id > 1_500_000_000_000_000_000)
        };
        let words = line.split(' ').map(|word| {
            let bare = word.trim_matches(['(', ')']);
            if is_id(bare) {
                word.replace(bare, "ID")
            } else {
                word.to_owned()
            }
        });
        lines.push(words.collect::<Vec<_>>().join(" "));
    }
    lines.join("\n")
}

#[test]
fn a_second_session_finds_what_the_first_one_left_and_adds_no_samples() {
    let data = tempfile::tempdir().unwrap();
    session(&data, "/createdocument Teapot\n/delete chess\n1\n");
    let (said, _) = session(&data, "/count\n/get teapot\n/get chess\n");
    assert!(said.contains("8 documents"), "{said}");
    assert!(
        said.contains("Teapot") && said.contains("no such document"),
        "{said}"
    );
}

#[test]
fn help_lists_every_command_and_mistakes_are_answered_in_words() {
    let data = tempfile::tempdir().unwrap();
    let (said, talked) = session(
        &data,
        "help\nhello\n/nope\n/get\n7\n/find field:?\n/find operator:?\n/insert\nonly a name\n",
    );
    for command in discord_bot::commands::all() {
        assert!(said.contains(&format!("/{}", command.name)), "{said}");
    }
    assert!(said.contains("players.max"), "{said}");
    for words in [
        "begins with a slash",
        "no command /nope",
        "needs id",
        "no button",
        "is at least",
    ] {
        assert!(talked.contains(words), "{words}: {talked}");
    }
}

#[test]
fn samples_are_added_once_and_a_guild_is_emptied() {
    let data = tempfile::tempdir().unwrap();
    let said = |args: &[&str]| both(&run(data.path(), args, &[], "")).0;
    assert!(said(&["seed"]).starts_with("8 sample documents added"));
    assert!(said(&["seed"]).starts_with("0 sample documents added"));
    assert_eq!(said(&["clean"]), "8 documents deleted\n");
    assert_eq!(said(&["clean"]), "0 documents deleted\n");
}

#[test]
fn neither_a_token_nor_somebody_who_types_is_an_error() {
    let data = tempfile::tempdir().unwrap();
    let output = run(data.path(), &[], &[], "");
    let (said, talked) = both(&output);
    assert!(!output.status.success(), "{said}{talked}");
    assert!(said.is_empty(), "{said}");
    for part in ["DISCORD_TOKEN is missing", "Reset Token", "no terminal"] {
        assert!(talked.contains(part), "{part}: {talked}");
    }
    assert_eq!(talked.lines().count(), 1, "{talked}");
    assert_eq!(std::fs::read_dir(data.path()).unwrap().count(), 0);
}

#[test]
fn settings_are_read_from_the_file_too_and_the_environment_wins() {
    let data = tempfile::tempdir().unwrap();
    let file = data.path().join(".env");
    std::fs::write(
        &file,
        "DISCORD_APPLICATION_ID='my bot'\nDISCORD_GUILD_ID=mine\n",
    )
    .unwrap();
    let settings = [("DISCORD_GUILD_ID", "theirs")];
    let (_, talked) = both(&run(data.path(), &[], &settings, ""));
    for part in [
        "DISCORD_APPLICATION_ID is \"my bot\"",
        "DISCORD_GUILD_ID is \"theirs\"",
    ] {
        assert!(talked.contains(part), "{part}: {talked}");
    }
    let on_lambda = [
        ("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9"),
        ("DISCORD_GUILD_ID", "theirs"),
    ];
    let (_, talked) = both(&run(data.path(), &[], &on_lambda, ""));
    assert!(
        talked.contains("DISCORD_APPLICATION_ID is missing"),
        "{talked}"
    );

    std::fs::write(&file, "DISCORD_TOKEN=hush hush\n").unwrap();
    let output = run(data.path(), &[], &[], "");
    let (_, talked) = both(&output);
    assert!(!output.status.success());
    assert!(
        talked.contains("line 1 of .env") && !talked.contains("hush"),
        "{talked}"
    );
}

#[test]
fn half_a_set_up_is_refused_with_where_to_find_the_rest() {
    let data = tempfile::tempdir().unwrap();
    let output = run(
        data.path(),
        &[],
        &[
            ("DISCORD_APPLICATION_ID", "my bot"),
            ("RUST_BACKTRACE", "1"),
        ],
        "",
    );
    let (said, talked) = both(&output);
    assert!(!output.status.success());
    assert!(said.is_empty(), "{said}");
    for part in [
        "DISCORD_TOKEN",
        "Reset Token",
        "DISCORD_APPLICATION_ID is \"my bot\"",
        "DISCORD_PUBLIC_KEY",
    ] {
        assert!(talked.contains(part), "{part}: {talked}");
    }
    assert!(!talked.contains("backtrace"), "{talked}");
    let unregistered = both(&run(data.path(), &["register"], &[], "")).1;
    assert!(unregistered.contains("Reset Token"), "{unregistered}");
    let unknown = run(data.path(), &["fly"], &[], "");
    assert!(both(&unknown).1.contains("usage: discord-bot"));
    assert!(!unknown.status.success());
}
