//! Every variable the programs read is documented, and every documented one is read.

use std::collections::BTreeSet;

use crate::tree;

/// How the code asks for a variable, see `shared::env::Env`.
const QUESTIONS: [&str; 3] = ["env.text(\"", "env.secret(\"", "env.parse_or(\""];

#[test]
fn the_front_door_lists_exactly_the_variables_that_every_app_reads() {
    let read = read_by(&["shared/src/"]);
    assert!(
        read.contains("ASTRA_DB_API_ENDPOINT") && read.contains("PORT"),
        "{read:?}"
    );
    assert_eq!(in_table(&tree::read("README.md")), read);
}

#[test]
fn each_app_lists_exactly_the_variables_that_it_reads() {
    for app in std::fs::read_dir(tree::root().join("apps")).unwrap() {
        let folder = format!("apps/{}", app.unwrap().file_name().to_str().unwrap());
        let read = read_by(&["shared/src/", &format!("{folder}/src/")]);
        let example = tree::read(&format!("{folder}/.env.example"));
        assert_eq!(in_example(&example), read, "{folder}/.env.example");
        let readme = tree::read(&format!("{folder}/README.md"));
        assert_eq!(in_table(&readme), read, "{folder}/README.md");
    }
}

fn read_by(folders: &[&str]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for file in tree::sources() {
        if !folders.iter().any(|folder| file.path.starts_with(folder)) {
            continue;
        }
        // Examples in comments are not questions, and rustfmt may break a line anywhere.
        let code = file
            .without_tests()
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        let code: String = code.flat_map(str::split_whitespace).collect();
        for question in QUESTIONS {
            for after in code.split(question).skip(1) {
                found.extend(after.split('"').next().map(str::to_owned));
            }
        }
    }
    found
}

/// The variables in the first column of a table: `` | `NAME` | ``.
fn in_table(page: &str) -> BTreeSet<String> {
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `"));
    let names = rows.filter_map(|row| row.split('`').next());
    names
        .filter(|name| is_variable(name))
        .map(str::to_owned)
        .collect()
}

/// The variables of a `.env.example`, commented out or not: `# NAME=value`.
fn in_example(page: &str) -> BTreeSet<String> {
    let lines = page.lines().map(|line| line.trim_start_matches(['#', ' ']));
    let names = lines.filter_map(|line| Some(line.split_once('=')?.0));
    names
        .filter(|name| is_variable(name))
        .map(str::to_owned)
        .collect()
}

fn is_variable(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte == b'_')
}
