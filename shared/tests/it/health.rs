//! The probes.

use astra_db::http::StatusCode;
use astra_db::{DataApiClient, Database};
use axum::Router;
use axum::body::Body;
use axum::http::Request;
use shared::http::{HttpOptions, health, layers};
use tower::ServiceExt as _;

async fn probe(path: &str, database: Database) -> StatusCode {
    let app: Router = layers(health::routes(database), HttpOptions::default());
    let request = Request::get(path).body(Body::empty()).unwrap();
    app.oneshot(request).await.unwrap().status()
}

fn unreachable_database() -> Database {
    let client = DataApiClient::builder()
        .environment(astra_db::Environment::Other)
        .retry(astra_db::RetryPolicy::never())
        .build()
        .unwrap();
    client
        .database("http://127.0.0.1:1")
        .unwrap()
        .keyspace("shop")
}

#[tokio::test]
async fn an_application_is_ready_while_its_database_answers() {
    let database = shared::connect::in_memory().await.unwrap();
    assert_eq!(probe("/health/ready", database.clone()).await, 200);
    assert_eq!(probe("/health/live", database).await, 200);
}

#[tokio::test]
async fn without_its_database_an_application_is_alive_but_not_ready() {
    assert_eq!(probe("/health/ready", unreachable_database()).await, 503);
    assert_eq!(probe("/health/live", unreachable_database()).await, 200);
}
