//! The layers around an application: ids, error bodies, headers and limits.

use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Json;
use axum::http::{Request, Response, StatusCode, header};
use axum::response::{Html, IntoResponse as _};
use axum::routing::{get, post};
use serde_json::{Value, json};
use shared::http::{HttpOptions, Problem, ProblemPage, RequestId, layers};
use tower::ServiceExt as _;

fn app() -> Router {
    let page: ProblemPage =
        |problem, id| Html(format!("<h1>{}</h1><p>{id}</p>", problem.title())).into_response();
    let options = HttpOptions {
        body_limit: 64,
        timeout: Duration::from_millis(50),
        problem_page: Some(page),
        ..HttpOptions::default()
    };
    layers(routes(), options)
}

fn routes() -> Router {
    Router::new()
        .route("/", get(|id: RequestId| async move { id.to_string() }))
        .route(
            "/echo",
            post(|Json(body): Json<Value>| async move { Json(body) }),
        )
        .route("/broken", get(broken))
        .route("/panic", get(async || -> () { panic!("the boiler burst") }))
        .route("/slow", get(async || std::future::pending::<()>().await))
        .route(
            "/own-policy",
            get(|| async { [(header::CONTENT_SECURITY_POLICY, "default-src *")] }),
        )
}

async fn broken() -> Problem {
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR)
        .detail("The cart could not be saved")
        .member("cart", "c1")
        .source("password is hunter2")
}

async fn send(request: Request<Body>) -> Response<Body> {
    app().oneshot(request).await.unwrap()
}

async fn get_path(path: &str) -> Response<Body> {
    send(Request::get(path).body(Body::empty()).unwrap()).await
}

async fn text(response: Response<Body>) -> String {
    let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Status and body of a problem, its request id checked against the header and taken out.
async fn problem(response: Response<Body>) -> (StatusCode, Value) {
    assert_eq!(
        response.headers()["content-type"],
        "application/problem+json"
    );
    let status = response.status();
    let id = response.headers()["x-request-id"]
        .to_str()
        .unwrap()
        .to_owned();
    let mut body: Value = serde_json::from_str(&text(response).await).unwrap();
    let in_body = body.as_object_mut().unwrap().remove("request_id");
    assert_eq!(in_body, Some(json!(id)));
    (status, body)
}

#[tokio::test]
async fn every_request_gets_an_id_of_its_own() {
    let (first, second) = (get_path("/").await, get_path("/").await);
    let id = first.headers()["x-request-id"].to_str().unwrap().to_owned();
    assert_ne!(id, second.headers()["x-request-id"].to_str().unwrap());
    assert_eq!(text(first).await, id);
}

#[tokio::test]
async fn a_plain_id_is_kept_and_any_other_replaced() {
    for (sent, kept) in [
        ("order-42.a_B", true),
        ("", false),
        ("<script>", false),
        ("two words", false),
        (&"x".repeat(64), true),
        (&"x".repeat(65), false),
    ] {
        let request = Request::get("/").header("x-request-id", sent);
        let answer = text(send(request.body(Body::empty()).unwrap()).await).await;
        assert_eq!(
            answer == sent,
            kept,
            "{sent:?} was answered with {answer:?}"
        );
    }
}

#[tokio::test]
async fn a_problem_says_what_the_caller_may_know_and_nothing_else() {
    let (status, body) = problem(get_path("/broken").await).await;
    assert_eq!(status, 500);
    let expected = json!({"status": 500, "title": "Internal Server Error",
        "detail": "The cart could not be saved", "cart": "c1"});
    assert_eq!(body, expected);
}

#[tokio::test]
async fn a_browser_gets_the_page_with_the_request_id() {
    let request = Request::get("/broken").header("accept", "text/html,*/*;q=0.8");
    let response = send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(response.status(), 500);
    let id = response.headers()["x-request-id"]
        .to_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        response.headers()["content-type"],
        "text/html; charset=utf-8"
    );
    assert_eq!(
        text(response).await,
        format!("<h1>Internal Server Error</h1><p>{id}</p>")
    );
}

#[tokio::test]
async fn an_error_says_that_its_form_was_chosen_by_accept() {
    for (accept, form) in [
        ("text/html", "text/html; charset=utf-8"),
        ("*/*", "application/problem+json"),
        ("text/html;q=0, */*", "application/problem+json"),
        ("text/html;q=0.5, application/*", "application/problem+json"),
        ("text/html, application/*;q=0.9", "text/html; charset=utf-8"),
    ] {
        for path in ["/broken", "/nowhere"] {
            let request = Request::get(path).header("accept", accept);
            let response = send(request.body(Body::empty()).unwrap()).await;
            assert_eq!(response.headers()["content-type"], form, "{accept}");
            let vary = response.headers().get_all("vary").iter();
            let vary: Vec<&str> = vary.map(|value| value.to_str().unwrap()).collect();
            assert!(vary.contains(&"accept"), "{path} {accept}: {vary:?}");
        }
    }
}

#[tokio::test]
async fn a_missing_route_is_a_problem() {
    let (status, body) = problem(get_path("/nowhere").await).await;
    assert_eq!(status, 404);
    assert_eq!(body, json!({"status": 404, "title": "Not Found"}));
}

#[tokio::test]
async fn a_wrong_method_is_a_problem_that_names_the_right_one() {
    let response = get_path("/echo").await;
    assert_eq!(response.headers()["allow"], "POST");
    assert_eq!(problem(response).await.0, 405);
}

#[tokio::test]
async fn malformed_json_is_a_problem_that_says_where() {
    let request = Request::post("/echo").header("content-type", "application/json");
    let (status, body) = problem(send(request.body("{\"a\" 1}".into()).unwrap()).await).await;
    assert_eq!(status, 400);
    assert!(
        body["detail"].as_str().unwrap().contains("line 1 column 6"),
        "{body}"
    );
}

#[tokio::test]
async fn too_large_a_body_is_refused_with_and_without_a_length() {
    let large = format!("{{\"a\": \"{}\"}}", "x".repeat(64));
    let request = || Request::post("/echo").header("content-type", "application/json");
    let with_length = request().header("content-length", large.len());
    let response = send(with_length.body(large.clone().into()).unwrap()).await;
    assert_eq!(problem(response).await.0, 413);
    let response = send(request().body(large.into()).unwrap()).await;
    assert_eq!(problem(response).await.0, 413);
}

#[tokio::test]
async fn a_panic_is_answered_and_not_told() {
    let (status, body) = problem(get_path("/panic").await).await;
    assert_eq!(status, 500);
    assert_eq!(
        body,
        json!({"status": 500, "title": "Internal Server Error"})
    );
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_given_up() {
    assert_eq!(problem(get_path("/slow").await).await.0, 503);
}

#[tokio::test]
async fn security_headers_are_on_pages_and_on_errors() {
    for path in ["/", "/nowhere", "/panic"] {
        let response = get_path(path).await;
        let headers = response.headers();
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(
            policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"),
            "{policy}"
        );
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["referrer-policy"], "same-origin");
    }
}

#[tokio::test]
async fn a_response_may_bring_its_own_policy() {
    let response = get_path("/own-policy").await;
    assert_eq!(
        response.headers()["content-security-policy"],
        "default-src *"
    );
}
