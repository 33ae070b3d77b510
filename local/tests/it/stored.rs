//! Databases that earlier versions wrote.

use std::fs;
use std::path::Path;

use astra_local::Engine;
use serde_json::{Value, json};

use crate::send;

/// Copies a stored database into a directory.
pub(crate) fn copy_of(stored: &str, directory: &Path) {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stored");
    let file = tests.join(stored).join("astra.db");
    fs::copy(file, directory.join("astra.db")).expect("a copy");
}

/// An engine over a copy of a stored database.
fn opened(stored: &str) -> (tempfile::TempDir, Engine) {
    let directory = tempfile::tempdir().expect("a directory");
    copy_of(stored, directory.path());
    let engine = Engine::open(directory.path()).expect("an engine");
    (directory, engine)
}

/// The text of an answer, which keeps the form of its numbers.
fn text(engine: &Engine, path: &str, body: &str) -> String {
    let mut names = path.split('/');
    let response = engine.execute(astra_local::Request {
        keyspace: names.next(),
        name: names.next(),
        body: body.as_bytes(),
    });
    String::from_utf8(response.body).expect("UTF-8")
}

fn ids(answer: &Value) -> Vec<&str> {
    let documents = answer["data"]["documents"].as_array().expect("documents");
    documents
        .iter()
        .map(|document| document["_id"].as_str().expect("an id"))
        .collect()
}

/// What was answered about `every-type` when it was written: a path, a command and an answer, with an empty line between
/// them.
fn recorded_answers() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    let answers = include_str!("../stored/every-type/answers.txt");
    answers.trim().split("\n\n").map(|recorded| {
        let mut lines = recorded.splitn(3, '\n');
        let mut line = || lines.next().expect("three lines");
        (line(), line(), line())
    })
}

/// How many commands on a copy of `every-type` are answered in another way than when it was written.
pub(crate) fn answers_that_differ(engine: &Engine) -> usize {
    recorded_answers()
        .filter(|(path, body, answer)| text(engine, path, body) != *answer)
        .count()
}

/// Documents, rows and definitions of every type.
#[test]
fn data_of_every_type_is_answered_as_when_it_was_written() {
    let (directory, engine) = opened("every-type");
    for (path, body, answer) in recorded_answers() {
        assert_eq!(text(&engine, path, body), answer, "{path} {body}");
    }
    let insert = r#"{"insertOne":{"document":{"_id":"new","a":[1,{"four":4}]}}}"#;
    send(&engine, "ks/plain", insert);
    drop(engine);
    let engine = Engine::open(directory.path()).expect("an engine");
    let found = send(&engine, "ks/plain", r#"{"find":{"filter":{"a.1.four":4}}}"#);
    assert_eq!(ids(&found), ["new"]);
}

/// Written before decimals kept their form, when `300` was stored as `3E+2`.
#[test]
fn rows_of_the_first_format_are_found_and_changed() {
    let (_directory, engine) = opened("format-1");
    let stored = text(
        &engine,
        "ks/cells",
        r#"{"find":{"filter":{"id":300},"sort":{"c":1}}}"#,
    );
    assert!(
        stored.contains(r#""id":3E+2,"c":"～","d":"PT1.5S","l":[3E+2,1.5,7],"s":["～","😀"]"#),
        "{stored}"
    );
    assert!(
        stored.contains(r#""c":"😀","d":"-P1D","l":[1E+3]"#),
        "{stored}"
    );
    let indexed = r#"{"find":{"filter":{"v":300},"projection":{"c":1}}}"#;
    let both = send(&engine, "ks/cells", indexed);
    assert_eq!(both["data"]["documents"], json!([{"c": "～"}, {"c": "😀"}]));
    let matched = r#"{"find":{"filter":{"t":{"$match":"😀 café"}},"projection":{"c":1}}}"#;
    let matched = send(&engine, "ks/cells", matched);
    assert_eq!(matched["data"]["documents"], json!([{"c": "～"}]));
    let update = r#"{"updateOne":{"filter":{"id":3E+2,"c":"～"},"update":{"$set":{"v":300}}}}"#;
    send(&engine, "ks/cells", update);
    let changed = r#"{"findOne":{"filter":{"id":300,"c":"～"},"projection":{"v":1,"l":1}}}"#;
    let changed = text(&engine, "ks/cells", changed);
    assert!(
        changed.contains(r#"{"l":[3E+2,1.5,7],"v":300}"#),
        "{changed}"
    );
    let both = send(&engine, "ks/cells", indexed);
    assert_eq!(both["data"]["documents"], json!([{"c": "～"}, {"c": "😀"}]));
}

/// Written when sorts compared code points, and vectors of one number could have the metric cosine.
#[test]
fn documents_of_the_first_format_are_sorted_ranged_and_deleted() {
    let (_directory, engine) = opened("format-1");
    let sorted = send(&engine, "ks/words", r#"{"find":{"sort":{"v":1}}}"#);
    let order = ["bytes", "z", "é", "𐀀", "😀", "～", "\u{fffd}"];
    assert_eq!(ids(&sorted), order);
    let range = r#"{"countDocuments":{"filter":{"v":{"$gt":"～"}}}}"#;
    assert_eq!(
        send(&engine, "ks/words", range),
        json!({"status": {"count": 3}})
    );
    let nearest = send(&engine, "ks/words", r#"{"find":{"sort":{"$vector":[2]}}}"#);
    assert_eq!(ids(&nearest), ["bytes"]);
    let range = r#"{"deleteMany":{"filter":{"v":{"$gt":"～"}}}}"#;
    assert_eq!(
        send(&engine, "ks/words", range),
        json!({"status": {"deletedCount": 3}})
    );
    let left = send(&engine, "ks/words", r#"{"find":{"sort":{"_id":1}}}"#);
    assert_eq!(ids(&left), ["bytes", "z", "é", "～"]);
}
