//! `delete_one`, `delete_many` and `delete_all`.

use astra_db::Error;
use serde_json::json;

use crate::support::{Outcome, Script, collection, failure};

const LAST: &str = r#"{"status":{"deletedCount":3}}"#;
const MORE: &str = r#"{"status":{"deletedCount":20,"moreData":true}}"#;
const LOST_ROUNDS: &str = r#"{"errors":[{"errorCode":"FAILED_CONCURRENT_OPERATIONS","family":"SERVER","scope":"DATABASE","message":"m"}]}"#;

#[tokio::test(start_paused = true)]
async fn delete_one_counts_and_is_not_repeated_when_its_answer_is_lost() {
    let script = Script::of([
        Outcome::Reply(200, r#"{"status":{"deletedCount":1}}"#),
        Outcome::Interrupted,
    ]);
    let tokens = collection(&script);
    let deleted = tokens
        .delete_one(json!({"_id": 1}))
        .sort([("a", 1)])
        .await
        .unwrap();
    assert_eq!(deleted.deleted_count, Some(1));
    assert_eq!(
        script.commands()[0],
        json!({"deleteOne": {"filter": {"_id": 1}, "sort": {"a": 1}}})
    );

    assert!(failure(tokens.delete_one(json!({"_id": 1})).await).is_outcome_unknown());
    assert_eq!(script.attempts(), 2);
}

#[tokio::test]
async fn delete_many_goes_on_while_there_is_more() {
    let script = Script::of([
        Outcome::Reply(200, MORE),
        Outcome::Reply(200, MORE),
        Outcome::Reply(200, LAST),
    ]);
    let deleted = collection(&script)
        .delete_many(json!({"a": 1}))
        .await
        .unwrap();
    assert_eq!(deleted.deleted_count, Some(43));
    assert_eq!(
        script.commands(),
        vec![json!({"deleteMany": {"filter": {"a": 1}}}); 3]
    );
}

#[tokio::test]
async fn emptying_a_collection_leaves_the_count_unknown() {
    let script = Script::of([Outcome::Reply(200, r#"{"status":{"deletedCount":-1}}"#)]);
    let products = collection(&script);
    assert_eq!(products.delete_all().await.unwrap().deleted_count, None);
    assert_eq!(
        products.delete_many(json!({})).await.unwrap().deleted_count,
        None
    );
    assert_eq!(
        script.commands(),
        vec![json!({"deleteMany": {"filter": {}}}); 2]
    );
}

#[tokio::test(start_paused = true)]
async fn a_lost_round_is_repeated_and_the_count_is_no_longer_claimed() {
    for trouble in [
        Outcome::Interrupted,
        Outcome::Reply(504, ""),
        Outcome::Reply(200, LOST_ROUNDS),
    ] {
        let script = Script::of([
            Outcome::Reply(200, MORE),
            trouble.clone(),
            Outcome::Reply(200, LAST),
        ]);
        let deleted = collection(&script)
            .delete_many(json!({"a": 1}))
            .await
            .unwrap();
        assert_eq!(deleted.deleted_count, None, "{trouble:?}");
    }
    let script = Script::of([Outcome::NotSent, Outcome::Reply(200, LAST)]);
    let deleted = collection(&script)
        .delete_many(json!({"a": 1}))
        .await
        .unwrap();
    assert_eq!(deleted.deleted_count, Some(3));
}

#[tokio::test]
async fn delete_many_that_fails_on_the_way_tells_what_it_had_done() {
    let refusal =
        r#"{"errors":[{"errorCode":"FILTER_PATH_UNINDEXED","family":"REQUEST","message":"m"}]}"#;
    let script = Script::of([Outcome::Reply(200, MORE), Outcome::Reply(200, refusal)]);
    match failure(collection(&script).delete_many(json!({"a": 1})).await) {
        Error::DeleteMany(partial) => assert_eq!(partial.deleted_count, 20),
        other => panic!("{other}"),
    }
}
