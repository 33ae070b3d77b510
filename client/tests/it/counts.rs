//! `count_documents` and `estimated_document_count`.

use astra_db::Error;
use serde_json::json;

use crate::support::{Outcome, Script, collection, failure};

#[tokio::test]
async fn a_count_up_to_the_bound_is_answered_and_beyond_it_refused() {
    let script = Script::of([Outcome::Reply(200, r#"{"status":{"count":500}}"#)]);
    let reviews = collection(&script);
    assert_eq!(
        reviews.count_documents(json!({"a": 1}), 500).await.unwrap(),
        500
    );
    assert_eq!(
        script.commands(),
        [json!({"countDocuments": {"filter": {"a": 1}}})]
    );
    let error = failure(reviews.count_documents(json!({"a": 1}), 499).await);
    assert!(
        matches!(
            error,
            Error::TooManyToCount {
                counted: 499,
                server_limit: false
            }
        ),
        "{error}"
    );
}

#[tokio::test]
async fn a_count_the_server_gave_up_is_refused() {
    let script = Script::of([Outcome::Reply(
        200,
        r#"{"status":{"count":1000,"moreData":true}}"#,
    )]);
    let error = failure(collection(&script).count_documents(json!({}), 5000).await);
    assert!(
        matches!(
            error,
            Error::TooManyToCount {
                counted: 1000,
                server_limit: true
            }
        ),
        "{error}"
    );
}

#[tokio::test]
async fn the_estimate_needs_no_filter() {
    let script = Script::of([Outcome::Reply(200, r#"{"status":{"count":12345}}"#)]);
    assert_eq!(
        collection(&script)
            .estimated_document_count()
            .await
            .unwrap(),
        12345
    );
    assert_eq!(script.commands(), [json!({"estimatedDocumentCount": {}})]);
}
