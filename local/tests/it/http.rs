//! What is special to HTTP: tokens, paths, methods, headers, status codes.

use astra_local::{Credentials, router};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, Response, StatusCode};
use tower::ServiceExt;

use crate::shop;

const FIND_KEYSPACES: &str = r#"{"findKeyspaces":{}}"#;
const KEYSPACES: &str = r#"{"status":{"keyspaces":["shop"]}}"#;

fn app() -> Router {
    router(shop(), Credentials::default())
}

/// A request with the default token and further headers.
async fn call(
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: impl Into<Body>,
) -> Response<Body> {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header("Token", Credentials::default().token());
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    app()
        .oneshot(request.body(body.into()).expect("a request"))
        .await
        .expect("an answer")
}

/// A request with these headers alone.
async fn call_with(headers: &[(&str, &str)]) -> Response<Body> {
    let mut request = Request::builder().method("POST").uri("/v1");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    app()
        .oneshot(request.body(Body::from(FIND_KEYSPACES)).expect("a request"))
        .await
        .expect("an answer")
}

async fn text(response: Response<Body>) -> String {
    let bytes = to_bytes(response.into_body(), usize::MAX)
        .await
        .expect("a body");
    String::from_utf8(bytes.to_vec()).expect("text")
}

#[tokio::test]
async fn the_same_api_is_below_both_prefixes() {
    for path in ["/v1", "/v1/", "/api/json/v1"] {
        let response = call("POST", path, &[], FIND_KEYSPACES).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        assert_eq!(response.headers()["content-type"], "application/json");
        assert_eq!(text(response).await, KEYSPACES);
    }
    let response = call(
        "POST",
        "/api/json/v1/shop",
        &[],
        r#"{"findCollections":{}}"#,
    )
    .await;
    assert_eq!(text(response).await, r#"{"status":{"collections":[]}}"#);
}

#[tokio::test]
async fn names_in_the_path_are_decoded() {
    let response = call(
        "POST",
        "/v1/d%C3%A9sk%20top",
        &[],
        r#"{"findCollections":{}}"#,
    )
    .await;
    assert!(
        text(response)
            .await
            .contains("There is no keyspace 'désk top'.")
    );
}

#[tokio::test]
async fn the_token_comes_first_whatever_is_asked() {
    let token = Credentials::default().token();
    assert_eq!(
        call_with(&[("Token", &token)]).await.status(),
        StatusCode::OK
    );
    assert_eq!(
        call_with(&[("X-Cassandra-Token", &token)]).await.status(),
        StatusCode::OK
    );
    for headers in [
        vec![],
        vec![("Authorization", "Bearer x")],
        vec![("Token", ""), ("X-Cassandra-Token", &token)],
    ] {
        let response = call_with(&headers).await;
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED, "{headers:?}");
        assert!(
            text(response)
                .await
                .contains(r#""scope":"SECURITY","errorCode":"MISSING_AUTHENTICATION_TOKEN""#)
        );
    }
    let response = call_with(&[
        ("Token", "Cassandra:eA==:eA=="),
        ("Content-Type", "text/plain"),
    ])
    .await;
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert!(text(response).await.contains("UNAUTHENTICATED_REQUEST"));
    for (method, path) in [
        ("GET", "/v1"),
        ("DELETE", "/v1/a/b/c"),
        ("OPTIONS", "/v1/shop"),
    ] {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .body(Body::empty())
            .expect("a request");
        let response = app().oneshot(request).await.expect("an answer");
        assert_eq!(
            response.status(),
            StatusCode::UNAUTHORIZED,
            "{method} {path}"
        );
    }
}

#[tokio::test]
async fn other_methods_and_paths_are_answered_without_a_body() {
    for (method, path, status) in [
        ("GET", "/v1", StatusCode::METHOD_NOT_ALLOWED),
        ("HEAD", "/v1", StatusCode::METHOD_NOT_ALLOWED),
        ("GET", "/v1/shop", StatusCode::NOT_FOUND),
        ("PUT", "/v1/shop/carts", StatusCode::NOT_FOUND),
        ("POST", "/v1/shop/carts/more", StatusCode::NOT_FOUND),
        ("POST", "/v2", StatusCode::NOT_FOUND),
    ] {
        let response = call(method, path, &[], FIND_KEYSPACES).await;
        assert_eq!(response.status(), status, "{method} {path}");
        assert_eq!(text(response).await, "", "{method} {path}");
    }
    let response = call("OPTIONS", "/v1/shop/carts", &[], "").await;
    assert_eq!(
        (response.status(), &response.headers()["allow"]),
        (StatusCode::OK, &"OPTIONS, POST".parse().unwrap())
    );
}

#[tokio::test]
async fn several_slashes_are_one() {
    for (path, status) in [
        ("/v1//shop", StatusCode::OK),
        ("//v1/shop//", StatusCode::OK),
        ("/api//json/v1/shop?x=//", StatusCode::OK),
        ("/v1/shop//carts//more", StatusCode::NOT_FOUND),
    ] {
        let response = call("POST", path, &[], r#"{"findCollections":{}}"#).await;
        assert_eq!(response.status(), status, "{path}");
        if status == StatusCode::OK {
            assert_eq!(text(response).await, r#"{"status":{"collections":[]}}"#);
        }
    }
    let request = Request::builder().method("POST").uri("//v1//shop");
    let response = app()
        .oneshot(request.body(Body::empty()).expect("a request"))
        .await;
    assert_eq!(
        response.expect("an answer").status(),
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn only_json_is_taken_by_content_type() {
    for good in ["application/json", "APPLICATION/JSON; charset=utf-8", "*/*"] {
        let response = call("POST", "/v1", &[("Content-Type", good)], FIND_KEYSPACES).await;
        assert_eq!(text(response).await, KEYSPACES, "{good}");
    }
    for bad in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/vnd.api+json",
        "json",
    ] {
        let response = call("POST", "/v1", &[("Content-Type", bad)], "").await;
        assert_eq!(
            response.status(),
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "{bad}"
        );
        assert!(
            text(response)
                .await
                .contains(r#""errorCode":"UNSUPPORTED_CONTENT_TYPE""#)
        );
    }
}

#[tokio::test]
async fn bodies_over_twenty_megabytes_are_refused() {
    let body = |bytes: usize| {
        format!(
            "{}{}",
            FIND_KEYSPACES,
            " ".repeat(bytes - FIND_KEYSPACES.len())
        )
    };
    let most = 20 * 1024 * 1024;
    assert_eq!(
        text(call("POST", "/v1", &[], body(most)).await).await,
        KEYSPACES
    );
    let response = call("POST", "/v1", &[], body(most + 1)).await;
    assert_eq!(
        (response.status(), text(response).await),
        (StatusCode::PAYLOAD_TOO_LARGE, String::new())
    );
}

#[tokio::test]
async fn long_answers_are_compressed_for_those_who_ask() {
    let long = format!(r#"{{"{}":{{}}}}"#, "x".repeat(5000));
    let response = call("POST", "/v1", &[("Accept-Encoding", "gzip")], long.clone()).await;
    assert_eq!(response.headers()["content-encoding"], "gzip");
    assert!(
        call("POST", "/v1", &[], long)
            .await
            .headers()
            .get("content-encoding")
            .is_none()
    );
    let response = call(
        "POST",
        "/v1",
        &[("Accept-Encoding", "gzip")],
        FIND_KEYSPACES,
    )
    .await;
    assert!(response.headers().get("content-encoding").is_none());
}

#[tokio::test]
async fn health_needs_no_token() {
    for path in [
        "/stargate/health",
        "/stargate/health/live",
        "/stargate/health/ready",
    ] {
        let request = Request::builder()
            .uri(path)
            .body(Body::empty())
            .expect("a request");
        let response = app().oneshot(request).await.expect("an answer");
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(text(response).await, r#"{"status":"UP","checks":[]}"#);
    }
}
