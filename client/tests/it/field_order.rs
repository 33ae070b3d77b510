//! The order of fields: kept, or refused with a sentence where `json!` has lost it. Which of both
//! depends on a feature of `serde_json` that the program decides on, so the tests ask for it.

use astra_db::{Collection, Document, Error, Row, Sort, Value, doc};
use serde_json::json;

use crate::support::{Outcome, Script, collection, failure, scripted};

const ANSWER: &str = r#"{"data":{"document":null,"documents":[],"nextPageState":null},"status":{"insertedIds":[1],"matchedCount":1,"modifiedCount":1,
    "deletedCount":1,"documentResponses":[{"_id":1,"status":"OK"}]}}"#;

fn kept() -> bool {
    let document = json!({"b": 1, "a": 2});
    document.as_object().and_then(|fields| fields.keys().next()) == Some(&"b".to_owned())
}

fn body(script: &Script) -> String {
    let requests = script.requests();
    String::from_utf8(requests.last().unwrap().body.to_vec()).unwrap()
}

/// Sent with `sent` in it if the program keeps the order, else not sent.
fn must_be_kept_or_refused<T>(script: &Script, outcome: astra_db::Result<T>, sent: &str) {
    if kept() {
        assert!(outcome.is_ok(), "{sent}: {:?}", outcome.err());
        assert!(body(script).contains(sent), "{sent}: {}", body(script));
        return;
    }
    let error = failure(outcome);
    assert!(matches!(error, Error::Encode(_)), "{error:?}");
    let text = error.to_string();
    for advice in [
        "astra_db::doc!",
        r#"[("price", 1), ("rating", -1)]"#,
        "`preserve_order`",
    ] {
        assert!(text.contains(advice), "{text}");
    }
    assert_eq!(script.attempts(), 0, "{sent}");
}

#[tokio::test]
async fn a_sort_by_several_fields() {
    let sent = r#""sort":{"price":-1,"brand":1}"#;
    let by = || json!({"price": -1, "brand": 1});
    let script = || Script::of([Outcome::Reply(200, ANSWER)]);
    let one = script();
    let outcome = collection(&one).find(json!({})).sort(by()).await;
    must_be_kept_or_refused(&one, outcome, sent);
    let one = script();
    let outcome = collection(&one).find_one(json!({})).sort(by()).await;
    must_be_kept_or_refused(&one, outcome, sent);
    let one = script();
    let outcome = collection(&one)
        .delete_one(json!({}))
        .sort(Sort::from(by()))
        .await;
    must_be_kept_or_refused(&one, outcome, sent);
    let one = script();
    let outcome = collection(&one)
        .find_one_and_delete(json!({}))
        .sort(by())
        .await;
    must_be_kept_or_refused(&one, outcome, sent);
    let one = script();
    let find = json!({"find": {"filter": {}, "sort": by()}});
    let outcome = scripted(&one).command(find).collection("c").await;
    must_be_kept_or_refused(&one, outcome, sent);

    // What keeps the order by itself is always sent, and what has none to lose.
    for sort in [
        Sort::from([("price", -1), ("brand", 1)]),
        Sort::from(doc!({"price": -1, "brand": 1})),
        Sort::descending("price").then_ascending("brand"),
    ] {
        let script = script();
        collection(&script)
            .find(json!({}))
            .sort(sort)
            .await
            .unwrap();
        assert!(body(&script).contains(sent), "{}", body(&script));
    }
    let script = script();
    let find = collection(&script).find(json!({"b": {"$gt": 1, "$lt": 3}, "a": 1}));
    find.sort(json!({"price": 1})).await.unwrap();
}

#[tokio::test]
async fn a_document_with_several_fields() {
    let sent = r#"{"b":1,"a":2}"#;
    let document = || json!({"b": 1, "a": 2});
    let script = || Script::of([Outcome::Reply(200, ANSWER)]);
    let values =
        |script: &Script| -> Collection<serde_json::Value> { scripted(script).collection("c") };
    let one = script();
    must_be_kept_or_refused(&one, values(&one).insert_one(document()).await, sent);
    let one = script();
    must_be_kept_or_refused(
        &one,
        values(&one).insert_one(json!({"_id": document()})).await,
        sent,
    );
    let one = script();
    let replaced = values(&one).replace_one(json!({"a": 1}), document()).await;
    must_be_kept_or_refused(&one, replaced, sent);
    let one = script();
    let made = Document::try_from(document()).unwrap();
    assert_eq!(made.to_string().len(), sent.len(), "it can be printed");
    must_be_kept_or_refused(&one, collection(&one).insert_one(made).await, sent);
    let one = script();
    let made = doc!({"nested": Value::from(document())});
    must_be_kept_or_refused(&one, collection(&one).insert_one(made).await, sent);
    let one = script();
    let made = doc!({"nested": [document()]});
    must_be_kept_or_refused(&one, collection(&one).insert_one(made).await, sent);
    let answer = r#"{"status":{"primaryKeySchema":{"id":{"type":"int"}},"insertedIds":[[1]]}}"#;
    let one = Script::of([Outcome::Reply(200, answer)]);
    let rows = scripted(&one).table::<Row>("t");
    let row = Row::new().with("map", document());
    must_be_kept_or_refused(&one, rows.insert_one(row).await, sent);

    // In many, the one is named.
    let one = script();
    let outcome = values(&one).insert_many([document()]).await;
    if kept() {
        outcome.unwrap();
        assert!(body(&one).contains(sent));
    } else {
        let error = failure(outcome);
        let Error::InsertMany(partial) = &error else {
            panic!("{error:?}")
        };
        let cause = partial.cause.to_string();
        assert!(
            cause.contains("document 0 of insertMany") && cause.contains("doc!"),
            "{cause}"
        );
    }

    for fine in [json!({"_id": 1}), json!({"_id": {"$date": 1}})] {
        let script = script();
        values(&script).insert_one(fine).await.unwrap();
    }
    let script = script();
    collection(&script)
        .insert_one(doc!({"b": 1, "a": 2}))
        .await
        .unwrap();
    assert!(body(&script).contains(sent));
}

#[tokio::test]
async fn an_object_that_a_filter_or_an_update_names_whole() {
    let sent = r#"{"street":1,"city":2}"#;
    let address = || json!({"street": 1, "city": 2});
    let script = || Script::of([Outcome::Reply(200, ANSWER)]);
    let one = script();
    let found = collection(&one).find(json!({"address": address()})).await;
    must_be_kept_or_refused(&one, found, sent);
    let one = script();
    let set = json!({"$set": {"address": address()}});
    let updated = collection(&one).update_one(json!({"_id": 1}), set).await;
    must_be_kept_or_refused(&one, updated, sent);

    let script = script();
    let set = doc!({"$set": {"address": {"street": 1, "city": 2}}});
    collection(&script)
        .update_one(json!({"_id": 1, "a": 1}), set)
        .await
        .unwrap();
    assert!(body(&script).contains(sent));
    let set = json!({"$set": {"b": 1, "a": 2}, "$inc": {"n": 1}});
    collection(&script)
        .update_one(json!({"_id": 1}), set)
        .await
        .unwrap();
}
