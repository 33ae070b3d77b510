//! Opening a data directory.

use astra_local::{Engine, OpenError};
use serde_json::json;

use crate::database::Database;

#[test]
fn what_was_stored_is_there_after_opening_again() {
    let directory = tempfile::tempdir().expect("a directory");
    let database =
        Database::over(Engine::open(directory.path()).expect("an engine")).with_collection("carts");
    database.run(
        "carts",
        &json!({"insertOne": {"document": {"_id": 1, "n": 1.50}}}),
    );
    drop(database);
    let database = Database {
        engine: Engine::open(directory.path()).expect("an engine"),
    };
    let found = database.run("carts", &json!({"findOne": {"filter": {"n": 1.5}}}));
    assert_eq!(found, json!({"data": {"document": {"_id": 1, "n": 1.5}}}));
}

#[test]
fn a_second_process_is_told_that_the_directory_is_in_use() {
    let directory = tempfile::tempdir().expect("a directory");
    let first = Engine::open(directory.path()).expect("an engine");
    let second = Engine::open(directory.path()).expect_err("one engine per directory");
    assert!(matches!(second, OpenError::InUse { .. }));
    assert!(
        second.to_string().contains("in use by another process"),
        "{second}"
    );
    drop(first);
    Engine::open(directory.path()).expect("the directory to be free again");
}

#[test]
fn a_file_of_a_newer_version_is_refused() {
    let directory = tempfile::tempdir().expect("a directory");
    drop(Engine::open(directory.path()).expect("an engine"));
    let file = rusqlite::Connection::open(directory.path().join("astra.db")).expect("the file");
    file.pragma_update(None, "user_version", 1000)
        .expect("a stamp");
    let error = Engine::open(directory.path()).expect_err("a format of the future");
    assert!(matches!(error, OpenError::NewerFormat { found: 1000, .. }));
    file.execute("INSERT INTO versions VALUES (1000, '7.8.9')", [])
        .expect("a version");
    let error = Engine::open(directory.path()).expect_err("a format of the future");
    assert!(error.to_string().contains("run version 7.8.9"), "{error}");
}

#[test]
fn engines_in_memory_share_nothing() {
    let first = Database::in_memory().with_collection("carts");
    let second = Database::in_memory();
    let answer = second.run("carts", &json!({"findOne": {}}));
    assert_eq!(
        answer["errors"][0]["errorCode"],
        "UNKNOWN_COLLECTION_OR_TABLE"
    );
    drop(first);
}
