//! The limits of a database on Astra.

use astra_local::{Engine, Limits};
use serde_json::Value;

use crate::{send, shop};

fn astra() -> Engine {
    shop().with_limits(Limits::astra())
}

fn code(answer: &Value) -> Option<&str> {
    answer["errors"][0]["errorCode"].as_str()
}

fn create_collection(engine: &Engine, name: &str) -> Value {
    let command = format!(r#"{{"createCollection":{{"name":"{name}"}}}}"#);
    send(engine, "shop", &command)
}

/// A table with 12 columns beside its key.
fn create_table(engine: &Engine, name: &str) -> Value {
    let columns: Vec<String> = (0..12).map(|it| format!(r#""c{it}":"int""#)).collect();
    let columns = columns.join(",");
    let definition = format!(r#"{{"columns":{{"id":"text",{columns}}},"primaryKey":"id"}}"#);
    let command = format!(r#"{{"createTable":{{"name":"{name}","definition":{definition}}}}}"#);
    send(engine, "shop", &command)
}

fn create_index(engine: &Engine, table: &str, column: usize) -> Value {
    let command = format!(
        r#"{{"createIndex":{{"name":"{table}_{column}","definition":{{"column":"c{column}"}}}}}}"#
    );
    send(engine, &format!("shop/{table}"), &command)
}

#[test]
fn there_is_room_for_ten_collections() {
    let engine = astra();
    for number in 0..10 {
        assert_eq!(
            code(&create_collection(&engine, &format!("c{number}"))),
            None
        );
    }
    assert_eq!(
        code(&create_collection(&engine, "c10")),
        Some("TOO_MANY_COLLECTIONS")
    );
    // One that exists needs no more room.
    assert_eq!(code(&create_collection(&engine, "c9")), None);
    send(&engine, "shop", r#"{"deleteCollection":{"name":"c0"}}"#);
    assert_eq!(code(&create_collection(&engine, "c10")), None);
}

#[test]
fn indexes_of_tables_take_room_from_collections() {
    let engine = astra();
    assert_eq!(code(&create_table(&engine, "t")), None);
    assert_eq!(code(&create_index(&engine, "t", 0)), None);
    for number in 0..9 {
        assert_eq!(
            code(&create_collection(&engine, &format!("c{number}"))),
            None
        );
    }
    let refused = create_collection(&engine, "c9");
    assert_eq!(
        code(&refused),
        Some("TOO_MANY_INDEXES_FOR_COLLECTION"),
        "{refused}"
    );
}

#[test]
fn tables_and_their_indexes_have_guardrails() {
    let engine = astra();
    for number in 0..50 {
        assert_eq!(code(&create_table(&engine, &format!("t{number}"))), None);
    }
    let refused = create_table(&engine, "t50");
    assert_eq!(code(&refused), Some("INVALID_DATABASE_QUERY"), "{refused}");
    for column in 0..10 {
        assert_eq!(code(&create_index(&engine, "t0", column)), None);
    }
    let refused = create_index(&engine, "t0", 10);
    assert_eq!(code(&refused), Some("INVALID_DATABASE_QUERY"), "{refused}");
    let message = refused["errors"][0]["message"].as_str().unwrap_or_default();
    assert!(message.contains("Guardrail"), "{message}");
}
