//! Documents that do not fit their type: what fits is delivered, and what does not is not lost.

use astra_db::{Collection, DecodeError, Document, Error, Table, doc};
use futures_util::StreamExt;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::support::{Outcome, Script, failure, scripted};

#[derive(Clone, Debug, PartialEq, Deserialize)]
struct Product {
    #[serde(rename = "_id")]
    id: u32,
    price: u32,
}

fn product(id: u32) -> Product {
    Product { id, price: 1 }
}

const CHEAP: &str = r#"{"_id":2,"price":"cheap","secret":"4242"}"#;

/// Two pages of three documents; the second of the first page does not fit.
fn pages() -> Script {
    Script::by_command(|_, command| {
        let second = command["find"]["options"]["pageState"].is_string();
        let (documents, next) = if second {
            (
                json!([{"_id": 4, "price": 1}, {"_id": 5, "price": 1}]),
                None,
            )
        } else {
            let unfit: Value = serde_json::from_str(CHEAP).unwrap();
            let documents = json!([{"_id": 1, "price": 1}, unfit, {"_id": 3, "price": 1}]);
            (documents, Some("2"))
        };
        Outcome::json(&json!({"data": {"documents": documents, "nextPageState": next}}))
    })
}

fn products(script: &Script) -> Collection<Product> {
    scripted(script).collection("products")
}

fn decode_error(error: Error) -> DecodeError {
    match error {
        Error::Decode(error) => *error,
        other => panic!("{other:?}"),
    }
}

/// Everything there is to know about the product whose price is a word.
fn must_be_cheap(error: &DecodeError) {
    let text = error.to_string();
    assert!(
        text.starts_with(
            "find on ks/products: the document with the `_id` 2 does not fit its type at \
             data.documents[1].price: invalid type: string \"cheap\", expected u32"
        ) && text.ends_with("; the other documents of the page can still be read"),
        "{text}"
    );
    let sent: Value = serde_json::from_str(error.document.as_deref().unwrap()).unwrap();
    assert_eq!(sent, serde_json::from_str::<Value>(CHEAP).unwrap());
    assert_eq!(error.id, Some(2.into()));
    assert!(!format!("{error:?}").contains("4242"), "{error:?}");
}

#[tokio::test]
async fn a_stream_goes_on_with_the_next_document() {
    for prefetch in [false, true] {
        let script = pages();
        let cursor = products(&script).find(json!({})).prefetch(prefetch);
        let items: Vec<_> = cursor.await.unwrap().collect().await;
        let mut found = Vec::new();
        for (place, item) in items.into_iter().enumerate() {
            match item {
                Ok(product) => found.push(product.id),
                Err(error) => {
                    assert_eq!(place, 1);
                    must_be_cheap(&decode_error(error));
                }
            }
        }
        assert_eq!(found, [1, 3, 4, 5]);
    }
}

#[tokio::test]
async fn a_page_has_what_fits_and_what_does_not() {
    let page = products(&pages()).find(json!({})).page().await.unwrap();
    assert_eq!(page.items, [product(1), product(3)]);
    assert_eq!(page.unfit.len(), 1);
    must_be_cheap(&page.unfit[0]);

    let mut cursor = products(&pages()).find(json!({})).await.unwrap();
    let first = cursor.next_page().await.unwrap().unwrap();
    assert_eq!((first.items.len(), first.unfit.len()), (2, 1));
    let second = cursor.next_page().await.unwrap().unwrap();
    assert_eq!((second.items.len(), second.unfit.len()), (2, 0));
}

#[tokio::test]
async fn all_is_all_or_an_error_and_all_fitting_has_the_others() {
    let cursor = products(&pages()).find(json!({})).await.unwrap();
    must_be_cheap(&decode_error(failure(cursor.all().await)));

    let cursor = products(&pages()).find(json!({})).await.unwrap();
    let found = cursor.all_fitting().await.unwrap();
    assert_eq!(found.items, [1, 3, 4, 5].map(product));
    must_be_cheap(&found.unfit[0]);
}

#[tokio::test]
async fn what_is_taken_from_the_buffer_ends_before_a_document_that_does_not_fit() {
    let mut cursor = products(&pages()).find(json!({})).await.unwrap();
    assert_eq!(cursor.take_buffered(), [product(1)]);
    must_be_cheap(&decode_error(failure(cursor.try_next().await)));
    assert_eq!(cursor.take_buffered(), [product(3)]);
}

