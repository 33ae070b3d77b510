//! The engine through its public doors: requests as JSON, over HTTP where HTTP is the subject.

mod adversarial;
mod astra_limits;
mod concurrency;
mod crash;
mod damage;
mod database;
mod explain;
mod habits;
mod hostile;
mod http;
mod in_flight;
mod killed;
mod lexical;
mod maintenance;
mod messages;
mod opening;
mod reading;
mod requests;
mod schema;
mod stored;
mod tables;
mod trouble;
mod vector_index;
mod vector_index_of_rows;
mod vectorize;
mod vectors;

use astra_local::{Engine, Request};
use serde_json::Value;

/// An engine in memory with one keyspace, `shop`.
pub(crate) fn shop() -> Engine {
    let engine = Engine::in_memory().expect("an engine in memory");
    assert_eq!(
        send(&engine, "", r#"{"createKeyspace":{"name":"shop"}}"#),
        serde_json::json!({"status": {"ok": 1}})
    );
    engine
}

/// Sends a body to a path below `/v1`: "", "keyspace" or "keyspace/name".
pub(crate) fn send(engine: &Engine, path: &str, body: &str) -> Value {
    let mut parts = path.split('/').filter(|part| !part.is_empty());
    let (keyspace, name) = (parts.next(), parts.next());
    let response = engine.execute(Request {
        keyspace,
        name,
        body: body.as_bytes(),
    });
    assert_eq!(response.status, 200);
    serde_json::from_slice(&response.body).expect("the body is JSON")
}

/// The codes of the errors in an answer, which must have nothing but errors.
pub(crate) fn codes(answer: &Value) -> Vec<&str> {
    assert_eq!(
        answer.as_object().map(serde_json::Map::len),
        Some(1),
        "more than errors: {answer}"
    );
    let errors = answer["errors"].as_array().expect("errors");
    errors
        .iter()
        .map(|error| error["errorCode"].as_str().expect("a code"))
        .collect()
}
