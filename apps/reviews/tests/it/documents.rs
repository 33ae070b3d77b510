//! What is written down about the app is true.

use std::collections::BTreeSet;

const README: &str = include_str!("../../README.md");
const EXAMPLE: &str = include_str!("../../.env.example");

/// Every variable that reading the settings asks for.
fn variables_read() -> BTreeSet<String> {
    let asked = std::cell::RefCell::new(BTreeSet::new());
    let ask = |answers: &'static [(&'static str, &'static str)]| {
        let lookup = |name: &str| {
            asked.borrow_mut().insert(name.to_owned());
            answers
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| (*value).into())
        };
        // Which variables are looked at depends on which are set; whether they go together does not
        // matter here.
        drop(reviews::Settings::from_env(lookup));
    };
    ask(&[]);
    ask(&[("ASTRA_DB_ID", "x")]);
    ask(&[("DATA_API_URL", "http://127.0.0.1:8181")]);
    asked.into_inner()
}

#[test]
fn the_example_environment_names_exactly_the_variables_that_are_read() {
    let is_variable = |line: &&str| {
        line.trim_start_matches("# ")
            .split('=')
            .next()
            .is_some_and(is_name)
            && line.contains('=')
    };
    let named = EXAMPLE
        .lines()
        .filter(is_variable)
        .filter_map(|line| line.trim_start_matches("# ").split('=').next());
    assert_eq!(
        named.map(str::to_owned).collect::<BTreeSet<_>>(),
        variables_read()
    );
}

#[test]
fn the_readme_lists_exactly_the_variables_that_are_read() {
    let rows = README
        .lines()
        .filter_map(|line| line.strip_prefix("| `"))
        .filter_map(|row| row.split('`').next());
    assert_eq!(
        rows.filter(|name| is_name(name))
            .map(str::to_owned)
            .collect::<BTreeSet<_>>(),
        variables_read()
    );
}

#[test]
fn the_example_environment_starts_the_app_as_it_is() {
    let pairs: Vec<(&str, &str)> = EXAMPLE
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('='))
        .collect();
    reviews::Settings::from_env(shared::env::of(&pairs)).unwrap();
}

#[test]
fn the_readme_names_only_files_that_exist() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let names = README.split('`').skip(1).step_by(2).filter(|name| {
        let is_path = ["src/", "templates/", "static/", "tests/"]
            .iter()
            .any(|folder| name.starts_with(folder));
        is_path && !name.contains(['<', '*', ' '])
    });
    let mut checked = 0;
    for name in names {
        assert!(root.join(name).exists(), "{name}");
        checked += 1;
    }
    assert!(
        checked > 10,
        "only {checked} file names were found in README.md"
    );
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte == b'_')
}
