//! Large requests and answers: they share a bounded amount of memory, and a sender that is refused sees the answer.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use astra_local::{Credentials, Engine, Limits, OwnedRequest, Response, router};
use axum::body::Body;
use axum::http::{Request, StatusCode};
use tower::ServiceExt;

use crate::{send, shop};

/// More than the engine of these tests lends at once.
const LARGE: usize = 300_000;

/// An engine that lends a megabyte, with a collection of one small document and large ones.
fn engine() -> Engine {
    let mut limits = Limits::default();
    limits.memory = 1 << 20;
    let engine = shop().with_limits(limits);
    let options = r#"{"indexing":{"deny":["blob"]}}"#;
    let create = format!(r#"{{"createCollection":{{"name":"c","options":{options}}}}}"#);
    send(&engine, "shop", &create);
    send(
        &engine,
        "shop/c",
        r#"{"insertOne":{"document":{"_id":"small"}}}"#,
    );
    send(&engine, "shop/c", &insert("large"));
    engine
}

fn insert(id: &str) -> String {
    let blob = "x".repeat(LARGE);
    format!(r#"{{"insertOne":{{"document":{{"_id":"{id}","blob":"{blob}"}}}}}}"#)
}

fn find(id: &str) -> String {
    format!(r#"{{"find":{{"filter":{{"_id":"{id}"}}}}}}"#)
}

async fn respond(engine: &Engine, body: String) -> Response {
    let request = OwnedRequest {
        keyspace: Some("shop".to_owned()),
        name: Some("c".to_owned()),
        body: body.into(),
        memory: engine.reserve(b"").await.expect("no memory is asked for"),
    };
    engine.respond(request).await.expect("an answer")
}

fn post(body: impl Into<Body>) -> Request<Body> {
    Request::post("/v1/shop/c")
        .header("Token", Credentials::default().token())
        .body(body.into())
        .expect("a request")
}

#[tokio::test(start_paused = true)]
async fn a_large_request_waits_for_memory_and_is_refused_in_the_end() {
    let engine = engine();
    let app = router(engine.clone(), Credentials::default());
    let body = insert("other");
    let others = engine.reserve(body.as_bytes()).await.expect("memory");

    let small = app
        .clone()
        .oneshot(post(find("small")))
        .await
        .expect("an answer");
    assert_eq!(small.status(), StatusCode::OK);
    let refused = app
        .clone()
        .oneshot(post(insert("new")))
        .await
        .expect("an answer");
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.headers()["retry-after"], "2");
    let body = axum::body::to_bytes(refused.into_body(), usize::MAX)
        .await
        .expect("a body");
    let body: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
    assert_eq!(body["errors"][0]["errorCode"], "OVERLOADED_SERVER");
    assert_eq!(
        send(&engine, "shop/c", &find("new"))["data"]["documents"],
        serde_json::json!([])
    );

    let waiting = tokio::spawn(app.oneshot(post(insert("new"))));
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert!(!waiting.is_finished());
    drop(others);
    let answer = waiting.await.expect("no panic").expect("an answer");
    assert_eq!(answer.status(), StatusCode::OK);
}

#[tokio::test(start_paused = true)]
async fn a_large_answer_keeps_its_memory_until_it_is_dropped() {
    let engine = engine();
    let first = respond(&engine, find("large")).await;
    assert!(first.status == 200 && first.body.len() > LARGE);

    let refused = respond(&engine, find("large")).await;
    assert_eq!(
        (refused.status, refused.error_code),
        (429, Some("OVERLOADED_SERVER"))
    );
    let small = respond(&engine, find("small")).await;
    assert_eq!(small.status, 200);

    drop(first);
    let second = respond(&engine, find("large")).await;
    assert!(second.status == 200 && second.body.len() > LARGE);
}

#[tokio::test(start_paused = true)]
async fn a_write_that_answers_a_large_document_waits_before_it_writes() {
    let engine = engine();
    let update = |n: u8| {
        format!(
            r#"{{"findOneAndUpdate":{{"filter":{{"_id":"large"}},"update":{{"$set":{{"n":{n}}}}}}}}}"#
        )
    };
    let first = respond(&engine, update(1)).await;
    assert!(first.status == 200 && first.body.len() > LARGE);

    let refused = respond(&engine, update(2)).await;
    assert_eq!(
        (refused.status, refused.error_code),
        (429, Some("OVERLOADED_SERVER"))
    );
    let one = r#"{"findOne":{"filter":{"_id":"large"},"projection":{"n":1}}}"#;
    let stored = send(&engine, "shop/c", one);
    assert_eq!(stored["data"]["document"]["n"], 1);

    drop(first);
    assert_eq!(respond(&engine, update(2)).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn the_ids_of_a_large_insert_keep_its_memory_until_they_are_dropped() {
    let engine = engine();
    let document = |n: usize| format!(r#"{{"_id":"{n}-{}"}}"#, "i".repeat(7000));
    let documents: Vec<_> = (0..60).map(document).collect();
    let body = format!(
        r#"{{"insertMany":{{"documents":[{}]}}}}"#,
        documents.join(",")
    );
    let request = OwnedRequest {
        keyspace: Some("shop".to_owned()),
        name: Some("c".to_owned()),
        memory: engine.reserve(body.as_bytes()).await.expect("memory"),
        body: body.into(),
    };
    let answer = engine.respond(request).await.expect("an answer");
    assert!(answer.status == 200 && answer.body.len() > LARGE);

    let large = insert("new");
    let refused = engine.reserve(large.as_bytes()).await;
    assert_eq!(refused.expect_err("no memory is free").status, 429);
    drop(answer);
    engine.reserve(large.as_bytes()).await.expect("memory");
}

#[tokio::test(start_paused = true)]
async fn a_request_counts_for_the_values_in_its_body() {
    let mut limits = Limits::default();
    limits.memory = 2 << 20;
    let engine = shop().with_limits(limits);
    for (items, both_fit) in [("\"text of some length\"", true), ("[1]", false)] {
        let body = format!("[{}]", vec![items; 70_000 / (items.len() + 1)].join(","));
        let _first = engine.reserve(body.as_bytes()).await.expect("memory");
        let second = engine.reserve(body.as_bytes()).await;
        assert_eq!(second.is_ok(), both_fit, "{items}");
    }
}

#[test]
fn documents_too_many_to_be_held_at_once_are_all_changed_and_deleted() {
    let engine = engine();
    for n in 0..5 {
        send(&engine, "shop/c", &insert(&format!("another {n}")));
    }
    let update = r#"{"updateMany":{"filter":{},"update":{"$set":{"n":1}}}}"#;
    let updated = send(&engine, "shop/c", update);
    assert_eq!(updated["status"]["modifiedCount"], 7);
    let count = r#"{"countDocuments":{"filter":{"n":1}}}"#;
    assert_eq!(send(&engine, "shop/c", count)["status"]["count"], 7);
    let deleted = send(&engine, "shop/c", r#"{"deleteMany":{"filter":{"n":1}}}"#);
    assert_eq!(deleted["status"]["deletedCount"], 7);
    assert_eq!(send(&engine, "shop/c", count)["status"]["count"], 0);
}

/// An engine as above with a table of rows with a text each.
fn engine_with_rows(rows: usize, text: usize) -> Engine {
    let engine = engine();
    let definition = r#"{"columns":{"k":"text","t":"text"},"primaryKey":"k"}"#;
    let create = format!(r#"{{"createTable":{{"name":"t","definition":{definition}}}}}"#);
    send(&engine, "shop", &create);
    let text = "x".repeat(text);
    for row in 0..rows {
        let insert = format!(r#"{{"insertOne":{{"document":{{"k":"{row}","t":"{text}"}}}}}}"#);
        send(&engine, "shop/t", &insert);
    }
    engine
}

async fn respond_rows(engine: &Engine, body: &'static str) -> Response {
    let request = OwnedRequest {
        keyspace: Some("shop".to_owned()),
        name: Some("t".to_owned()),
        body: body.into(),
        memory: engine.reserve(b"").await.expect("no memory is asked for"),
    };
    engine.respond(request).await.expect("an answer")
}

#[tokio::test(start_paused = true)]
async fn rows_count_as_documents_do() {
    let engine = engine_with_rows(1, LARGE);
    let find = || respond_rows(&engine, r#"{"find":{}}"#);
    let first = find().await;
    assert!(first.status == 200 && first.body.len() > LARGE);
    assert_eq!(find().await.status, 429);
}

#[tokio::test(start_paused = true)]
async fn what_rows_are_sorted_by_counts_for_all_of_them() {
    let engine = engine_with_rows(5, LARGE / 3);
    let body = insert("other");
    let others = engine.reserve(body.as_bytes()).await.expect("memory");
    let by_key = r#"{"find":{"sort":{"k":-1},"projection":{"k":1},"options":{"limit":1}}}"#;
    let by_text = r#"{"find":{"sort":{"t":1},"projection":{"k":1},"options":{"limit":1}}}"#;
    assert_eq!(respond_rows(&engine, by_key).await.status, 200);
    assert_eq!(respond_rows(&engine, by_text).await.status, 429);
    drop(others);
    assert_eq!(respond_rows(&engine, by_text).await.status, 200);
}

/// Serves an engine on a port, for senders that do what a client of HTTP would not.
async fn serve() -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let address = listener.local_addr().expect("an address");
    let app = router(engine(), Credentials::default());
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

/// Sends all of a request, then reads what there is to read at once.
fn exchange(stream: &mut TcpStream, parts: &[&[u8]]) -> String {
    for part in parts {
        stream
            .write_all(part)
            .expect("the server receives all that is sent");
    }
    let mut answer = vec![0; 4096];
    let read = stream.read(&mut answer).expect("an answer");
    String::from_utf8_lossy(&answer[..read]).into_owned()
}

fn head(more: &str) -> Vec<u8> {
    let token = Credentials::default().token();
    format!("POST /v1/shop/c HTTP/1.1\r\nHost: x\r\nToken: {token}\r\n{more}\r\n\r\n").into_bytes()
}

async fn blocking<T: Send + 'static>(run: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(run).await.expect("no panic")
}

#[tokio::test]
async fn the_sender_of_a_body_that_is_too_large_sees_the_answer() {
    let address = serve().await;
    blocking(move || {
        let body = vec![b' '; 30_000_000];
        let chunk = [
            format!("{:x}\r\n", body.len()).as_bytes(),
            &body,
            b"\r\n0\r\n\r\n",
        ]
        .concat();
        let length = format!("Content-Length: {}", body.len());
        for (framing, body) in [
            (length.as_str(), &body),
            ("Transfer-Encoding: chunked", &chunk),
        ] {
            let mut stream = TcpStream::connect(address).expect("a connection");
            let answer = exchange(&mut stream, &[&head(framing), body]);
            assert!(answer.starts_with("HTTP/1.1 413 "), "{framing}: {answer}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_sender_that_waits_to_go_on_is_refused_before_it_sends_the_body() {
    let address = serve().await;
    blocking(move || {
        let mut stream = TcpStream::connect(address).expect("a connection");
        let waits = head("Content-Length: 30000000\r\nExpect: 100-continue");
        let answer = exchange(&mut stream, &[&waits]);
        assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    })
    .await;
}

#[tokio::test]
async fn a_connection_goes_on_behind_a_body_that_was_not_read() {
    let address = serve().await;
    blocking(move || {
        let mut stream = TcpStream::connect(address).expect("a connection");
        let body = vec![b' '; 1_000_000];
        let unread = format!("Content-Type: text/plain\r\nContent-Length: {}", body.len());
        let answer = exchange(&mut stream, &[&head(&unread), &body]);
        assert!(answer.starts_with("HTTP/1.1 415 "), "{answer}");
        let body = find("small");
        let answer = exchange(
            &mut stream,
            &[
                &head(&format!("Content-Length: {}", body.len())),
                body.as_bytes(),
            ],
        );
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    })
    .await;
}
