//! Clients that send or read too slowly. The clock is tokio's own: it moves on whenever everybody waits.

use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::routing::{get, post};
use shared::http::{HttpOptions, layers};
use shared::serve;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;

const LARGE: usize = 64 * 1024 * 1024;

fn routes() -> Router {
    Router::new()
        .route("/", get(|| async { "hello" }))
        .route("/large", get(|| async { vec![b'x'; LARGE] }))
        .route("/slow", get(|| tokio::time::sleep(Duration::from_mins(10))))
        .route(
            "/echo",
            post(|body: Bytes| async move { body.len().to_string() }),
        )
}

/// Serves `app` for the rest of the test, and connects to it.
async fn connect(app: Router) -> TcpStream {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let never = std::future::pending();
    tokio::spawn(serve::run(listener, app, never, Duration::ZERO));
    TcpStream::connect(address).await.unwrap()
}

/// What the server still sends until it closes the connection, and how long that took.
async fn read_to_end(stream: &mut TcpStream) -> (String, Duration) {
    let start = Instant::now();
    let mut bytes = Vec::new();
    // A connection that is closed with something unread is reset.
    let _ = stream.read_to_end(&mut bytes).await;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    (text, start.elapsed())
}

#[track_caller]
fn assert_within(elapsed: Duration, from: u64, to: u64) {
    let expected = Duration::from_secs(from)..=Duration::from_secs(to);
    assert!(expected.contains(&elapsed), "{elapsed:?}");
}

#[tokio::test(start_paused = true)]
async fn a_head_that_does_not_end_closes_the_connection() {
    for half in [
        "",
        "G",
        "GET / HTTP/1.1\r\nHost: x\r\n",
        "GET / HTTP/1.1\r\nCookie: a",
    ] {
        let mut stream = connect(routes()).await;
        stream.write_all(half.as_bytes()).await.unwrap();
        let (answer, elapsed) = read_to_end(&mut stream).await;
        assert_eq!(answer, "", "{half:?}");
        assert_within(elapsed, 9, 12);
    }
}

#[tokio::test(start_paused = true)]
async fn a_head_that_comes_byte_by_byte_has_no_more_time() {
    let mut stream = connect(routes()).await;
    let start = Instant::now();
    while stream.write_all(b"x").await.is_ok() {
        tokio::time::sleep(Duration::from_secs(2)).await;
        assert!(start.elapsed() < Duration::from_mins(1), "still open");
    }
    assert_within(start.elapsed(), 9, 16);
}

#[tokio::test(start_paused = true)]
async fn a_connection_is_kept_for_another_request_and_then_closed() {
    let mut stream = connect(routes()).await;
    for pause in [0, 60, 9] {
        tokio::time::sleep(Duration::from_secs(pause)).await;
        stream
            .write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            .await
            .unwrap();
        let mut answer = [0; 1024];
        let length = stream.read(&mut answer).await.unwrap();
        assert!(answer[..length].ends_with(b"hello"));
    }
    let (rest, elapsed) = read_to_end(&mut stream).await;
    assert_eq!(rest, "");
    assert_within(elapsed, 74, 77);
    // Half of a next request has the time of a head.
    let mut stream = connect(routes()).await;
    stream
        .write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        .await
        .unwrap();
    tokio::time::sleep(Duration::from_secs(40)).await;
    stream.write_all(b"GET / HTTP/1.1\r\n").await.unwrap();
    let (answer, elapsed) = read_to_end(&mut stream).await;
    assert!(answer.ends_with("hello"), "{answer}");
    assert_within(elapsed, 9, 12);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_does_not_arrive_is_answered_408() {
    let with_layers = layers(routes(), HttpOptions::default());
    for app in [routes(), with_layers] {
        let mut stream = connect(app).await;
        stream
            .write_all(b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc")
            .await
            .unwrap();
        let (answer, elapsed) = read_to_end(&mut stream).await;
        assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
        assert!(answer.contains("application/problem+json"), "{answer}");
        assert_within(elapsed, 29, 32);
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_that_comes_byte_by_byte_has_no_time_without_an_end() {
    let with_layers = layers(routes(), HttpOptions::default());
    for app in [routes(), with_layers] {
        let mut stream = connect(app).await;
        stream
            .write_all(b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n")
            .await
            .unwrap();
        let (mut reader, mut writer) = stream.into_split();
        let start = Instant::now();
        let trickle = async {
            while writer.write_all(b"x").await.is_ok() {
                tokio::time::sleep(Duration::from_secs(4)).await;
            }
        };
        let mut answer = [0; 1024];
        let length = tokio::select! {
            read = reader.read(&mut answer) => read.unwrap(),
            () = trickle => panic!("closed without an answer"),
        };
        assert!(answer[..length].starts_with(b"HTTP/1.1 408 "));
        assert_within(start.elapsed(), 29, 34);
    }
}

#[tokio::test(start_paused = true)]
async fn an_application_that_takes_too_long_is_not_the_clients_fault() {
    let mut stream = connect(layers(routes(), HttpOptions::default())).await;
    stream
        .write_all(b"GET /slow HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        .await
        .unwrap();
    let (answer, elapsed) = read_to_end(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
    assert_within(elapsed, 29, 32);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_not_read_closes_the_connection() {
    let mut stream = connect(routes()).await;
    stream
        .write_all(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
        .await
        .unwrap();
    tokio::time::sleep(Duration::from_mins(1)).await;
    let (answer, _) = read_to_end(&mut stream).await;
    assert!(answer.len() < LARGE, "{}", answer.len());
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_read_slowly_but_steadily_arrives() {
    let mut stream = connect(routes()).await;
    stream
        .write_all(b"GET /large HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        .await
        .unwrap();
    let mut buffer = vec![0; 1024 * 1024];
    let mut length = 0;
    loop {
        tokio::time::sleep(Duration::from_millis(500)).await;
        match stream.read(&mut buffer).await.unwrap() {
            0 => break,
            read => length += read,
        }
    }
    assert!(length > LARGE, "{length}");
}

#[tokio::test]
async fn half_a_request_does_not_delay_a_stop() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut idle = TcpStream::connect(address).await.unwrap();
    let mut half = TcpStream::connect(address).await.unwrap();
    let request = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    half.write_all(request).await.unwrap();
    idle.write_all(request).await.unwrap();
    let stop = async {
        for stream in [&mut half, &mut idle] {
            let mut answer = [0; 1024];
            assert!(stream.read(&mut answer).await.unwrap() > 0);
        }
        half.write_all(b"GET / HT").await.unwrap();
    };
    let (stopping, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = serve::run(
        listener,
        routes(),
        async { drop(stopped.await) },
        Duration::from_mins(1),
    );
    let start = std::time::Instant::now();
    let (served, ()) = tokio::join!(server, async {
        stop.await;
        drop(stopping);
    });
    served.unwrap();
    assert!(start.elapsed() < Duration::from_secs(10));
}
