//! `update_one`, `update_many` and `replace_one`.

use astra_db::{DefaultRetryPolicy, DocumentId, Error, doc};
use serde_json::json;

use crate::support::{Outcome, Script, collection, failure};

const CHANGED: &str = r#"{"status":{"matchedCount":1,"modifiedCount":1}}"#;

#[tokio::test]
async fn an_update_tells_what_it_did() {
    let script = Script::of([
        Outcome::Reply(200, CHANGED),
        Outcome::Reply(200, r#"{"status":{"matchedCount":1,"modifiedCount":0}}"#),
        Outcome::Reply(
            200,
            r#"{"status":{"modifiedCount":0,"matchedCount":0,"upsertedId":{"$objectId":"65f1a7d0e4b0c9a1b2c3d4e5"}}}"#,
        ),
    ]);
    let carts = collection(&script);
    let update = json!({"$set": {"a": 1}});
    let changed = carts
        .update_one(json!({"_id": 1}), &update)
        .sort([("a", 1)])
        .await
        .unwrap();
    assert_eq!(
        (
            changed.matched_count,
            changed.modified_count,
            changed.upserted_id
        ),
        (1, 1, None)
    );
    let lost_race = carts.update_one(json!({"_id": 1}), &update).await.unwrap();
    assert_eq!((lost_race.matched_count, lost_race.modified_count), (1, 0));
    let upserted = carts
        .update_one(json!({"_id": 1}), &update)
        .upsert(true)
        .await
        .unwrap();
    assert!(matches!(
        upserted.upserted_id,
        Some(DocumentId::ObjectId(_))
    ));

    let command = json!({"updateOne": {"filter": {"_id": 1}, "update": {"$set": {"a": 1}}, "sort": {"a": 1},
        "options": {"upsert": false}}});
    assert_eq!(script.commands()[0], command);
    assert_eq!(script.commands()[2]["updateOne"]["options"]["upsert"], true);
}

#[tokio::test(start_paused = true)]
async fn an_update_whose_answer_is_lost_is_repeated_only_on_request() {
    let script = || Script::of([Outcome::Interrupted, Outcome::Reply(200, CHANGED)]);
    let first = script();
    let error = failure(
        collection(&first)
            .update_one(json!({"_id": 1}), json!({"$set": {"a": 1}}))
            .await,
    );
    assert!(error.is_outcome_unknown());
    assert_eq!(first.attempts(), 1);

    let second = script();
    let update = collection(&second).update_one(json!({"_id": 1}), json!({"$set": {"a": 1}}));
    update
        .with_options(|options| options.idempotent(true))
        .await
        .unwrap();
    assert_eq!(second.attempts(), 2);
}

#[tokio::test]
async fn update_many_goes_on_until_no_page_is_left() {
    let script = Script::of([
        Outcome::Reply(
            200,
            r#"{"status":{"matchedCount":50,"modifiedCount":49,"moreData":true,"nextPageState":"p1"}}"#,
        ),
        Outcome::Reply(
            200,
            r#"{"status":{"matchedCount":50,"modifiedCount":50,"moreData":true,"nextPageState":"p2"}}"#,
        ),
        Outcome::Reply(200, r#"{"status":{"matchedCount":1,"modifiedCount":1}}"#),
    ]);
    let update = json!({"$inc": {"a": 1}});
    let result = collection(&script)
        .update_many(json!({"b": 1}), &update)
        .upsert(true)
        .await
        .unwrap();
    assert_eq!((result.matched_count, result.modified_count), (101, 100));
    assert_eq!(
        script.commands(),
        [
            json!({"updateMany": {"filter": {"b": 1}, "update": update, "options": {"upsert": true}}}),
            // Later pages must not insert when they meet nothing.
            json!({"updateMany": {"filter": {"b": 1}, "update": update, "options": {"upsert": false, "pageState": "p1"}}}),
            json!({"updateMany": {"filter": {"b": 1}, "update": update, "options": {"upsert": false, "pageState": "p2"}}}),
        ]
    );
}

#[tokio::test]
async fn update_many_that_fails_on_the_way_tells_what_it_had_done() {
    let refusal = r#"{"errors":[{"errorCode":"UNSUPPORTED_UPDATE_OPERATION_TARGET","family":"REQUEST","message":"m"}]}"#;
    let page =
        r#"{"status":{"matchedCount":50,"modifiedCount":50,"moreData":true,"nextPageState":"p"}}"#;
    let script = Script::of([Outcome::Reply(200, page), Outcome::Reply(200, refusal)]);
    match failure(
        collection(&script)
            .update_all(json!({"$inc": {"a": 1}}))
            .await,
    ) {
        Error::UpdateMany(partial) => {
            assert_eq!((partial.matched_count, partial.modified_count), (50, 50));
            assert!(matches!(partial.cause, Error::Api(_)));
        }
        other => panic!("{other}"),
    }
    let script = Script::of([Outcome::Reply(200, refusal)]);
    let error = failure(
        collection(&script)
            .update_all(json!({"$inc": {"a": 1}}))
            .await,
    );
    assert!(matches!(error, Error::Api(_)), "{error}");
}

#[tokio::test]
async fn a_replacement_asks_for_no_document_back() {
    let answer = r#"{"data":{"document":{}},"status":{"matchedCount":1,"modifiedCount":1}}"#;
    let script = Script::of([Outcome::Reply(200, answer)]);
    let result = collection(&script)
        .replace_one(json!({"_id": 1}), doc!({"a": 1}))
        .sort([("a", 1)])
        .upsert(true)
        .await;
    assert_eq!(result.unwrap().modified_count, 1);
    assert_eq!(
        script.commands(),
        [
            json!({"findOneAndReplace": {"filter": {"_id": 1}, "replacement": {"a": 1}, "sort": {"a": 1},
            "projection": {"*": 0}, "options": {"returnDocument": "before", "upsert": true}}})
        ]
    );
}

#[tokio::test]
async fn an_update_answer_without_counts_is_refused() {
    let script = Script::of([Outcome::Reply(200, r#"{"status":{"matchedCount":1}}"#)]);
    let never =
        collection(&script).with_options(|options| options.retry(DefaultRetryPolicy::never()));
    let error = failure(never.update_one(json!({}), json!({})).await);
    assert!(matches!(error, Error::Decode(_)), "{error}");
}
