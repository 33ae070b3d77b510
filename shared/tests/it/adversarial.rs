//! What strangers send in headers, of any length and shape, on a thread with a small stack.

use std::net::{IpAddr, SocketAddr};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderValue, Request};
use axum::routing::get;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::TestRunner;
use shared::http::{ClientAddress, ClientIpHeader, HttpOptions, RequestId, layers};
use test_support::small_stack;
use tokio::runtime::{Builder, Runtime};
use tower::ServiceExt as _;

/// Pieces of which the headers that are parsed are made.
const PIECES: [&str; 20] = [
    ",",
    ";",
    "=",
    "\"",
    "\\",
    "[",
    "]",
    ":",
    "%",
    "_",
    " ",
    "\t",
    "for=",
    "For=\"",
    "by=",
    "unknown",
    "203.0.113.7",
    "2001:db8::1",
    "::ffff:",
    "9999999999",
];

/// Runs a property as often as `PROPTEST_CASES` says.
fn check<T: std::fmt::Debug>(
    strategy: impl Strategy<Value = T> + Send + 'static,
    property: impl Fn(&Runtime, T) + Send + 'static,
) {
    let test = move || {
        let runtime = Builder::new_current_thread().enable_time().build().unwrap();
        let mut runner = TestRunner::new(ProptestConfig::default());
        let checked = runner.run(&strategy, |value| {
            property(&runtime, value);
            Ok(())
        });
        checked.unwrap_or_else(|error| panic!("{error}"));
    };
    small_stack::run(test);
}

/// A header's value: any bytes, pieces in any order, or one piece very often.
fn header() -> impl Strategy<Value = HeaderValue> {
    let bytes = vec(any::<u8>(), 0..200);
    let mixed = vec(select(&PIECES[..]), 0..60).prop_map(|pieces| pieces.concat().into_bytes());
    let long = (select(&PIECES[..]), 1_usize..20_000)
        .prop_map(|(piece, times)| piece.repeat(times).into_bytes());
    prop_oneof![2 => bytes, 4 => mixed, 1 => long]
        .prop_filter_map("a header", |bytes| HeaderValue::from_bytes(&bytes).ok())
}

fn seen(runtime: &Runtime, name: &'static str, lines: [&HeaderValue; 2]) -> IpAddr {
    let header = ClientIpHeader::new(name.parse().unwrap());
    let options = HttpOptions {
        client_ip_header: Some(header),
        ..HttpOptions::default()
    };
    let show = |address: ClientAddress| async move { address.ip.to_string() };
    let app = layers(Router::new().route("/", get(show)), options);
    let proxy = SocketAddr::from(([192, 0, 2, 1], 5000));
    let mut request = Request::get("/").extension(ConnectInfo(proxy));
    for line in lines {
        request = request.header(name, line);
    }
    let request = request.body(Body::empty()).unwrap();
    let body = runtime.block_on(async {
        let response = app.oneshot(request).await.unwrap();
        to_bytes(response.into_body(), 100).await.unwrap()
    });
    std::str::from_utf8(&body).unwrap().parse().unwrap()
}

#[test]
fn adversarial_client_addresses() {
    check((header(), header()), |runtime, (one, other)| {
        for name in ["x-forwarded-for", "forwarded"] {
            seen(runtime, name, [&one, &other]);
        }
        // Whatever the client sends, what the proxy adds to it counts.
        for (name, added) in [
            ("x-forwarded-for", "203.0.113.9:4711"),
            ("forwarded", "for=203.0.113.9;proto=https"),
        ] {
            let joined = [other.as_bytes(), b", ", added.as_bytes()].concat();
            let joined = HeaderValue::from_bytes(&joined).unwrap();
            let address = seen(runtime, name, [&one, &joined]);
            assert_eq!(address, IpAddr::from([203, 0, 113, 9]));
        }
    });
}

#[test]
fn adversarial_request_ids() {
    check(header(), |runtime, id| {
        let show = |id: RequestId| async move { id.to_string() };
        let app = layers(Router::new().route("/", get(show)), HttpOptions::default());
        let request = Request::get("/").header("x-request-id", &id);
        let request = request.body(Body::empty()).unwrap();
        let response = runtime.block_on(app.oneshot(request)).unwrap();
        let answered = response.headers()["x-request-id"].as_bytes();
        let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
        assert!((1..=64).contains(&answered.len()) && answered.iter().all(plain));
    });
}
