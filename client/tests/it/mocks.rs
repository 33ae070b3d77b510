//! A database that answers what a test says, the answers of a server in a file, and events made by hand.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use astra_db::http::StatusCode;
use astra_db::testing::{Mock, Recorder, event};
use astra_db::{
    CommandFailed, CommandListener, CommandRetried, CommandStarted, CommandSucceeded, Database,
    Document, Error, ErrorCode, Executed, Transport, TransportError,
};
use serde_json::json;
use tokio::time::Instant;

use crate::support::{builder, failure};

fn database(transport: impl Transport) -> Database {
    let client = builder().transport(transport).build().unwrap();
    client.database("tested").unwrap().keyspace("shop")
}

#[tokio::test(start_paused = true)]
async fn a_mock_answers_what_is_expected_in_order() {
    let mock = Mock::new();
    mock.expect("findOne")
        .on("orders")
        .document(json!({"_id": 7, "total": 1.5}));
    mock.expect("findOne").on("orders").document(json!(null));
    mock.expect("find")
        .times(2)
        .documents([json!({"_id": 1}), json!({"_id": 2})]);
    mock.expect("insertOne")
        .any_times()
        .error(ErrorCode::DocumentAlreadyExists, "taken");
    mock.expect("countDocuments")
        .after(Duration::from_secs(3))
        .answer(json!({"status": {"count": 9}}));
    let orders = database(mock.clone()).collection::<Document>("orders");
    let found = orders.find_one(json!({"_id": 7})).await.unwrap().unwrap();
    assert_eq!(
        serde_json::to_value(&found).unwrap(),
        json!({"_id": 7, "total": 1.5})
    );
    assert!(orders.find_one(json!({"_id": 7})).await.unwrap().is_none());
    for _ in 0..2 {
        let all = orders.find(json!({})).await.unwrap().all().await.unwrap();
        assert_eq!(all.len(), 2);
        let taken = failure(
            orders
                .insert_one(json!({"_id": 1}).to_string().parse::<Document>().unwrap())
                .await,
        );
        assert!(taken.is_already_exists(), "{taken}");
    }
    let started = Instant::now();
    assert_eq!(orders.count_documents(json!({}), 100).await.unwrap(), 9);
    assert_eq!(started.elapsed().as_secs(), 3);
    mock.verify();
}

#[tokio::test(start_paused = true)]
async fn a_mock_plays_every_failure() {
    let mock = Mock::new();
    let orders = database(mock.clone()).collection::<Document>("orders");
    let update = async || {
        let update = orders.update_one(json!({"_id": 7}), json!({"$set": {"paid": true}}));
        failure(update.await)
    };
    mock.expect("updateOne")
        .error(ErrorCode::TimeoutWritingData, "CAS");
    assert_eq!(update().await.executed(), Executed::Maybe);
    mock.expect("updateOne").http_error(StatusCode::FORBIDDEN);
    assert!(update().await.is_unauthorized());
    mock.expect("updateOne").times(3).not_reached();
    assert!(matches!(update().await, Error::Connect(_)));
    mock.expect("updateOne").answer_lost();
    assert!(matches!(update().await, Error::Transport(_)));
    mock.expect("updateOne").never_answered();
    assert!(update().await.is_timeout());
    mock.verify();
}

#[tokio::test]
async fn an_unexpected_call_says_what_came_and_what_was_expected() {
    let mock = Mock::new();
    mock.expect("findOne")
        .on("orders")
        .with(json!({"filter": {"_id": 7}}))
        .document(json!(null));
    let carts = database(mock.clone()).collection::<Document>("carts");
    let error = failure(carts.find_one(json!({"_id": 7})).await).to_string();
    let came = r#"findOne on shop/carts with {"filter":{"_id":7}"#;
    let expected = r#"findOne on orders with {"filter":{"_id":7}}"#;
    assert!(
        error.contains(&format!("the mock did not expect {came}")),
        "{error}"
    );
    assert!(
        error.ends_with(&format!("; expected: {expected}")),
        "{error}"
    );
    let problems = std::panic::catch_unwind(|| mock.verify()).unwrap_err();
    let problems = problems.downcast_ref::<String>().unwrap();
    let (missing, unexpected) = problems.split_once('\n').unwrap();
    assert_eq!(missing, format!("did not come: {expected}"));
    assert!(
        unexpected.starts_with(&format!("was not expected: {came}")),
        "{problems}"
    );
}

