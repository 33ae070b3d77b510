//! The description of the API.

use axum::body::{Body, to_bytes};
use axum::http::Request;
use serde_json::Value;
use tower::ServiceExt as _;

use crate::api::TestApi;

#[tokio::test]
async fn the_docs_page_draws_the_description_that_is_served() {
    let api = TestApi::start().await;
    let anybody = api.anybody();
    let served: Value = anybody.get("/api/openapi.json").await.must_be(200).json();
    assert_eq!(served, serde_json::to_value(reviews::openapi()).unwrap());
    let page = anybody.get("/api/docs/").await.must_be(200);
    for part in ["swagger-ui", "name=\"viewport\"", "<a href=\"/\">"] {
        assert!(page.text.contains(part), "{part}");
    }
    assert!(!page.text.contains("style="));
    let script = anybody
        .get("/api/docs/swagger-initializer.js")
        .await
        .must_be(200);
    assert!(script.text.contains("/api/openapi.json"));
}

#[tokio::test]
async fn what_is_the_same_for_everyone_is_not_compressed_for_every_request() {
    let api = TestApi::start().await;
    for path in [
        "/api/openapi.json",
        "/api/docs/swagger-ui-bundle.js",
        "/static/reviews.css",
    ] {
        let request = Request::get(path).header("accept-encoding", "gzip");
        let request = request.body(Body::empty()).unwrap();
        let response = api.router.clone().oneshot(request).await.unwrap();
        let headers = response.headers().clone();
        assert_eq!(headers["content-encoding"], "gzip", "{path}");
        assert_eq!(headers["vary"], "accept-encoding", "{path}");
        // One that is compressed on its way has no length.
        let length: usize = headers["content-length"].to_str().unwrap().parse().unwrap();
        let body = to_bytes(response.into_body(), length).await.unwrap();
        assert_eq!(
            (body.len(), &body[..2]),
            (length, &b"\x1f\x8b"[..]),
            "{path}"
        );
    }
}

#[test]
fn what_cannot_be_read_is_described_for_every_operation_that_reads_something() {
    let description = serde_json::to_value(reviews::openapi()).unwrap();
    let mut reading = 0;
    for (path, methods) in description["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let has_body = operation["requestBody"].is_object();
            let parameters = operation["parameters"].as_array();
            let has_query = parameters.is_some_and(|all| all.iter().any(|it| it["in"] == "query"));
            let mut expected = vec!["503"];
            if has_body {
                expected.extend(["400", "413", "422"]);
            }
            if has_query {
                expected.extend(["400", "422"]);
            }
            reading += usize::from(has_body || has_query);
            for status in expected {
                let described = &operation["responses"][status];
                assert!(described.is_object(), "{method} {path} lacks {status}");
            }
        }
    }
    assert!(reading > 4, "only {reading} operations read something");
}

#[test]
fn the_description_changes_only_on_purpose() {
    insta::assert_json_snapshot!(reviews::openapi(), { ".info.version" => "[version]" });
}