#[tokio::test]
async fn a_deleted_document_that_does_not_fit_is_handed_over() {
    let answer = r#"{"data":{"document":{"_id":7,"price":-1,"note":"last copy"}},"status":{"deletedCount":1}}"#;
    let script = Script::of([Outcome::Reply(200, answer)]);
    let products = products(&script);
    for error in [
        failure(products.find_one_and_delete(json!({"_id": 7})).await),
        failure(
            products
                .find_one_and_delete(json!({"_id": 7}))
                .details()
                .await,
        ),
    ] {
        assert!(!error.is_outcome_unknown(), "it is known: {error}");
        let error = decode_error(error);
        assert!(
            error.to_string().contains("has been deleted")
                && error.to_string().contains("`_id` 7")
                && error
                    .to_string()
                    .contains("data.document.price: invalid value"),
            "{error}"
        );
        let left: Document = error.document.unwrap().parse().unwrap();
        assert_eq!(left, doc!({"_id": 7, "price": -1, "note": "last copy"}));
    }
}

#[tokio::test]
async fn a_changed_or_found_document_that_does_not_fit_comes_with_the_error() {
    let answer = r#"{"data":{"document":{"_id":"x","price":null}},"status":{"matchedCount":1,"modifiedCount":1}}"#;
    let script = Script::of([Outcome::Reply(200, answer)]);
    let products: Collection<Product> = products(&script);
    let (filter, update) = (json!({"_id": "x"}), json!({"$inc": {"n": 1}}));
    let errors = [
        failure(products.find_one(&filter).await),
        failure(products.find_one_and_update(&filter, &update).await),
    ];
    for (error, carried_out) in errors.into_iter().zip([false, true]) {
        let error = decode_error(error);
        let text = error.to_string();
        assert!(text.contains("the `_id` \"x\""), "{text}");
        assert_eq!(text.contains("has been carried out"), carried_out, "{text}");
        assert_eq!(
            error.document.as_deref(),
            Some(r#"{"_id":"x","price":null}"#)
        );
    }
}

#[tokio::test]
async fn rows_that_do_not_fit_are_handed_over_too() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Loan {
        branch: String,
        fee: Option<u8>,
    }
    let answer = r#"{"data":{"documents":[{"branch":"a"},{"branch":"b","fee":999},{"branch":"c","fee":1}],"nextPageState":null},
        "status":{"projectionSchema":{"branch":{"type":"text"},"fee":{"type":"int"}}}}"#;
    let script = Script::of([Outcome::Reply(200, answer)]);
    let loans: Table<Loan> = scripted(&script).table("loans");
    let page = loans.find(json!({})).page().await.unwrap();
    let branches: Vec<&str> = page.items.iter().map(|loan| &*loan.branch).collect();
    assert_eq!(branches, ["a", "c"]);
    let text = page.unfit[0].to_string();
    assert!(text.contains(r#"row {"branch":"b","fee":999}"#), "{text}");
    assert!(
        text.contains("data.documents[1].fee: invalid value"),
        "{text}"
    );
    assert_eq!(
        page.unfit[0].document.as_deref(),
        Some(r#"{"branch":"b","fee":999}"#)
    );

    let one = r#"{"data":{"document":{"branch":7}},"status":{"projectionSchema":{"branch":{"type":"text"}}}}"#;
    let script = Script::of([Outcome::Reply(200, one)]);
    let loans: Table<Loan> = scripted(&script).table("loans");
    let error = decode_error(failure(loans.find_one(json!({})).await));
    assert_eq!(error.document.as_deref(), Some(r#"{"branch":7}"#));
}

#[tokio::test]
async fn reranked_documents_that_do_not_fit_leave_the_scores_with_the_others() {
    let answer = r#"{"data":{"documents":[{"_id":1,"price":"x"},{"_id":2,"price":1}]},
        "status":{"documentResponses":[{"scores":{"$rerank":0.5}},{"scores":{"$rerank":0.25}}]}}"#;
    let script = Script::of([Outcome::Reply(200, answer)]);
    let found = products(&script).find_and_rerank(json!({}), "tea");
    let found = found.details().await.unwrap();
    assert_eq!(found.items[0].document, product(2));
    assert_eq!(
        found.items[0].scores.as_ref().map(|scores| scores.rerank),
        Some(0.25)
    );
    assert_eq!(found.unfit[0].id, Some(1.into()));

    let error = failure(products(&script).find_and_rerank(json!({}), "tea").await);
    assert_eq!(decode_error(error).id, Some(1.into()));
}

#[tokio::test]
async fn distinct_names_the_document_it_cannot_read() {
    let answer = format!(
        r#"{{"data":{{"documents":[{{"_id":1,"a":1}},{{"_id":2,"a":{}0{}}}],"nextPageState":null}}}}"#,
        "[".repeat(200),
        "]".repeat(200)
    );
    let script = Script::of([Outcome::Reply(200, answer.leak())]);
    let documents: Collection = scripted(&script).collection("products");
    let error = decode_error(failure(documents.distinct("a", json!({})).await));
    assert!(error.document.is_some(), "{error}");
    assert!(error.to_string().len() < 1000, "{error}");
}
