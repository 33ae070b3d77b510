//! Which limit ends a call, and that one deadline holds for all of its attempts.

use std::time::Duration;

use astra_db::http::StatusCode;
use astra_db::{
    Collection, DefaultRetryPolicy, Error, TimeoutCategory, Timeouts, Transport, TransportError,
    TransportReply, TransportRequest,
};
use futures_util::future::BoxFuture;
use futures_util::{FutureExt, StreamExt};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::support::{Answer, Outcome, Script, Server, builder, failure, scripted};

const FOREVER: Outcome = Outcome::After(Duration::from_secs(1_000_000), "{}");

fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

fn insert() -> Value {
    json!({"insertOne": {"document": {}}})
}

/// Category, limit, and how long it really took.
fn limit_met(error: &Error, started: Instant) -> (TimeoutCategory, Duration, Duration) {
    let Error::Timeout(timeout) = error else {
        panic!("{error:?}")
    };
    assert!(error.is_timeout() && timeout.sent);
    (timeout.category, timeout.limit, started.elapsed())
}

#[tokio::test(start_paused = true)]
async fn each_kind_of_command_has_the_official_default() {
    use TimeoutCategory::{Attempt, CollectionAdmin, KeyspaceAdmin, TableAdmin};
    let script = Script::of([FOREVER]);
    let db = scripted(&script).with_options(|options| options.retry(DefaultRetryPolicy::never()));
    for (command, category, limit) in [
        (insert(), Attempt, 10),
        (
            json!({"createCollection": {"name": "c"}}),
            CollectionAdmin,
            60,
        ),
        (json!({"listTables": {}}), TableAdmin, 30),
        (json!({"findKeyspaces": {}}), KeyspaceAdmin, 30),
    ] {
        let started = Instant::now();
        let error = failure(db.command(&command).await);
        let limit = Duration::from_secs(limit);
        let (found, found_limit, elapsed) = limit_met(&error, started);
        assert_eq!((found, found_limit), (category, limit), "{command}");
        assert_eq!(elapsed.as_secs(), limit.as_secs(), "{command}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_attempts_of_a_read_share_the_limit_of_the_method() {
    let script = Script::of([FOREVER]);
    let db = scripted(&script).with_options(|options| {
        let timeouts = Timeouts {
            attempt: Some(seconds(4)),
            general: Some(seconds(10)),
            ..Timeouts::default()
        };
        options
            .timeouts(timeouts)
            .retry(DefaultRetryPolicy::default().max_attempts(100))
    });
    let started = Instant::now();
    let error = failure(db.command(json!({"find": {}})).collection("c").await);
    let (category, limit, elapsed) = limit_met(&error, started);
    assert_eq!(
        (category, limit),
        (TimeoutCategory::General, Duration::from_secs(10))
    );
    assert_eq!(
        (elapsed.as_secs(), script.attempts()),
        (10, 3),
        "4 s, 4 s and what is left"
    );
}

#[tokio::test(start_paused = true)]
async fn a_limit_given_to_the_call_replaces_the_others() {
    let script = Script::of([Outcome::After(Duration::from_secs(20), "{}")]);
    let db = scripted(&script);
    let patient = db
        .command(insert())
        .collection("c")
        .timeout(Duration::from_secs(25));
    patient
        .await
        .expect("20 s are within 25 s, though not within the 10 s of an attempt");

    let started = Instant::now();
    let hasty = db
        .command(insert())
        .collection("c")
        .timeout(Duration::from_secs(2));
    let (category, limit, elapsed) = limit_met(&failure(hasty.await), started);
    assert_eq!(
        (category, limit),
        (TimeoutCategory::Call, Duration::from_secs(2))
    );
    assert_eq!(elapsed.as_secs(), 2);
}

#[tokio::test(start_paused = true)]
async fn zero_means_no_limit() {
    let script = Script::of([Outcome::After(Duration::from_secs(100_000), "{}")]);
    let none = Some(Duration::ZERO);
    let timeouts = Timeouts {
        attempt: none,
        general: none,
        ..Timeouts::default()
    };
    let db = scripted(&script).with_options(|options| options.timeouts(timeouts));
    db.command(insert()).collection("c").await.unwrap();
    assert_eq!(script.requests()[0].deadline, None);
}

#[tokio::test(start_paused = true)]
async fn a_limit_beyond_all_time_is_none() {
    let script = Script::of([Outcome::Reply(503, ""), Outcome::Reply(200, "{}")]);
    let db = scripted(&script).with_options(|options| options.timeout(Duration::MAX));
    db.command(json!({"find": {}})).await.unwrap();
    assert_eq!(script.requests()[0].deadline, None);
}

#[tokio::test(start_paused = true)]
async fn limits_set_at_a_level_leave_the_others_of_the_level_above() {
    let client = builder().timeouts(Timeouts {
        attempt: Some(seconds(3)),
        ..Timeouts::default()
    });
    let script = Script::of([FOREVER]);
    let db = client
        .transport(script)
        .build()
        .unwrap()
        .database("x")
        .unwrap()
        .keyspace("ks");
    let db = db.with_options(|options| {
        options.timeouts(Timeouts {
            collection_admin: Some(seconds(7)),
            ..Timeouts::default()
        })
    });
    let started = Instant::now();
    let error = failure(db.command(insert()).collection("c").await);
    assert_eq!(limit_met(&error, started).1, Duration::from_secs(3));
    let started = Instant::now();
    let error = failure(db.drop_collection("c").await);
    assert_eq!(limit_met(&error, started).1, Duration::from_secs(7));
}

#[tokio::test(start_paused = true)]
async fn the_message_names_the_limit_the_command_and_the_effort() {
    let script = Script::of([FOREVER]);
    let error = failure(scripted(&script).command(insert()).collection("c").await);
    assert_eq!(
        error.to_string(),
        "insertOne on ks/c met the attempt timeout of 10s (1 attempt, 10.0s)"
    );
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_dropped_gives_its_request_up() {
    let script = Script::of([FOREVER]);
    let call = scripted(&script)
        .command(insert())
        .collection("c")
        .into_future();
    assert!(
        tokio::time::timeout(Duration::from_secs(1), call)
            .await
            .is_err()
    );
    assert_eq!((script.attempts(), script.dropped()), (1, 1));
}

/// Two pages; the second takes a second, and more than one look.
#[derive(Debug)]
struct SlowSecondPage;

impl Transport for SlowSecondPage {
    fn send(
        &self,
        request: TransportRequest,
    ) -> BoxFuture<'_, Result<TransportReply, TransportError>> {
        let command: Value = serde_json::from_slice(&request.body).unwrap();
        let second = command["find"]["options"]["pageState"].is_string();
        Box::pin(async move {
            let body = if second {
                tokio::time::sleep(Duration::from_secs(1)).await;
                tokio::task::yield_now().await;
                r#"{"data":{"documents":[{"_id":2}],"nextPageState":null}}"#
            } else {
                r#"{"data":{"documents":[{"_id":0},{"_id":1}],"nextPageState":"2"}}"#
            };
            Ok(TransportReply::new(StatusCode::OK, body))
        })
    }
}

#[tokio::test(start_paused = true)]
async fn a_slow_consumer_does_not_use_up_the_time_of_a_page_that_is_on_its_way() {
    for prefetch in [true, false] {
        let client = builder().transport(SlowSecondPage).build().unwrap();
        let documents: Collection = client.database("x").unwrap().keyspace("ks").collection("c");
        let find = documents.find(json!({})).prefetch(prefetch);
        let mut cursor = find.await.unwrap();
        for _ in 0..2 {
            cursor.try_next().await.unwrap().unwrap();
            // The consumer is busy for far longer than any limit.
            tokio::time::sleep(Duration::from_mins(10)).await;
        }
        // Asked for, but not waited for.
        assert!(prefetch || cursor.next().now_or_never().is_none());
        tokio::time::sleep(Duration::from_mins(10)).await;
        assert!(cursor.try_next().await.unwrap().is_some());
        assert!(cursor.try_next().await.unwrap().is_none());
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_that_nobody_looked_at_past_its_limit_gets_a_last_look() {
    let client = builder().transport(SlowSecondPage).build().unwrap();
    let documents: Collection = client.database("x").unwrap().keyspace("ks").collection("c");
    let mut page = Box::pin(documents.find(json!({})).page_state("2").page());
    assert!((&mut page).now_or_never().is_none());
    // The thread is busy with something else.
    tokio::time::advance(Duration::from_mins(10)).await;
    assert_eq!(page.await.unwrap().items.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_limit_for_the_whole_holds_for_all_requests_of_a_method() {
    let script = Script::by_command(|_, command| {
        let body = if command.get("find").is_some() {
            r#"{"data":{"documents":[],"nextPageState":"again"}}"#
        } else {
            r#"{"status":{"matchedCount":1,"modifiedCount":1,"deletedCount":1,"moreData":true,"nextPageState":"again"}}"#
        };
        Outcome::After(seconds(9), body)
    });
    let documents: Collection = scripted(&script).collection("c");
    let (filter, update) = (json!({"a": 1}), json!({"$inc": {"n": 1}}));
    for whole in [25, 100] {
        let limit = seconds(whole);
        let started = Instant::now();
        let errors = [
            failure(documents.distinct("a", &filter).timeout(limit).await),
            failure(documents.delete_many(&filter).timeout(limit).await),
            failure(documents.update_many(&filter, &update).timeout(limit).await),
        ];
        for error in &errors {
            assert!(error.is_timeout(), "{error}");
        }
        assert_eq!(started.elapsed().as_secs(), 3 * whole);
    }
}

#[tokio::test]
async fn over_http_a_silent_server_meets_the_limit() {
    let server = Server::start(|_| Answer::Never).await;
    let db = server.database(builder());
    let call = db
        .command(insert())
        .collection("c")
        .timeout(Duration::from_millis(60));
    let error = failure(call.await);
    assert!(error.is_timeout() && error.is_outcome_unknown());
}

#[tokio::test]
async fn over_http_a_slow_answer_within_the_limit_is_fine() {
    let slow = Answer::Slow(Duration::from_millis(30), r#"{"status": {"ok": 1}}"#);
    let server = Server::start(move |_| slow.clone()).await;
    let db = server.database(builder());
    db.command(insert())
        .collection("c")
        .timeout(Duration::from_secs(20))
        .await
        .unwrap();
}
