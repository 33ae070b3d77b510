//! `delete_one`, `delete_many` and `delete_all`.

use astra_db::{Error, doc};
use serde_json::json;

use crate::support::{Outcome, Script, collection, failure, scripted};

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
    assert_eq!(script.commands(), [json!({"deleteMany": {"filter": {}}})]);
}

/// A filter of which everything may be left out.
#[derive(Default, serde::Serialize)]
struct Wanted {
    #[serde(skip_serializing_if = "Option::is_none")]
    brand: Option<String>,
}

#[tokio::test]
async fn a_write_whose_conditions_were_all_left_out_is_not_sent() {
    let script = Script::of([Outcome::Reply(200, "{}")]);
    let (products, nothing) = (collection(&script), Wanted::default());
    let (update, empty) = (json!({"$set": {"price": 0}}), doc!({}));
    let (of_one, of_many, of_rows) = (
        "write json!({}) where any document will do",
        "use update_all(update)",
        "use delete_all()",
    );
    let table = scripted(&script).table::<astra_db::Row>("t");
    let no_conditions = json!({"$and": [], "$or": [{}]});
    for (error, hint) in [
        (failure(products.delete_many(&nothing).await), of_rows),
        (failure(products.delete_many(json!({})).await), of_rows),
        (failure(products.delete_many(&no_conditions).await), of_rows),
        (failure(table.delete_many(&nothing).await), of_rows),
        (failure(table.delete_many(&no_conditions).await), of_rows),
        (
            failure(products.update_many(&nothing, &update).await),
            of_many,
        ),
        (
            failure(products.update_many(&empty, &update).await),
            of_many,
        ),
        (failure(products.delete_one(&nothing).await), of_one),
        (failure(products.delete_one(&no_conditions).await), of_one),
        (
            failure(products.update_one(&nothing, &update).await),
            of_one,
        ),
        (
            failure(products.replace_one(&nothing, &empty).await),
            of_one,
        ),
        (
            failure(products.find_one_and_delete(&nothing).await),
            of_one,
        ),
        (
            failure(products.find_one_and_update(&nothing, &update).await),
            of_one,
        ),
        (
            failure(products.find_one_and_replace(&nothing, &empty).await),
            of_one,
        ),
    ] {
        assert!(matches!(error, Error::Config(_)), "{error:?}");
        assert!(error.to_string().contains(hint), "{hint}: {error}");
    }
    assert_eq!(script.attempts(), 0);

    let script = Script::of([Outcome::Reply(200, r#"{"status":{"deletedCount":1}}"#)]);
    collection(&script).delete_one(json!({})).await.unwrap();
    let rows = scripted(&script).table::<astra_db::Row>("t");
    rows.delete_all().await.unwrap();
    let brand = Some("Acme".to_owned());
    let acme = collection(&script).delete_many(Wanted { brand });
    acme.await.unwrap();
    assert_eq!(script.attempts(), 3);
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
