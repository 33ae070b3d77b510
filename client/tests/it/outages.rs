//! What a client does while the database is down: refused credentials, the retry budget, and which
//! writes are sent again.

use std::time::Duration;

use astra_db::Executed;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::commands::{DONE, many_writes, read, send, single_write};
use crate::support::{Answer, Outcome, Script, Server, builder, failure, scripted};

const UNAUTHORIZED: &str = r#"{"errors": [{"errorCode": "UNAUTHORIZED_ACCESS", "family": "REQUEST", "scope": "SECURITY", "message": "m"}]}"#;
const UNAUTHENTICATED: &str = r#"{"errors": [{"errorCode": "UNAUTHENTICATED_REQUEST", "family": "REQUEST", "scope": "SECURITY", "message": "m"}]}"#;
const NO_TOKEN: &str = r#"{"errors": [{"errorCode": "MISSING_AUTHENTICATION_TOKEN", "family": "REQUEST", "scope": "SECURITY", "message": "m"}]}"#;

#[tokio::test(start_paused = true)]
async fn refused_credentials_that_never_worked_are_wrong() {
    for refusal in [UNAUTHORIZED, UNAUTHENTICATED, "", NO_TOKEN] {
        let script = Script::of([Outcome::Reply(401, refusal), Outcome::Reply(200, DONE)]);
        let error = failure(send(&scripted(&script), read()).await);
        assert_eq!(script.attempts(), 1, "{refusal}");
        assert!(!error.is_retryable(), "{error}");
        assert_eq!(error.executed(), Executed::No, "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn refused_credentials_that_have_worked_are_an_outage() {
    for refusal in [UNAUTHORIZED, UNAUTHENTICATED, ""] {
        for command in [read(), single_write()] {
            let script = Script::of([
                Outcome::Reply(200, DONE),
                Outcome::Reply(401, refusal),
                Outcome::Reply(401, refusal),
                Outcome::Reply(200, DONE),
            ]);
            let db = scripted(&script);
            send(&db, read()).await.unwrap();
            let attempts = send(&db, command.clone()).await.ok();
            assert_eq!(attempts, Some(3), "{command} {refusal}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_outage_that_outlasts_the_attempts_is_reported_as_one() {
    let script = Script::of([Outcome::Reply(200, DONE), Outcome::Reply(401, UNAUTHORIZED)]);
    let db = scripted(&script);
    send(&db, read()).await.unwrap();
    let error = failure(send(&db, single_write()).await);
    assert_eq!(error.call().unwrap().attempts, 3);
    assert!(error.call().unwrap().credentials_worked);
    assert!(error.is_retryable() && error.is_unauthorized());
    assert_eq!(error.executed(), Executed::No);
}

#[tokio::test(start_paused = true)]
async fn refused_credentials_are_wrong_when_it_lasts() {
    let script = Script::new(|n| match n {
        0 | 7 => Outcome::Reply(200, DONE),
        _ => Outcome::Reply(401, UNAUTHORIZED),
    });
    let db = scripted(&script);
    send(&db, read()).await.unwrap();
    failure(send(&db, read()).await);
    tokio::time::advance(Duration::from_secs(50)).await;
    assert!(failure(send(&db, read()).await).is_retryable());
    // The success starts the minute anew.
    assert_eq!(script.attempts(), 7);
    send(&db, read()).await.unwrap();
    assert!(failure(send(&db, read()).await).is_retryable());
    tokio::time::advance(Duration::from_mins(1)).await;
    let before = script.attempts();
    let error = failure(send(&db, read()).await);
    assert_eq!(script.attempts() - before, 1);
    assert!(error.is_unauthorized() && !error.is_retryable());
}

#[tokio::test(start_paused = true)]
async fn what_worked_with_one_token_says_nothing_about_another() {
    let script = Script::of([Outcome::Reply(200, DONE), Outcome::Reply(401, UNAUTHORIZED)]);
    let db = scripted(&script);
    send(&db, read()).await.unwrap();
    let other = db.with_options(|options| options.token("another-token"));
    let error = failure(send(&other, read()).await);
    assert_eq!(script.attempts(), 2);
    assert!(!error.is_retryable());
}

#[tokio::test(start_paused = true)]
async fn a_missing_token_is_never_an_outage() {
    let script = Script::of([Outcome::Reply(200, DONE), Outcome::Reply(401, NO_TOKEN)]);
    let db = scripted(&script);
    send(&db, read()).await.unwrap();
    failure(send(&db, read()).await);
    assert_eq!(script.attempts(), 2);
}

/// Some of the documents may have been written before the database refused the next one.
#[tokio::test(start_paused = true)]
async fn a_write_of_many_documents_is_not_repeated_when_permission_was_refused() {
    let script = Script::of([Outcome::Reply(200, DONE), Outcome::Reply(401, UNAUTHORIZED)]);
    let db = scripted(&script);
    send(&db, read()).await.unwrap();
    let error = failure(send(&db, many_writes()).await);
    assert_eq!(script.attempts(), 2);
    assert_eq!(error.executed(), Executed::Maybe);
}

#[tokio::test]
async fn over_http_an_outage_of_the_log_in_passes() {
    let server = Server::start(|n| match n {
        1 => Answer::Http(401, UNAUTHORIZED),
        _ => DONE.into(),
    })
    .await;
    let db = server.database(builder());
    send(&db, read()).await.unwrap();
    assert_eq!(send(&db, single_write()).await.ok(), Some(2));
}

#[tokio::test(start_paused = true)]
async fn an_outage_is_not_multiplied_by_retries() {
    let script = Script::new(|n| match n {
        // After 50 calls of three attempts and 10 of one.
        160..165 => Outcome::Reply(200, DONE),
        _ => Outcome::Reply(503, ""),
    });
    let db = scripted(&script);
    let again = db.with_options(|options| options.timeout(Duration::from_secs(20)));
    for call in 0..60 {
        let handle = if call % 2 == 0 { &db } else { &again };
        let error = failure(send(handle, read()).await);
        let attempts = if call < 50 { 3 } else { 1 };
        assert_eq!(error.call().unwrap().attempts, attempts, "call {call}");
        assert!(error.is_retryable(), "the caller may still wait and try");
    }
    // Another client has a budget of its own.
    let other = Script::of([Outcome::Reply(503, ""), Outcome::Reply(200, DONE)]);
    assert_eq!(send(&scripted(&other), read()).await.ok(), Some(2));
    for _ in 0..5 {
        send(&db, read()).await.unwrap();
    }
    let error = failure(send(&db, read()).await);
    assert_eq!(error.call().unwrap().attempts, 2, "five successes earn one");
}

#[tokio::test(start_paused = true)]
async fn retries_that_help_cost_nothing() {
    let script = Script::new(|n| match n % 2 {
        0 => Outcome::Reply(503, ""),
        _ => Outcome::Reply(200, DONE),
    });
    let db = scripted(&script);
    for _ in 0..300 {
        assert_eq!(send(&db, read()).await.ok(), Some(2));
    }
}

/// A failure that leaves open whether the command was executed, whatever the command.
fn open() -> impl Strategy<Value = Outcome> {
    let codes = [
        "UNEXPECTED_DRIVER_ERROR",
        "UNEXPECTED_SERVER_ERROR",
        "INTERNAL_SERVER_ERROR",
        "UNAVAILABLE_DATABASE",
        "TIMEOUT_READING_DATA",
        "TIMEOUT_WRITING_DATA",
        "FAILED_COMPARE_AND_SET",
        "FAILED_READ_REQUEST",
        "FAILED_WRITE_REQUEST",
        "FAILED_TRUNCATION",
        "BRAND_NEW",
    ];
    prop_oneof![
        Just(Outcome::Interrupted),
        Just(Outcome::After(Duration::from_secs(400), DONE)),
        prop::sample::select(vec![500, 502, 503, 504]).prop_map(|code| Outcome::Reply(code, "")),
        prop::sample::select(codes.to_vec()).prop_map(|code| Outcome::json(
            &json!({"errors": [{"errorCode": code, "family": "SERVER", "message": "m"}]})
        )),
    ]
}

/// A failure that says that nothing was executed.
fn refusal() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        Just(Outcome::NotSent),
        Just(Outcome::Reply(429, "")),
        Just(Outcome::Reply(401, UNAUTHENTICATED)),
        Just(Outcome::Reply(401, UNAUTHORIZED)),
        prop::sample::select(vec![
            "FAILED_CONCURRENT_OPERATIONS",
            "FAILED_TO_CONNECT_TO_DATABASE"
        ])
        .prop_map(|code| Outcome::json(
            &json!({"errors": [{"errorCode": code, "family": "SERVER", "message": "m"}]})
        )),
    ]
}

fn not_idempotent() -> impl Strategy<Value = Value> {
    let commands = [
        single_write(),
        many_writes(),
        json!({"insertOne": {"document": {}}}),
        json!({"insertMany": {"documents": [{}, {}]}}),
        json!({"findOneAndUpdate": {"filter": {}, "update": {"$inc": {"n": 1}}}}),
        json!({"deleteOne": {"filter": {}}}),
        json!({"deleteMany": {"filter": {"a": 1}}}),
        json!({"deleteCollection": {"name": "c"}}),
        json!({"someNewCommand": {}}),
    ];
    prop::sample::select(commands.to_vec())
}

proptest! {
    #[test]
    fn no_write_is_sent_again_that_may_have_been_executed(
        command in not_idempotent(),
        outcomes in prop::collection::vec(prop_oneof![refusal(), open()], 1..6),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(async {
            let last = outcomes.len() - 1;
            let played = outcomes.clone();
            let script = Script::new(move |n| match n {
                0 => Outcome::Reply(200, DONE),
                n => played[(n - 1).min(last)].clone(),
            });
            let db = scripted(&script).with_options(|options| {
                options.retry(astra_db::DefaultRetryPolicy::default().max_attempts(8))
            });
            send(&db, read()).await.unwrap();
            let error = failure(send(&db, command.clone()).await);
            let open = |outcome: &Outcome| {
                matches!(outcome, Outcome::Interrupted | Outcome::After(..))
                    || matches!(outcome, Outcome::Reply(500.., _))
                    || matches!(outcome, Outcome::Reply(200, body)
                        if !body.contains("CONCURRENT") && !body.contains("TO_CONNECT"))
            };
            let first_open = outcomes.iter().position(open);
            let sent = script.attempts() - 1;
            if let Some(first) = first_open {
                prop_assert!(sent <= first + 1, "{command} was sent {sent} times: {outcomes:?}");
                if sent == first + 1 {
                    prop_assert_eq!(error.executed(), Executed::Maybe, "{:?}", outcomes);
                }
            }
            Ok(())
        })?;
    }
}
