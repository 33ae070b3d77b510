//! Listening, and stopping without cutting anyone off.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::ConnectInfo;
use axum::routing::{get, post};
use shared::env::{self, Env};
use shared::http::{HttpOptions, layers};
use shared::serve::{self, ServeSettings};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// Sends a request to a route that answers when told to.
async fn ask(listener: &TcpListener) -> TcpStream {
    let mut stream = TcpStream::connect(listener.local_addr().unwrap())
        .await
        .unwrap();
    stream
        .write_all(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        .await
        .unwrap();
    stream
}

/// An app whose handler itself asks for the stop, so that the stop comes while a request is under way, always.
fn app_that_stops<F>(
    then: impl Fn() -> F + Clone + Send + Sync + 'static,
) -> (Router, impl Future<Output = ()>)
where
    F: Future<Output = &'static str> + Send + 'static,
{
    let asked = Arc::new(Notify::new());
    let stop = Arc::clone(&asked);
    let handler = move || {
        asked.notify_one();
        then()
    };
    (Router::new().route("/", get(handler)), async move {
        stop.notified().await;
    })
}

#[tokio::test]
async fn a_request_under_way_is_finished_after_the_stop() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut stream = ask(&listener).await;
    let (app, stop) = app_that_stops(|| async {
        tokio::time::sleep(Duration::from_millis(20)).await;
        "done"
    });
    serve::run(listener, app, stop, Duration::from_mins(1))
        .await
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 200") && answer.ends_with("done"),
        "{answer}"
    );
}

#[tokio::test]
async fn a_request_that_never_ends_does_not_hold_the_process() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let _stream = ask(&listener).await;
    let (app, stop) = app_that_stops(std::future::pending);
    let before = Instant::now();
    serve::run(listener, app, stop, Duration::from_millis(50))
        .await
        .unwrap();
    assert!(before.elapsed() >= Duration::from_millis(50));
}

#[tokio::test]
async fn a_port_in_use_is_said_clearly() {
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = taken.local_addr().unwrap().port();
    let lookup = env::of(&[("PORT", &port.to_string())]);
    let mut env = Env::new(&lookup);
    let settings = ServeSettings::read(&mut env);
    let settings = env.finish(|| settings).unwrap();
    let error = serve::serve(Router::new(), &settings).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "port {port} on 127.0.0.1 is in use by another program: stop it, or set PORT to another one \
             (0 takes any free one)"
        )
    );
}

#[tokio::test]
async fn an_app_is_told_who_is_connected() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut stream = ask(&listener).await;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let stop = std::sync::Mutex::new(Some(stop));
    let stop = Arc::new(stop);
    let who = move |ConnectInfo(address): ConnectInfo<SocketAddr>| async move {
        drop(stop.lock().unwrap().take());
        address.to_string()
    };
    let app = Router::new().route("/", get(who));
    let stopped = async { drop(stopped.await) };
    serve::run(listener, app, stopped, Duration::from_mins(1))
        .await
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let address = stream.local_addr().unwrap().to_string();
    assert!(answer.ends_with(&address), "{answer}");
}

/// A 413 with its problem, and the answer to a second request on the same connection.
async fn refused_and_asked_again(address: SocketAddr, framing: &str, body: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!("POST /echo HTTP/1.1\r\nHost: x\r\n{framing}\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(body).await.unwrap();
    let again = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    stream.write_all(again).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_sends_too_much_at_once_can_read_the_refusal() {
    let routes = Router::new()
        .route("/", get(|| async { "hello" }))
        .route("/echo", post(|body: String| async move { body }));
    let app = layers(routes, HttpOptions::default());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let never = std::future::pending();
    tokio::spawn(serve::run(listener, app, never, Duration::ZERO));
    let large = vec![b'x'; 16 * 1024 * 1024];
    let announced = format!("Content-Length: {}", large.len());
    let mut chunked = format!("{:x}\r\n", large.len()).into_bytes();
    chunked.extend_from_slice(&large);
    chunked.extend_from_slice(b"\r\n0\r\n\r\n");
    for (framing, body) in [
        (announced.as_str(), &large),
        ("Transfer-Encoding: chunked", &chunked),
    ] {
        let answer = refused_and_asked_again(address, framing, body).await;
        assert!(answer.starts_with("HTTP/1.1 413 "), "{framing}: {answer}");
        assert!(answer.ends_with("hello"), "{framing}: {answer}");
    }
}

#[tokio::test]
async fn a_client_that_waits_to_be_asked_for_a_body_is_not_waited_for() {
    let app = layers(
        Router::new().route("/echo", post(|body: String| async move { body })),
        HttpOptions::default(),
    );
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let never = std::future::pending();
    tokio::spawn(serve::run(listener, app, never, Duration::ZERO));
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\nExpect: 100-continue\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    assert!(!answer.contains("100 Continue"), "{answer}");
}
