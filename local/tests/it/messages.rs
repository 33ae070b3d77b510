//! What errors say: they name what is wrong, and their advice works.

use astra_local::Engine;
use serde_json::{Value, json};

use crate::{send, shop};

fn ok(engine: &Engine, path: &str, body: &str) {
    let answer = send(engine, path, body);
    assert_eq!(answer.get("errors"), None, "{body}: {answer}");
}

/// The code and message of the one error of an answer.
fn error(engine: &Engine, path: &str, body: &str) -> (String, String) {
    let answer = send(engine, path, body);
    let errors = answer["errors"].as_array().expect("errors");
    assert_eq!(errors.len(), 1, "{answer}");
    let text = |name: &str| errors[0][name].as_str().expect("text").to_owned();
    (text("errorCode"), text("message"))
}

#[test]
fn a_filter_on_vectors_is_told_what_works() {
    let engine = shop();
    let create = r#"{"createCollection":{"name":"pens","options":{"vector":{"dimension":2}}}}"#;
    ok(&engine, "shop", create);
    let insert = r#"{"insertMany":{"documents":[{"_id":1},{"_id":2,"$vector":[1,0]}]}}"#;
    ok(&engine, "shop/pens", insert);
    for filter in [r#"{"$vector":[1,0]}"#, r#"{"$vector":null}"#] {
        let find = format!(r#"{{"find":{{"filter":{filter}}}}}"#);
        let (code, message) = error(&engine, "shop/pens", &find);
        assert_eq!(code, "FILTER_INVALID_EXPRESSION");
        let advised = message.contains("only be filtered by `$exists`") && !message.contains("$eq");
        assert!(advised, "{message}");
    }
    let exists = r#"{"countDocuments":{"filter":{"$vector":{"$exists":true}}}}"#;
    assert_eq!(
        send(&engine, "shop/pens", exists),
        json!({"status": {"count": 1}})
    );
    let (_, message) = error(&engine, "shop/pens", r#"{"find":{"filter":{"_id":[1]}}}"#);
    assert!(
        message.contains("Use `$in`") && !message.contains("$eq"),
        "{message}"
    );
}

#[test]
fn unknown_columns_of_a_projection_are_named() {
    let engine = shop();
    let create = r#"{"createTable":{"name":"pens","definition":{"columns":{"id":"text","v":{"type":"vector","dimension":2}},"primaryKey":"id"}}}"#;
    ok(&engine, "shop", create);
    let find = r#"{"find":{"projection":{"colour":1,"weight":1}}}"#;
    let (code, message) = error(&engine, "shop/pens", find);
    assert_eq!(code, "UNKNOWN_TABLE_COLUMNS");
    for name in ["colour", "weight", "id"] {
        assert!(message.contains(name), "{message}");
    }
    for name in ["v", "$vector"] {
        let find = format!(r#"{{"find":{{"filter":{{"{name}":[1,0]}}}}}}"#);
        let (_, message) = error(&engine, "shop/pens", &find);
        assert!(message.contains("Sort by a vector column"), "{message}");
    }
}

#[test]
fn a_field_beyond_a_limit_is_named_in_inserts_and_updates() {
    let engine = shop();
    ok(&engine, "shop", r#"{"createCollection":{"name":"pens"}}"#);
    ok(
        &engine,
        "shop/pens",
        r#"{"insertOne":{"document":{"_id":1,"box":{}}}}"#,
    );
    let fields: serde_json::Map<_, _> = (0..1001)
        .map(|number| (format!("f{number}"), json!(1)))
        .collect();
    let fields = Value::from(fields);
    let long = "n".repeat(1000);
    for (command, named) in [
        (
            json!({"insertOne": {"document": {"box": {"all": fields}}}}),
            "`box.all`",
        ),
        (
            json!({"updateOne": {"filter": {"_id": 1}, "update": {"$set": {"box.all": fields}}}}),
            "`box.all`",
        ),
        (
            json!({"updateOne": {"filter": {"_id": 1}, "update": {"$set": {(format!("box.{long}")): 1}}}}),
            "`box.nnn",
        ),
        (
            json!({"updateOne": {"filter": {"_id": 9, (format!("box.{long}")): 1}, "update": {"$set": {"a": 1}}, "options": {"upsert": true}}}),
            "`box.nnn",
        ),
    ] {
        let (code, message) = error(&engine, "shop/pens", &command.to_string());
        assert_eq!(code, "SHRED_DOC_LIMIT_VIOLATION", "{message}");
        assert!(message.contains(named), "{message}");
    }
}

#[test]
fn a_keyspace_that_cannot_exist_cannot_be_dropped() {
    let engine = shop();
    for (name, code) in [
        ("a-b", "INVALID_DATABASE_QUERY"),
        ("a b", "INVALID_DATABASE_QUERY"),
        ("ünï", "INVALID_DATABASE_QUERY"),
        ("a\"b", "UNSUPPORTED_DATABASE_QUERY"),
    ] {
        for command in ["dropKeyspace", "dropNamespace"] {
            let body = json!({command: {"name": name}}).to_string();
            let (found, message) = error(&engine, "", &body);
            assert_eq!(found, code);
            assert!(message.contains(name), "{message}");
        }
    }
    ok(
        &engine,
        "",
        &json!({"dropKeyspace": {"name": "x".repeat(60)}}).to_string(),
    );
}

#[test]
fn a_table_has_as_many_columns_as_its_file_can_hold() {
    let engine = shop();
    let create = |name: &str, columns: usize| {
        let columns: serde_json::Map<_, _> = (0..columns)
            .map(|number| (format!("c{number}"), json!("int")))
            .collect();
        let definition = json!({"columns": columns, "primaryKey": "c0"});
        json!({"createTable": {"name": name, "definition": definition}}).to_string()
    };
    ok(&engine, "shop", &create("wide", 1998));
    ok(
        &engine,
        "shop/wide",
        r#"{"insertOne":{"document":{"c0":1,"c7":7,"c1997":3}}}"#,
    );
    let set = r#"{"updateOne":{"filter":{"c0":1},"update":{"$set":{"c1996":2}}}}"#;
    ok(&engine, "shop/wide", set);
    let found = send(&engine, "shop/wide", r#"{"findOne":{"filter":{"c0":1}}}"#);
    let row = json!({"c0": 1, "c7": 7, "c1996": 2, "c1997": 3});
    assert_eq!(found["data"]["document"], row);
    let more = r#"{"alterTable":{"operation":{"add":{"columns":{"one":"int"}}}}}"#;
    for (path, body) in [
        ("shop", create("wider", 2001)),
        ("shop/wide", more.to_owned()),
    ] {
        let (code, message) = error(&engine, path, &body);
        assert_eq!(code, "INVALID_DATABASE_QUERY");
        assert!(message.contains("1998"), "{message}");
    }
    let less = r#"{"alterTable":{"operation":{"drop":{"columns":["c5"]}}}}"#;
    ok(&engine, "shop/wide", less);
    ok(&engine, "shop/wide", more);
}