#[tokio::test]
async fn what_a_server_answers_is_recorded_and_replayed_to_the_digit() {
    let folder = std::env::temp_dir().join(format!("astra-db-recorder-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("orders.json");
    let server = Mock::new();
    server.expect("findOne").times(2).answer(
        serde_json::from_str::<Box<serde_json::value::RawValue>>(
            r#"{"data": {"document": {"_id": 7, "total": 12345678901234567890.123}}}"#,
        )
        .unwrap(),
    );
    server
        .expect("insertOne")
        .times(3)
        .error(ErrorCode::TimeoutWritingData, "CAS");
    let mut seen = Vec::new();
    for server in [Some(server), None] {
        let recorder = Recorder::open(&file, server)
            .unwrap()
            .ignoring("/insertOne/document/at");
        let orders = database(recorder.clone()).collection::<Document>("orders");
        for _ in 0..2 {
            let found = orders.find_one(json!({"_id": 7})).await.unwrap().unwrap();
            seen.push(serde_json::to_string(&found).unwrap());
        }
        let now = format!(r#"{{"_id": 8, "at": {}}}"#, seen.len());
        let lost = failure(orders.insert_one(now.parse::<Document>().unwrap()).await);
        assert_eq!(lost.code(), Some(&ErrorCode::TimeoutWritingData), "{lost}");
        recorder.save().unwrap();
    }
    assert_eq!(seen[..2], seen[2..]);
    let kept = std::fs::read_to_string(&file).unwrap();
    assert!(
        kept.contains("12345678901234567890.123") && !kept.contains("secret-token"),
        "{kept}"
    );

    let replayed = Recorder::open(&file, None::<Mock>).unwrap();
    let carts = database(replayed).collection::<Document>("carts");
    let error = failure(carts.find_one(json!({"_id": 7})).await).to_string();
    let problem = r#"has no further answer to {"findOne":{"filter":{"_id":7}"#;
    assert!(error.contains(problem), "{error}");
    std::fs::remove_dir_all(folder).unwrap();
}

/// What a listener was told, in words.
#[derive(Debug, Default)]
struct Log(Mutex<Vec<String>>);

impl Log {
    fn say(&self, line: String) {
        self.0.lock().unwrap().push(line);
    }
}

impl CommandListener for Log {
    fn started(&self, event: &CommandStarted<'_>) {
        self.say(format!(
            "{} on {}, {} bytes",
            event.command, event.target, event.request_bytes
        ));
    }

    fn retried(&self, event: &CommandRetried<'_>) {
        self.say(format!(
            "{} again, {:?}: {}",
            event.call, event.executed, event.error
        ));
    }

    fn succeeded(&self, event: &CommandSucceeded<'_>) {
        self.say(format!(
            "{} done, {} warnings",
            event.call,
            event.warnings.len()
        ));
    }

    fn failed(&self, event: &CommandFailed<'_>) {
        self.say(format!("{} failed: {}", event.call, event.error));
    }
}

#[test]
fn events_can_be_made_for_tests_of_a_listener() {
    let log = Arc::new(Log::default());
    let call = event::call("findOne", event::target("shop", "orders"));
    log.started(&event::started(&call, 31));
    let refused = event::connection_error(&call, TransportError::not_sent("refused"));
    log.retried(&event::retried(&call, &refused, Duration::from_millis(5)));
    let warning = event::api_error(ErrorCode::from("ZERO_FILTER_OPERATIONS"), "slow");
    log.succeeded(&event::succeeded(&call, &[warning], 80));
    let timeout = event::timeout(&call, Duration::from_secs(10));
    log.failed(&event::failed(&call, &timeout));
    assert_eq!(
        *log.0.lock().unwrap(),
        [
            "findOne on shop/orders, 31 bytes",
            "findOne on shop/orders again, No: findOne on shop/orders: the server was not reached (1 attempt, 1.0ms)",
            "findOne on shop/orders done, 1 warnings",
            "findOne on shop/orders failed: findOne on shop/orders met the attempt timeout of 10s (1 attempt, 1.0ms)",
        ]
    );
}
