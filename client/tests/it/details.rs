//! `details()` of a call, and warnings that are errors.

use std::time::Duration;

use astra_db::{Error, ErrorCode, Executed, StreamOutcome, doc};
use futures_util::{StreamExt, stream};
use serde_json::json;

use crate::support::{Outcome, Script, collection, failure, scripted};

const WARNED_COUNT: &str = r#"{"status": {"count": 3, "warnings": [{"errorCode": "MISSING_INDEX", "message": "reads everything"}]}}"#;

#[tokio::test(start_paused = true)]
async fn details_are_the_value_and_what_it_took() {
    let script = Script::of([
        Outcome::Reply(503, ""),
        Outcome::After(Duration::from_millis(1), WARNED_COUNT),
    ]);
    let counted = collection(&script)
        .count_documents(json!({"n": 1}), 10)
        .details()
        .await
        .unwrap();
    assert_eq!((*counted, counted.value), (3, 3));
    assert_eq!((counted.requests, counted.attempts), (1, 2));
    assert_eq!(counted.warnings.len(), 1);
    assert_eq!(counted.warnings[0].code, ErrorCode::MissingIndex);
    assert!(counted.request_id.is_some());
    assert_eq!(counted.into_value(), 3);
}

#[tokio::test(start_paused = true)]
async fn details_of_several_requests_add_up() {
    let page = |next: serde_json::Value| {
        Outcome::json(&json!({"status": {
            "matchedCount": 20, "modifiedCount": 20, "nextPageState": next, "moreData": true,
            "warnings": [{"errorCode": "MISSING_INDEX", "message": "m"}],
        }}))
    };
    let script = Script::of([page(json!("a")), page(json!("b")), page(json!(null))]);
    let updated = collection(&script)
        .update_many(json!({"n": 1}), json!({"$set": {"n": 2}}))
        .details()
        .await
        .unwrap();
    assert_eq!(
        (updated.matched_count, updated.requests, updated.attempts),
        (60, 3, 3)
    );
    assert_eq!(
        updated.warnings.len(),
        1,
        "one that is repeated is told once"
    );
}

#[tokio::test(start_paused = true)]
async fn every_kind_of_call_has_details() {
    let script = Script::by_command(|_, command| {
        let (name, arguments) = command.as_object().unwrap().iter().next().unwrap();
        let documents = arguments["documents"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let responses = documents
            .iter()
            .map(|d| json!({"_id": d["_id"], "status": "OK"}));
        Outcome::json(&match name.as_str() {
            "insertMany" => json!({"status": {"documentResponses": responses.collect::<Vec<_>>()}}),
            "findOne" | "findOneAndDelete" => json!({"data": {"document": {"_id": 1}}}),
            "find" => json!({"data": {"documents": [{"_id": 1}], "nextPageState": null}}),
            "findKeyspaces" => json!({"status": {"keyspaces": ["ks"]}}),
            "findCollections" => json!({"status": {"collections": ["c"]}}),
            _ => json!({"status": {"ok": 1}}),
        })
    });
    let (db, documents) = (scripted(&script), collection(&script));
    let one = documents.find_one(json!({})).details().await.unwrap();
    assert!(one.document.is_some() && one.sort_vector.is_none());
    let gone = documents
        .find_one_and_delete(json!({"_id": 1}))
        .details()
        .await
        .unwrap();
    assert!(gone.is_some());
    let many = (0..120).map(|n| doc!({"_id": n}));
    let stored = documents.insert_many(many).details().await.unwrap();
    assert_eq!((stored.inserted_ids.len(), stored.requests), (120, 3));
    let cursor = documents.find(json!({})).details().await.unwrap();
    assert_eq!(
        (
            cursor.requests,
            cursor.into_value().all().await.unwrap().len()
        ),
        (1, 1)
    );
    assert_eq!(*db.list_keyspaces().details().await.unwrap(), ["ks"]);
    assert_eq!(*db.list_collection_names().details().await.unwrap(), ["c"]);
    let created = db.create_collection("d").details().await.unwrap();
    assert_eq!(created.name(), "d");
    let raw = db
        .command(json!({"findKeyspaces": {}}))
        .details()
        .await
        .unwrap();
    assert_eq!(raw.request_id, Some(raw.call.request_id));
}

#[tokio::test(start_paused = true)]
async fn warnings_are_errors_where_they_are_denied_and_the_call_was_executed() {
    let script = Script::of([Outcome::Reply(200, WARNED_COUNT)]);
    let count = |strict: bool| {
        let documents = collection(&script).with_options(|options| options.deny_warnings(strict));
        documents.count_documents(json!({"n": 1}), 10)
    };
    assert_eq!(count(false).await.unwrap(), 3);
    let of_call = failure(count(false).deny_warnings(true).await);
    let of_handle = failure(count(true).await);
    for error in [of_call, of_handle] {
        assert_eq!(error.executed(), Executed::Yes);
        assert!(!error.is_retryable());
        assert_eq!(
            error.to_string(),
            "countDocuments on ks/c succeeded with a warning: MISSING_INDEX: reads everything"
        );
    }
    assert_eq!(count(true).deny_warnings(false).await.unwrap(), 3);
    assert_eq!(script.attempts(), 4);
}

#[tokio::test(start_paused = true)]
async fn denied_warnings_of_a_write_tell_what_was_written() {
    let script = Script::by_command(|n, command| {
        let insert = command["insertMany"]["documents"].as_array();
        let responses = insert.into_iter().flatten();
        let responses: Vec<_> = responses
            .map(|document| json!({"_id": document["_id"], "status": "OK"}))
            .collect();
        let mut status = json!({"documentResponses": responses, "matchedCount": 20,
            "modifiedCount": 20, "deletedCount": 20, "moreData": true, "nextPageState": "a"});
        if n == 1 {
            status["warnings"] = json!([{"errorCode": "MISSING_INDEX", "message": "m"}]);
        }
        Outcome::json(&json!({"status": status}))
    });
    let strict = |script: &Script| collection(script).with_options(|o| o.deny_warnings(true));
    let documents = || (0..150).map(|n| doc!({"_id": n}));
    let insert = strict(&script).insert_many(documents()).concurrency(1);
    let Error::InsertMany(error) = failure(insert.await) else {
        panic!()
    };
    assert_eq!(
        (error.inserted().count(), error.skipped().count()),
        (150, 0)
    );
    assert!(matches!(error.cause, Error::Warnings(_)));

    let anew = || {
        let script = script.clone();
        Script::by_command(move |n, command| script.outcome(n, command))
    };
    let load = strict(&anew()).insert_many_stream(stream::iter(documents()));
    let error = load.chunk_size(50).concurrency(1).await.unwrap_err();
    assert!(matches!(error.cause.as_deref(), Some(Error::Warnings(_))));
    assert_eq!(error.progress.settled, 50);
    let outcomes: Vec<_> = error.resume().outcomes().collect().await;
    assert_eq!(outcomes.len(), 100);
    assert!(
        outcomes
            .iter()
            .all(|one| matches!(one, Ok(StreamOutcome::Inserted)))
    );

    let update = json!({"$set": {"n": 2}});
    let Error::UpdateMany(error) = failure(strict(&anew()).update_all(update).await) else {
        panic!()
    };
    assert_eq!(error.matched_count, 40);
    let Error::DeleteMany(error) = failure(strict(&anew()).delete_many(json!({"n": 1})).await)
    else {
        panic!()
    };
    assert_eq!(error.deleted_count, 40);
}
