//! Sizes of files, and who may know whom.

use crate::tree::{self, File};

/// The only file of the engine that calls other services, which `vectorize` and reranking need.
const CALLS_SERVICES: &str = "local/src/providers/client/over_http.rs";

#[test]
fn a_source_file_has_one_subject_and_so_a_limited_size() {
    let too_long: Vec<String> = tree::sources()
        .iter()
        .map(|file| (&file.path, file.without_tests().lines().count()))
        .filter(|(path, lines)| *lines > if path.starts_with("apps/") { 300 } else { 600 })
        .map(|(path, lines)| format!("{path}: {lines} lines without tests"))
        .collect();
    assert!(too_long.is_empty(), "{too_long:#?}");
}

#[test]
fn modules_are_files_named_after_themselves() {
    let named_mod: Vec<String> = tree::sources()
        .into_iter()
        .map(|file| file.path)
        .filter(|path| {
            let drawers = [
                "/mod.rs",
                "/utils.rs",
                "/helpers.rs",
                "/common.rs",
                "/types.rs",
                "/misc.rs",
            ];
            drawers.iter().any(|drawer| path.ends_with(drawer))
        })
        .collect();
    assert!(named_mod.is_empty(), "{named_mod:#?}");
}

/// apps → shared → client and local, never back, and client and local meet only in the wire format.
#[test]
fn dependencies_point_one_way() {
    let forbidden = [
        ("client/", &["astra_local", "shared::", "rusqlite"][..]),
        ("local/", &["astra_db::", "shared::", "reqwest"]),
        ("shared/", &["ecommerce", "rusqlite"]),
        (
            "apps/",
            &["astra_local", "rusqlite", "SELECT ", "INSERT INTO "],
        ),
        ("console/", &["astra_local", "rusqlite"]),
        ("cli/", &["rusqlite"]),
    ];
    for (room, names) in forbidden {
        for file in tree::sources()
            .iter()
            .filter(|file| file.path.starts_with(room) && file.path != CALLS_SERVICES)
        {
            assert_names_none(file, names);
        }
    }
    assert_manifest("client/Cargo.toml", &["astra-local", "shared", "rusqlite"]);
    assert_manifest(
        "console/Cargo.toml",
        &["astra-local", "astra-dev", "rusqlite"],
    );
    assert_manifest("local/Cargo.toml", &["astra-db", "shared"]);
}

/// Inside an app: pages and rules know nothing of queries, the store nothing of HTTP.
#[test]
fn the_rooms_of_an_app_stay_apart() {
    for file in tree::sources()
        .iter()
        .filter(|file| file.path.starts_with("apps/"))
    {
        if file.path.contains("/handlers/") {
            assert_names_none(file, &["astra_db::", "\"$set\"", "\"$inc\"", "\"$push\""]);
        } else if file.path.contains("/domain/") {
            assert_names_none(file, &["axum::", "askama", "serde_json::Value"]);
        } else if file.path.contains("/store/") {
            assert_names_none(file, &["axum::", "askama"]);
        }
    }
}

#[test]
fn the_environment_is_read_in_one_place() {
    for file in &tree::sources() {
        let is_a_program = file.path.ends_with("/main.rs");
        // What only tests use is told by variables which server or seeds to take.
        let is_of_tests = file.path.starts_with("tests/");
        if !is_a_program && !is_of_tests {
            assert_names_none(file, &["env::var(", "env::var_os(", "env::vars("]);
        }
    }
}

/// Code only: a comment may speak of whatever it likes.
fn assert_names_none(file: &File, names: &[&str]) {
    for (number, line) in file.without_tests().lines().enumerate() {
        let code = line.split("//").next().unwrap_or_default();
        for name in names {
            let (path, number) = (&file.path, number + 1);
            assert!(!code.contains(name), "{path}:{number} names {name}: {line}");
        }
    }
}

fn assert_manifest(path: &str, crates: &[&str]) {
    for line in tree::read(path).lines() {
        let name = line.split(['=', '.', ' ']).next().unwrap_or_default();
        assert!(!crates.contains(&name), "{path} depends on {name}");
    }
}
