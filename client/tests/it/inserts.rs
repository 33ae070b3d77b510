//! `insert_one`.

use astra_db::{Collection, DocumentId, Error, Number, doc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::support::{Outcome, Script, collection, failure, scripted};

const STORED: &str = r#"{"status":{"insertedIds":["a"]}}"#;
const EXISTS: &str = r#"{"status":{"insertedIds":[]},"errors":[{"errorCode":"DOCUMENT_ALREADY_EXISTS",
    "family":"REQUEST","scope":"DOCUMENT","message":"m","documentIds":["a"]}]}"#;

#[tokio::test]
async fn a_document_is_sent_digit_for_digit_and_its_id_comes_back_typed() {
    #[derive(Serialize, Deserialize)]
    struct Product {
        name: String,
        price: Number,
    }
    let id = json!({"$uuid": "0190f7d2-7b2a-7c4e-8f0b-2f7e7a1d3c55"});
    let answer = Outcome::json(&json!({"status": {"insertedIds": [id]}}));
    let script = Script::of([answer]);
    let products: Collection<Product> = scripted(&script).collection("c");
    let price: Number = "12.12312321312312312312312321".parse().unwrap();

    let result = products
        .insert_one(Product {
            name: "Teapot".into(),
            price,
        })
        .await
        .unwrap();

    assert!(matches!(result.inserted_id, DocumentId::Uuid(_)));
    let request = &script.requests()[0];
    assert_eq!(request.path, "ks/c");
    assert_eq!(
        request.body,
        r#"{"insertOne":{"document":{"name":"Teapot","price":12.12312321312312312312312321}}}"#
    );
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_is_asked_for_again_only_if_the_document_brings_its_id() {
    let script = Script::of([Outcome::Interrupted, Outcome::Reply(200, STORED)]);
    collection(&script)
        .insert_one(doc!({"_id": "a"}))
        .await
        .unwrap();
    assert_eq!(script.attempts(), 2);

    let script = Script::of([Outcome::Interrupted, Outcome::Reply(200, STORED)]);
    let error = failure(collection(&script).insert_one(doc!({"name": "a"})).await);
    assert_eq!(script.attempts(), 1);
    assert!(error.is_outcome_unknown());
}

#[tokio::test(start_paused = true)]
async fn a_taken_id_after_a_lost_answer_is_not_blamed_on_somebody_else() {
    let script = Script::of([Outcome::Interrupted, Outcome::Reply(200, EXISTS)]);
    let error = failure(collection(&script).insert_one(doc!({"_id": "a"})).await);
    assert!(!error.is_already_exists(), "{error}");
    assert!(error.is_outcome_unknown(), "{error}");
}

#[tokio::test]
async fn a_taken_id_is_an_error_of_its_own() {
    let script = Script::of([Outcome::Reply(200, EXISTS)]);
    let error = failure(collection(&script).insert_one(doc!({"_id": "a"})).await);
    assert!(error.is_already_exists());
    assert!(!error.is_outcome_unknown());
    assert_eq!(error.api().unwrap().document_ids, ["a".into()]);
}

#[tokio::test]
async fn an_answer_without_an_id_is_refused_with_the_place() {
    let script = Script::of([Outcome::Reply(200, r#"{"status":{"insertedIds":[]}}"#)]);
    match failure(collection(&script).insert_one(doc!({})).await) {
        Error::Decode(error) => assert_eq!(error.path, "status.insertedIds"),
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn what_is_no_json_object_is_never_sent() {
    let script = Script::of([Outcome::Reply(200, STORED)]);
    let values: Collection<Value> = scripted(&script).collection("c");
    for value in [json!(null), json!([{"a": 1}]), json!("text")] {
        let error = failure(values.insert_one(&value).await);
        assert!(matches!(error, Error::Config(_)), "{error}");
        assert!(
            error
                .to_string()
                .contains("the document of insertOne has to be a JSON object")
        );
    }
    let unwritable: Collection<std::collections::BTreeMap<Vec<u8>, u8>> =
        scripted(&script).collection("c");
    let error = failure(
        unwritable
            .insert_one(std::collections::BTreeMap::from([(vec![1], 1)]))
            .await,
    );
    assert!(matches!(error, Error::Encode(_)), "{error}");
    assert_eq!(script.attempts(), 0);
}
