//! What is repeated, what is not, and after which wait.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use astra_db::{DefaultRetryPolicy, Error, ErrorCode, Executed, FailedAttempt, RetryPolicy};
use serde_json::json;

use crate::support::commands::{DONE, many_writes, read, send, single_write};
use crate::support::{Answer, Outcome, Script, Server, builder, failure, scripted};

const GATEWAY: &str = "<html><body><h1>503 Service Unavailable</h1></body></html>";

const LOST_ROUNDS: &str = r#"{"errors": [{"errorCode": "FAILED_CONCURRENT_OPERATIONS", "family": "SERVER", "scope": "DATABASE", "message": "m"}]}"#;
const READ_TIMEOUT: &str = r#"{"errors": [{"errorCode": "TIMEOUT_READING_DATA", "family": "SERVER", "scope": "DATABASE", "message": "m"}]}"#;
const EXISTS: &str = r#"{"status": {"insertedIds": []}, "errors": [{"errorCode": "DOCUMENT_ALREADY_EXISTS", "family": "REQUEST", "scope": "DOCUMENT", "message": "m", "documentIds": [1]}]}"#;

const DRIVER_ERROR: &str = r#"{"errors": [{"errorCode": "UNEXPECTED_DRIVER_ERROR", "family": "SERVER", "scope": "DATABASE", "message": "ClosedConnectionException: Unexpected error on channel"}]}"#;
const CAS_TIMEOUT: &str = r#"{"errors": [{"errorCode": "TIMEOUT_WRITING_DATA", "family": "SERVER", "scope": "DATABASE", "message": "The write type was: CAS. It is safe to retry the command."}]}"#;
const UNAVAILABLE: &str = r#"{"errors": [{"errorCode": "UNAVAILABLE_DATABASE", "family": "SERVER", "scope": "DATABASE", "message": "m"}]}"#;
const UNEXPECTED: &str = r#"{"errors": [{"errorCode": "UNEXPECTED_SERVER_ERROR", "family": "SERVER", "message": "Error Class: NullPointerException\nError Message: m"}]}"#;
const SCHEMA_RACE: &str = r#"{"errors": [{"errorCode": "UNEXPECTED_SERVER_ERROR", "family": "SERVER", "message": "Error Class: CompletionException\nError Message: io.stargate.SchemaObjectFactory$SchemaObjectTypeMismatchException: Expected schema object type Collection but got Table"}]}"#;

