//! Databases that earlier versions wrote.

use std::fs;

use astra_local::Engine;
use serde_json::{Value, json};

use crate::send;

/// An engine over a copy of the database of a format.
fn opened(format: &str) -> (tempfile::TempDir, Engine) {
    let directory = tempfile::tempdir().expect("a directory");
    let stored = format!("{}/tests/stored/{format}", env!("CARGO_MANIFEST_DIR"));
    fs::copy(
        format!("{stored}/astra.db"),
        directory.path().join("astra.db"),
    )
    .expect("a copy");
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

/// Documents, rows and definitions of every type, and what was answered about them when they were written: a path, a
/// command and an answer, with an empty line between them.
#[test]
fn data_of_every_type_is_answered_as_when_it_was_written() {
    let (directory, engine) = opened("every-type");
    let answers = include_str!("../stored/every-type/answers.txt");
    for recorded in answers.trim().split("\n\n") {
        let [path, body, answer] = recorded.splitn(3, '\n').collect::<Vec<_>>()[..] else {
            panic!("{recorded}");
        };
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
