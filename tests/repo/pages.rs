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
            let elsewhere = target.is_empty() || target.contains("://");
            let path = folder.with_file_name(target);
            assert!(
                elsewhere || path.exists(),
                "{} links to {target}",
                page.path
            );
        }
    }
}

/// Which a test of the bot holds to what it says.
#[test]
fn the_session_with_the_bot_is_the_one_in_its_own_page() {
    let bot = tree::read("apps/discord-bot/README.md");
    let front = tree::read("README.md");
    let (_, session) = front.split_once("```text\n> /find").unwrap();
    let (session, _) = session.split_once("\n```").unwrap();
    assert!(session.lines().count() > 6, "{session}");
    for line in format!("> /find{session}").lines() {
        let shown = bot.lines().any(|it| it.trim_start() == line);
        assert!(shown, "{line}");
    }
}

#[test]
fn pictures_are_there_and_small() {
    let mut shown = 0;
    for page in tree::files(&[".md"]) {
        for picture in page
            .text
            .split("](")
            .filter_map(|after| after.split_once(".png)"))
        {
            let path = tree::root()
                .join(&page.path)
                .with_file_name(format!("{}.png", picture.0));
            let bytes = std::fs::read(&path).unwrap();
            assert!(bytes.starts_with(b"\x89PNG"), "{}", path.display());
            let kilobytes = bytes.len() / 1_000;
            assert!(kilobytes < 120, "{}: {kilobytes} KB", path.display());
            shown += 1;
        }
    }
    assert!(shown >= 3, "only {shown} pictures were found");
}

/// In the rows of its table a figure is **bold**, and beside it is a link to the page that measured it.
#[test]
fn every_figure_of_the_front_door_stands_in_the_page_it_links_to() {
    let readme = tree::read("README.md");
    let (_, section) = readme.split_once("\n## Figures\n").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let mut checked = 0;
    for row in section.lines().filter(|line| line.starts_with("| ")) {
        let Some((said, link)) = row.split_once("](") else {
            continue;
        };
        let page = tree::read(link.split(['#', ')']).next().unwrap());
        for figure in said.split("**").skip(1).step_by(2) {
            assert!(
                page.contains(figure),
                "{figure} is not on the page of: {row}"
            );
            checked += 1;
        }
    }
    assert!(checked >= 8, "only {checked} figures were found");
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