#[tokio::test(start_paused = true)]
async fn a_read_is_repeated_after_every_passing_trouble() {
    for trouble in [
        Outcome::Reply(429, "slow down"),
        Outcome::Reply(502, GATEWAY),
        Outcome::Reply(503, GATEWAY),
        Outcome::Reply(504, ""),
        Outcome::NotSent,
        Outcome::Interrupted,
        Outcome::After(Duration::from_secs(11), DONE),
        Outcome::Reply(200, LOST_ROUNDS),
        Outcome::Reply(200, READ_TIMEOUT),
        Outcome::Reply(200, DRIVER_ERROR),
        Outcome::Reply(200, UNAVAILABLE),
        Outcome::Reply(200, SCHEMA_RACE),
    ] {
        let script = Script::of([trouble.clone(), Outcome::Reply(200, DONE)]);
        assert_eq!(
            send(&scripted(&script), read()).await.ok(),
            Some(2),
            "{trouble:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_write_is_not_repeated_when_it_may_have_been_carried_out() {
    for command in [
        single_write(),
        many_writes(),
        json!({"insertOne": {"document": {}}}),
    ] {
        for trouble in [
            Outcome::Reply(502, GATEWAY),
            Outcome::Reply(503, GATEWAY),
            Outcome::Reply(504, ""),
            Outcome::Interrupted,
            Outcome::After(Duration::from_secs(11), DONE),
            Outcome::Reply(200, READ_TIMEOUT),
            Outcome::Reply(200, DRIVER_ERROR),
            Outcome::Reply(200, CAS_TIMEOUT),
            Outcome::Reply(200, UNAVAILABLE),
        ] {
            let script = Script::of([trouble.clone(), Outcome::Reply(200, DONE)]);
            let error = failure(send(&scripted(&script), command.clone()).await);
            assert_eq!(script.attempts(), 1, "{command} {trouble:?}");
            assert!(error.is_retryable(), "{error}");
            assert!(error.is_outcome_unknown(), "{error}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_write_that_was_turned_away_is_repeated_when_the_server_asks_for_it() {
    const LIMITED: &str =
        r#"{"errors": [{"errorCode": "RATE_LIMITED", "family": "SERVER", "message": "m"}]}"#;
    let commands = [
        single_write(),
        many_writes(),
        json!({"insertOne": {"document": {}}}),
        json!({"insertMany": {"documents": [{}]}}),
        json!({"deleteMany": {"filter": {}}}),
        json!({"dropKeyspace": {"name": "ks"}}),
    ];
    for command in commands {
        let script = Script::of([Outcome::Later(429, "7"), Outcome::Reply(200, DONE)]);
        let attempts = send(&scripted(&script), command.clone()).await;
        assert_eq!(attempts.ok(), Some(2), "{command}");
        let times = script.times();
        assert_eq!((times[1] - times[0]).as_secs(), 7, "{command}");

        let script = Script::of([Outcome::Reply(429, LIMITED), Outcome::Reply(200, DONE)]);
        let attempts = send(&scripted(&script), command.clone()).await;
        assert_eq!(attempts.ok(), Some(2), "{command}");

        // Not for ever, and not past the deadline.
        let script = Script::of([Outcome::Reply(429, "")]);
        let error = failure(send(&scripted(&script), command.clone()).await);
        assert_eq!(script.attempts(), 3, "{command}");
        assert!(
            error.is_retryable() && !error.is_outcome_unknown(),
            "{error}"
        );
        let script = Script::of([Outcome::Later(429, "3600")]);
        failure(send(&scripted(&script), command.clone()).await);
        assert_eq!(script.attempts(), 1, "{command}");
    }
}

#[tokio::test]
async fn over_http_a_rate_limit_in_the_servers_own_words_says_how_long_to_wait() {
    let limited = r#"{"errors": [{"errorCode": "RATE_LIMITED", "message": "m"}]}"#;
    let server =
        Server::start(move |_| Answer::WithHeader(429, "retry-after", "3600", limited)).await;
    let error = failure(send(&server.database(builder()), single_write()).await);
    assert_eq!(error.retry_after(), Some(Duration::from_hours(1)));
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_write_of_one_document_is_repeated_when_the_server_says_nothing_was_written() {
    let script = Script::of([Outcome::Reply(200, LOST_ROUNDS), Outcome::Reply(200, DONE)]);
    assert_eq!(send(&scripted(&script), single_write()).await.ok(), Some(2));
}

#[tokio::test(start_paused = true)]
async fn a_write_of_many_documents_is_not_repeated_when_one_of_them_failed() {
    let script = Script::of([Outcome::Reply(200, LOST_ROUNDS), Outcome::Reply(200, DONE)]);
    let error = failure(send(&scripted(&script), many_writes()).await);
    assert_eq!(error.code(), Some(&ErrorCode::FailedConcurrentOperations));
    assert_eq!(script.attempts(), 1);
}

#[tokio::test(start_paused = true)]
async fn idempotent_writes_are_repeated_after_a_lost_connection_of_the_server() {
    let script = Script::of([Outcome::Reply(200, DRIVER_ERROR), Outcome::Reply(200, DONE)]);
    let sure = scripted(&script).with_options(|options| options.idempotent(true));
    assert_eq!(send(&sure, single_write()).await.ok(), Some(2));
    scripted(&script).create_collection("c").await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn any_command_is_repeated_when_the_server_mistook_a_table_for_a_collection() {
    for command in [
        read(),
        single_write(),
        many_writes(),
        json!({"insertMany": {"documents": [{}]}}),
    ] {
        let script = Script::of([Outcome::Reply(200, SCHEMA_RACE), Outcome::Reply(200, DONE)]);
        assert_eq!(
            send(&scripted(&script), command.clone()).await.ok(),
            Some(2),
            "{command}"
        );
        let script = Script::of([Outcome::Reply(200, SCHEMA_RACE)]);
        let error = failure(send(&scripted(&script), command).await);
        assert_eq!(error.executed(), Executed::No);
        assert!(error.is_retryable());
    }
}

#[tokio::test(start_paused = true)]
async fn other_unexpected_errors_of_the_server_are_not_repeated() {
    for command in [read(), single_write(), many_writes()] {
        let script = Script::of([Outcome::Reply(200, UNEXPECTED), Outcome::Reply(200, DONE)]);
        let error = failure(send(&scripted(&script), command).await);
        assert_eq!(error.executed(), Executed::Maybe);
        assert_eq!(script.attempts(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_count_is_repeated_whatever_stopped_it() {
    const FAILED: &str = r#"{"errors": [{"errorCode": "COUNT_READ_FAILED", "family": "SERVER", "scope": "DATABASE", "message": "TIMEOUT_READING_DATA"}]}"#;
    let script = Script::of([Outcome::Reply(200, FAILED), Outcome::Reply(200, DONE)]);
    let count = json!({"countDocuments": {}});
    assert_eq!(send(&scripted(&script), count).await.ok(), Some(2));
    let script = Script::of([Outcome::Reply(200, FAILED)]);
    let error = failure(send(&scripted(&script), json!({"countDocuments": {}})).await);
    assert!(error.is_retryable() && error.executed() == Executed::No);
}

#[tokio::test(start_paused = true)]
async fn any_command_is_repeated_when_the_server_was_never_reached() {
    for command in [read(), single_write(), many_writes()] {
        let script = Script::of([
            Outcome::NotSent,
            Outcome::NotSent,
            Outcome::Reply(200, DONE),
        ]);
        assert_eq!(send(&scripted(&script), command).await.ok(), Some(3));
    }
}

#[tokio::test(start_paused = true)]
async fn errors_of_the_request_are_not_repeated() {
    let script = Script::of([Outcome::Reply(200, EXISTS)]);
    let error = failure(send(&scripted(&script), read()).await);
    assert!(error.is_already_exists() && !error.is_retryable());
    assert_eq!(script.attempts(), 1);
}

#[tokio::test(start_paused = true)]
async fn three_attempts_are_made_unless_the_policy_says_otherwise() {
    let script = Script::of([Outcome::Reply(503, GATEWAY)]);
    let db = scripted(&script);
    assert_eq!(failure(send(&db, read()).await).call().unwrap().attempts, 3);

    let never = db.with_options(|options| options.retry(DefaultRetryPolicy::never()));
    assert_eq!(
        failure(send(&never, read()).await).call().unwrap().attempts,
        1
    );

    let five = db.with_options(|o| o.retry(DefaultRetryPolicy::default().max_attempts(5)));
    assert_eq!(
        failure(send(&five, read()).await).call().unwrap().attempts,
        5
    );
}

/// Repeats everything twice, at once, and writes down what it was asked.
#[derive(Debug, Default)]
struct Stubborn(Mutex<Vec<(u32, bool, bool)>>);

impl RetryPolicy for Stubborn {
    fn allows(&self, failed: &FailedAttempt<'_>) -> bool {
        let safe = failed.is_safe_to_retry();
        let mut asked = self.0.lock().unwrap();
        asked.push((failed.attempts, failed.is_idempotent, safe));
        true
    }

    fn wait(&self, failed: &FailedAttempt<'_>) -> Option<Duration> {
        (failed.attempts < 3).then_some(Duration::ZERO)
    }
}

#[tokio::test(start_paused = true)]
async fn a_policy_of_the_callers_own_decides_what_is_repeated() {
    let script = Script::of([Outcome::Reply(503, GATEWAY)]);
    let policy = Arc::new(Stubborn::default());
    let db = scripted(&script).with_options(|options| options.retry(Arc::clone(&policy)));
    failure(send(&db, single_write()).await);
    assert_eq!(script.attempts(), 3);
    failure(send(&db, read()).await);
    let asked = policy.0.lock().unwrap().clone();
    let write = [(1, false, false), (2, false, false), (3, false, false)];
    let read = [(1, true, true), (2, true, true), (3, true, true)];
    assert_eq!(asked, [write, read].concat());
    let times = script.times();
    assert_eq!(times[0], times[5], "no wait but the one of the policy");
}

/// Waits as usual, and leaves what is safe to the table.
#[derive(Debug)]
struct OnlyWaits;

impl RetryPolicy for OnlyWaits {
    fn wait(&self, failed: &FailedAttempt<'_>) -> Option<Duration> {
        DefaultRetryPolicy::default().wait(failed)
    }
}

#[tokio::test(start_paused = true)]
async fn a_policy_that_only_waits_repeats_what_is_safe() {
    let script = Script::of([Outcome::Reply(503, GATEWAY)]);
    let db = scripted(&script).with_options(|options| options.retry(OnlyWaits));
    failure(send(&db, single_write()).await);
    assert_eq!(script.attempts(), 1);
    failure(send(&db, read()).await);
    assert_eq!(script.attempts(), 4);
}

#[tokio::test(start_paused = true)]
async fn the_caller_may_say_that_a_write_is_repeatable_and_that_a_read_is_not() {
    let script = Script::of([Outcome::Reply(503, GATEWAY), Outcome::Reply(200, DONE)]);
    let sure = scripted(&script).with_options(|options| options.idempotent(true));
    assert_eq!(send(&sure, single_write()).await.ok(), Some(2));

    let script = Script::of([Outcome::Reply(503, GATEWAY), Outcome::Reply(200, DONE)]);
    let wary = scripted(&script).with_options(|options| options.idempotent(false));
    failure(send(&wary, read()).await);
    assert_eq!(script.attempts(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_repeated_insert_that_finds_its_own_document_reports_the_lost_answer() {
    let script = Script::of([Outcome::Interrupted, Outcome::Reply(200, EXISTS)]);
    let db = scripted(&script).with_options(|options| options.idempotent(true));
    let error = failure(send(&db, json!({"insertOne": {"document": {"_id": 1}}})).await);
    assert!(matches!(error, Error::Transport(_)), "{error:?}");
    assert!(error.is_outcome_unknown() && !error.is_already_exists());
    assert_eq!(script.attempts(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_later_clear_failure_does_not_hide_that_an_earlier_attempt_may_have_worked() {
    let script = Script::of([Outcome::Interrupted, Outcome::NotSent]);
    let db = scripted(&script).with_options(|options| options.idempotent(true));
    let error = failure(send(&db, single_write()).await);
    assert!(matches!(error, Error::Connect(_)), "{error:?}");
    assert!(error.is_outcome_unknown());
}

#[tokio::test(start_paused = true)]
async fn dropping_is_not_repeated_as_somebody_may_have_made_it_anew() {
    let script = Script::of([Outcome::Interrupted, Outcome::Reply(200, DONE)]);
    failure(scripted(&script).drop_collection("c").await);
    assert_eq!(script.attempts(), 1);
}

#[tokio::test(start_paused = true)]
async fn making_a_collection_is_repeated_as_the_server_takes_it_twice() {
    let script = Script::of([Outcome::Interrupted, Outcome::Reply(200, DONE)]);
    scripted(&script).create_collection("c").await.unwrap();
    assert_eq!(script.attempts(), 2);
}

#[tokio::test(start_paused = true)]
async fn waits_grow_but_stay_under_the_steps_of_the_policy() {
    let policy = DefaultRetryPolicy::default()
        .max_attempts(8)
        .max_wait(Duration::from_secs(1));
    let mut longest = [Duration::ZERO; 7];
    for _ in 0..50 {
        let script = Script::of([Outcome::Reply(503, "")]);
        let db = scripted(&script).with_options(|options| options.retry(policy.clone()));
        failure(send(&db, read()).await);
        let times = script.times();
        for (n, pair) in times.windows(2).enumerate() {
            longest[n] = longest[n].max(pair[1] - pair[0]);
        }
    }
    for (n, longest) in longest.iter().enumerate() {
        let step = Duration::from_millis((100 << n).min(1000));
        // Tokio's clock ticks in milliseconds.
        assert!(
            *longest <= step + Duration::from_millis(1),
            "wait {n}: {longest:?}"
        );
        assert!(
            *longest > step / 2,
            "50 draws of wait {n} never came past the half: {longest:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn the_server_may_ask_for_a_longer_wait() {
    let script = Script::of([Outcome::Later(429, "7"), Outcome::Reply(200, DONE)]);
    assert_eq!(send(&scripted(&script), read()).await.ok(), Some(2));
    let times = script.times();
    assert_eq!((times[1] - times[0]).as_secs(), 7);
}

#[tokio::test(start_paused = true)]
async fn no_wait_goes_past_the_deadline() {
    let script = Script::of([Outcome::Later(503, "60")]);
    let started = tokio::time::Instant::now();
    let error = failure(send(&scripted(&script), read()).await);
    assert_eq!(error.retry_after(), Some(Duration::from_mins(1)));
    assert!(
        started.elapsed() < Duration::from_secs(1),
        "it waited although it was pointless"
    );
    assert_eq!(script.attempts(), 1);
}

#[tokio::test]
async fn over_http_a_broken_answer_is_repeated_for_a_read_only() {
    let server = Server::start(|n| if n == 0 { Answer::Broken } else { DONE.into() }).await;
    assert_eq!(
        send(&server.database(builder()), read()).await.ok(),
        Some(2)
    );

    let server = Server::start(|n| if n == 0 { Answer::Broken } else { DONE.into() }).await;
    let error = failure(send(&server.database(builder()), single_write()).await);
    assert!(matches!(error, Error::Transport(_)), "{error:?}");
    assert!(error.is_outcome_unknown());
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn over_http_a_refused_connection_is_known_to_have_done_nothing() {
    let unused = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", unused.local_addr().unwrap());
    drop(unused);
    let db = builder()
        .build()
        .unwrap()
        .database(&address)
        .unwrap()
        .keyspace("ks");
    let error = failure(send(&db, single_write()).await);
    assert!(matches!(error, Error::Connect(_)), "{error:?}");
    assert!(error.is_retryable() && !error.is_outcome_unknown());
    assert_eq!(error.call().unwrap().attempts, 3);
}

#[tokio::test]
async fn over_http_a_connection_that_is_cut_before_the_answer_leaves_the_outcome_open() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            connection.readable().await.unwrap();
            drop(connection);
        }
    });
    let db = builder()
        .build()
        .unwrap()
        .database(&address)
        .unwrap()
        .keyspace("ks");
    let error = failure(send(&db, single_write()).await);
    assert!(matches!(error, Error::Transport(_)), "{error:?}");
    assert_eq!(error.call().unwrap().attempts, 1);
}
