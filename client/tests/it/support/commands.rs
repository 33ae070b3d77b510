//! Commands that differ in what a second run of them does.

use astra_db::{Database, Error};
use serde_json::{Value, json};

/// An answer to any of them.
pub(crate) const DONE: &str = r#"{"status": {"ok": 1}}"#;

pub(crate) fn read() -> Value {
    json!({"findOne": {"filter": {"_id": 1}}})
}

pub(crate) fn single_write() -> Value {
    json!({"updateOne": {"filter": {"_id": 1}, "update": {"$inc": {"n": 1}}}})
}

pub(crate) fn many_writes() -> Value {
    json!({"updateMany": {"filter": {}, "update": {"$inc": {"n": 1}}}})
}

/// Sends a command, and answers in how many attempts it succeeded.
pub(crate) async fn send(db: &Database, command: Value) -> Result<u32, Error> {
    db.command(command)
        .collection("c")
        .await
        .map(|reply| reply.call.attempts)
}
