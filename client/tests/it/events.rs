//! What listeners and spans are told.

use std::sync::{Arc, Mutex};

use astra_db::{
    CommandFailed, CommandListener, CommandRetried, CommandStarted, CommandSucceeded, Uuid,
};
use serde_json::json;

use crate::support::{Outcome, Script, failure, scripted};

#[derive(Debug, Default)]
struct Diary(Mutex<Vec<(Uuid, String)>>);

impl Diary {
    fn note(&self, id: Uuid, text: String) {
        self.0.lock().unwrap().push((id, text));
    }

    fn lines(&self) -> Vec<String> {
        self.0
            .lock()
            .unwrap()
            .iter()
            .map(|(_, text)| text.clone())
            .collect()
    }
}

impl CommandListener for Diary {
    fn started(&self, event: &CommandStarted<'_>) {
        let line = format!(
            "started {} on {} ({} B)",
            event.command, event.target, event.request_bytes
        );
        self.note(event.request_id, line);
    }

    fn retried(&self, event: &CommandRetried<'_>) {
        let line = format!(
            "attempt {} failed: {}, executed: {:?}",
            event.call.attempts,
            event.error.is_retryable(),
            event.executed
        );
        self.note(event.call.request_id, line);
    }

    fn succeeded(&self, event: &CommandSucceeded<'_>) {
        let warnings: Vec<_> = event.warnings.iter().map(|warning| &warning.code).collect();
        let line = format!(
            "{} succeeded: {warnings:?}, {} B",
            event.call, event.response_bytes
        );
        self.note(event.call.request_id, line);
    }

    fn failed(&self, event: &CommandFailed<'_>) {
        let line = format!("{} failed: {}", event.call, event.error);
        self.note(event.call.request_id, line);
    }
}

const WARNED: &str =
    r#"{"status": {"warnings": [{"errorCode": "MISSING_INDEX", "message": "m"}]}}"#;

#[tokio::test(start_paused = true)]
async fn a_listener_hears_of_every_step_of_a_call_under_one_id() {
    let diary = Arc::new(Diary::default());
    let script = Script::of([Outcome::Reply(503, ""), Outcome::Reply(200, WARNED)]);
    let db = scripted(&script).with_options(|options| options.listener(Arc::clone(&diary)));
    let reply = db
        .command(json!({"find": {}}))
        .collection("c")
        .await
        .unwrap();
    assert_eq!(
        diary.lines(),
        [
            "started find on ks/c (11 B)".to_owned(),
            "attempt 1 failed: true, executed: Maybe".to_owned(),
            format!("find on ks/c succeeded: [MissingIndex], {} B", WARNED.len()),
        ]
    );
    let ids: Vec<_> = diary.0.lock().unwrap().iter().map(|(id, _)| *id).collect();
    assert_eq!(ids, [reply.call.request_id; 3]);
}

#[tokio::test]
async fn a_listener_hears_of_failures_before_anything_is_sent_too() {
    let diary = Arc::new(Diary::default());
    let script = Script::of([Outcome::Reply(200, "{}")]);
    let db = scripted(&script).with_options(|o| o.listener(Arc::clone(&diary)).token("a\nb"));
    failure(db.command(json!({"find": {}})).await);
    let lines = diary.lines();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines[1].contains("find on ks failed"), "{lines:?}");
}

#[tokio::test]
async fn listeners_of_all_levels_hear_the_same_call() {
    let (near, far) = (Arc::new(Diary::default()), Arc::new(Diary::default()));
    let script = Script::of([Outcome::Reply(200, "{}")]);
    let db = scripted(&script).with_options(|options| options.listener(Arc::clone(&far)));
    let call = db.command(json!({"find": {}}));
    call.with_options(|options| options.listener(Arc::clone(&near)))
        .await
        .unwrap();
    assert_eq!((near.lines().len(), far.lines().len()), (2, 2));
    db.command(json!({"find": {}})).await.unwrap();
    assert_eq!((near.lines().len(), far.lines().len()), (2, 4));
}
