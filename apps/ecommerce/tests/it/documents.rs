//! What is written down about the shop is true.

use std::collections::BTreeSet;

use test_support::documents;

const README: &str = include_str!("../../README.md");
const EXAMPLE: &str = include_str!("../../.env.example");

/// Every variable that reading the settings asks for.
fn variables_read() -> BTreeSet<String> {
    let by_id = [("ASTRA_DB_ID", "x")];
    let self_hosted = [("DATA_API_URL", "http://127.0.0.1:8181")];
    documents::asked_for(&[&[], &by_id, &self_hosted], |lookup| {
        drop(ecommerce::Settings::from_env(lookup));
    })
}

#[test]
fn the_example_environment_names_exactly_the_variables_that_are_read() {
    assert_eq!(documents::in_example(EXAMPLE), variables_read());
}

#[test]
fn the_readme_lists_exactly_the_variables_that_are_read() {
    assert_eq!(documents::in_table(README), variables_read());
}

#[test]
fn the_example_environment_starts_the_shop_as_it_is() {
    let pairs = documents::set_by_example(EXAMPLE);
    ecommerce::Settings::from_env(shared::env::of(&pairs)).unwrap();
}

#[test]
fn the_readme_names_only_files_that_exist() {
    let folders = ["src/", "templates/", "static/", "tests/"];
    documents::assert_files_exist(README, env!("CARGO_MANIFEST_DIR"), &folders, &[], 11);
}
