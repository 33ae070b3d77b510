//! What a request leaves in the log.

use std::io;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use axum::routing::get;
use serde_json::Value;
use shared::http::{HttpOptions, Problem, layers};
use test_support::Log;
use tower::ServiceExt as _;

/// The lines that a request to `path` leaves, from info upwards.
async fn lines(path: &str) -> Vec<Value> {
    let log = Log::default();
    let app = Router::new()
        .route("/orders/{key}", get(|| async { "an order" }))
        .route("/broken/{key}", get(broken));
    let request = Request::get(path).header("x-request-id", "r-1");
    let request = request.body(Body::empty()).unwrap();
    let logging = log.start();
    layers(app, HttpOptions::default())
        .oneshot(request)
        .await
        .unwrap();
    drop(logging);
    log.lines()
}

async fn broken() -> Problem {
    let refused = io::Error::other("connection refused");
    Problem::new(StatusCode::BAD_GATEWAY)
        .detail("The till does not answer")
        .source(anyhow::Error::new(refused).context("opening a checkout"))
}

#[tokio::test]
async fn a_request_leaves_one_line_with_its_route_and_id_but_not_its_path() {
    let lines = lines("/orders/secret-key").await;
    assert_eq!(lines.len(), 1, "{lines:?}");
    let (span, fields) = (&lines[0]["span"], &lines[0]["fields"]);
    assert_eq!(span["http.route"], "/orders/{key}");
    assert_eq!(span["request.id"], "r-1");
    assert_eq!(fields["http.status"], 200);
    assert!(!lines[0].to_string().contains("secret-key"));
}

#[tokio::test]
async fn an_error_is_logged_once_with_its_causes() {
    let lines = lines("/broken/secret-key").await;
    let errors: Vec<_> = lines
        .iter()
        .filter(|line| line["level"] == "ERROR")
        .collect();
    assert_eq!(errors.len(), 1, "{lines:?}");
    assert_eq!(errors[0]["fields"]["message"], "The till does not answer");
    assert_eq!(
        errors[0]["fields"]["error"],
        "opening a checkout: connection refused"
    );
    assert_eq!(errors[0]["span"]["request.id"], "r-1");
    assert_eq!(lines.len(), 2, "the error and the closing line: {lines:?}");
}
