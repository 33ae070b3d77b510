//! What the pages say can be done and found can be done and found.

use crate::tree;

/// The first two commands of the front door.
const START: &str = "cargo run -p ecommerce";
const TEST: &str = "cargo test --workspace";

#[test]
fn the_front_door_begins_with_the_two_commands() {
    let readme = tree::read("README.md");
    let commands: Vec<&str> = commands(&readme).collect();
    assert_eq!(commands[..2], [START, TEST]);
}

#[test]
fn the_gate_runs_the_tests_as_the_front_door_does() {
    let gate = tree::read(".ci/run");
    assert!(
        gate.lines().any(|line| line == format!("run {TEST}")),
        "{gate}"
    );
}

#[test]
fn every_crate_a_page_runs_is_there() {
    let manifests: Vec<String> = tree::files(&["Cargo.toml"])
        .into_iter()
        .map(|file| file.text)
        .collect();
    for page in tree::files(&[".md"]) {
        for command in commands(&page.text) {
            let mut words = command.split_whitespace();
            while let Some(word) = words.next() {
                if word == "-p" {
                    let name = format!("name = \"{}\"", words.next().unwrap_or_default());
                    let found = manifests.iter().any(|manifest| manifest.contains(&name));
                    assert!(found, "{}: {command}: no crate with {name}", page.path);
                }
            }
        }
    }
}

#[test]
fn every_link_inside_the_house_leads_somewhere() {
    for page in tree::files(&[".md"]) {
        let folder = tree::root().join(&page.path);
        for after in page.text.split("](").skip(1) {
            let target = after.split([')', '#']).next().unwrap_or_default();
            let elsewhere = target.is_empty() || target.contains("://") || target.contains("::");
            let path = folder.with_file_name(target);
            assert!(
                elsewhere || path.exists(),
                "{} links to {target}",
                page.path
            );
        }
    }
}

#[test]
fn the_example_in_the_clients_page_is_the_program_that_runs() {
    let program = tree::read("client/examples/structs.rs");
    let (_, body) = program.split_once("-> astra_db::Result<()> {\n").unwrap();
    let (body, _) = body.split_once("    Ok(())\n").unwrap();
    let unindented = |line: &str| line.strip_prefix("    ").unwrap_or(line).to_owned() + "\n";
    let body: String = body.lines().map(unindented).collect();
    assert!(tree::read("client/README.md").contains(&body), "{body}");
}

/// Lines of code blocks that call cargo, with variables before it and comments behind it left out.
fn commands(page: &str) -> impl Iterator<Item = &str> {
    let mut inside = false;
    page.lines().filter_map(move |line| {
        if line.trim_start().starts_with("```") {
            inside = !inside;
        }
        let command = &line[line.find("cargo ")?..];
        let command = command.split(" #").next()?.trim();
        (inside || line.starts_with("    ")).then_some(command)
    })
}
