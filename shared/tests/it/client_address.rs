//! The client's address, in the forms in which proxies report it.

use std::net::{IpAddr, SocketAddr};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderValue, Request};
use axum::routing::get;
use shared::env::{self, Env};
use shared::http::{ClientAddress, ClientIpHeader, HttpOptions, layers};
use test_support::Log;
use tower::ServiceExt as _;

const PROXY: &str = "192.0.2.1:5000";

/// An application behind a proxy that reports addresses in this header.
fn app(header: &'static str) -> Router {
    let lookup = env::of(&[("CLIENT_IP_HEADER", header)]);
    let mut env = Env::new(&lookup);
    let header = ClientIpHeader::read(&mut env);
    let options = HttpOptions {
        client_ip_header: env.finish(|| header).unwrap(),
        ..HttpOptions::default()
    };
    let show = |address: ClientAddress| async move { address.ip.to_string() };
    layers(Router::new().route("/", get(show)), options)
}

/// The address that the application sees when the proxy sends these lines of the header.
async fn seen(app: &Router, header: &str, lines: &[&[u8]]) -> IpAddr {
    let mut request = Request::get("/");
    for line in lines {
        request = request.header(header, HeaderValue::from_bytes(line).unwrap());
    }
    let proxy: SocketAddr = PROXY.parse().unwrap();
    let request = request.extension(ConnectInfo(proxy));
    let request = request.body(Body::empty()).unwrap();
    let response = app.clone().oneshot(request).await.unwrap();
    let body = to_bytes(response.into_body(), 100).await.unwrap();
    std::str::from_utf8(&body).unwrap().parse().unwrap()
}

async fn assert_seen(header: &'static str, lines: &[&str], expected: &str) {
    let bytes: Vec<&[u8]> = lines.iter().map(|line| line.as_bytes()).collect();
    let expected: IpAddr = expected.parse().unwrap();
    let seen = seen(&app(header), header, &bytes).await;
    assert_eq!(seen, expected, "{header}: {lines:?}");
}

#[tokio::test]
async fn an_address_is_read_in_every_form_that_proxies_send() {
    for (sent, expected) in [
        ("203.0.113.7", "203.0.113.7"),
        (" 203.0.113.7 ", "203.0.113.7"),
        ("203.0.113.7:4711", "203.0.113.7"),
        ("2001:db8::1", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("\"[2001:db8::1]:443\"", "2001:db8::1"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("[::ffff:203.0.113.7]:80", "203.0.113.7"),
        ("fe80::1%eth0", "fe80::1"),
    ] {
        assert_seen("x-forwarded-for", &[sent], expected).await;
        assert_seen("x-real-ip", &[sent], expected).await;
    }
}

#[tokio::test]
async fn only_what_the_nearest_proxy_added_counts() {
    for (lines, expected) in [
        (&["198.51.100.9, 203.0.113.7"][..], "203.0.113.7"),
        (&["198.51.100.9,203.0.113.7:4711"], "203.0.113.7"),
        (&["198.51.100.9", "203.0.113.7"], "203.0.113.7"),
        (&["198.51.100.9, 203.0.113.7, "], "203.0.113.7"),
        (&["203.0.113.7", ""], "203.0.113.7"),
        (&["\"198.51.100.9, 203.0.113.7"], "203.0.113.7"),
    ] {
        assert_seen("x-forwarded-for", lines, expected).await;
    }
}

#[tokio::test]
async fn the_forwarded_header_is_read_as_rfc_7239_says() {
    for (lines, expected) in [
        (&["for=203.0.113.7"][..], "203.0.113.7"),
        (&["For=\"203.0.113.7:4711\""], "203.0.113.7"),
        (&["for=\"[2001:db8:cafe::17]\""], "2001:db8:cafe::17"),
        (&["for=\"[2001:db8:cafe::17]:4711\""], "2001:db8:cafe::17"),
        (&["for=\"[2001:db8:cafe::17]:_port\""], "2001:db8:cafe::17"),
        (&["for=203.0.113.7:_p.-0"], "203.0.113.7"),
        (
            &["proto=https;by=10.0.0.1; for=203.0.113.7 ;host=a.example"],
            "203.0.113.7",
        ),
        (
            &["for=198.51.100.9, for=203.0.113.7;proto=http"],
            "203.0.113.7",
        ),
        (&["for=198.51.100.9", "for=203.0.113.7"], "203.0.113.7"),
        // What the client wrote cannot hide or replace what the proxy adds.
        (&["for=\"198.51.100.9, for=203.0.113.7"], "203.0.113.7"),
        (&["for=198.51.100.9;x=\", for=203.0.113.7"], "203.0.113.7"),
        (
            &["host=\"a, for=198.51.100.9;for=198.51.100.8\";for=203.0.113.7"],
            "203.0.113.7",
        ),
        // A quoted string may hold quotes, and any character behind a backslash.
        (&[r#"for="203.0.113\.7""#], "203.0.113.7"),
        (
            &[r#"for="\[2001:db8:cafe::17\]:4711""#],
            "2001:db8:cafe::17",
        ),
        (
            &[r#"for=203.0.113.7;host="a\", for=198.51.100.9""#],
            "203.0.113.7",
        ),
        (
            &[r#"for=203.0.113.7;host="a\";for=198.51.100.9""#],
            "203.0.113.7",
        ),
        (&[r#"for=203.0.113.7;host="a\\\\""#], "203.0.113.7"),
        (
            &[r#"for=198.51.100.9;x="\", for=203.0.113.7;by="b""#],
            "203.0.113.7",
        ),
        (&["for=198.51.100.9\t,\tfor=203.0.113.7\t"], "203.0.113.7"),
    ] {
        assert_seen("forwarded", lines, expected).await;
    }
}

#[tokio::test]
async fn what_holds_no_address_leaves_that_of_the_connection() {
    let proxy = "192.0.2.1";
    for sent in [
        "unknown",
        "_hidden",
        "",
        ",",
        "203.0.113",
        "203.0.113.7:",
        "203.0.113.7:99999",
        "203.0.113.7:x",
        "[2001:db8::1",
        "2001:db8::1]:443",
        "[2001:db8::1]443",
        "203.0.113.7 198.51.100.9",
        "\u{fffd}",
        // Of several only the last is the proxy's: an earlier one may be anybody's.
        "198.51.100.9, unknown",
    ] {
        assert_seen("x-forwarded-for", &[sent], proxy).await;
    }
    for sent in [
        "for=unknown",
        "for=_hidden",
        "for=",
        "for",
        "203.0.113.7",
        "by=203.0.113.7",
        "for=203.0.113.7;for=198.51.100.9",
        // The nearest proxy says nothing of its client: what stands before may be anybody's.
        "for=198.51.100.9, proto=https",
        "for=198.51.100.9, for=\"\"",
    ] {
        assert_seen("forwarded", &[sent], proxy).await;
    }
    let seen = seen(&app("x-real-ip"), "x-real-ip", &[b"\xff\xfe"]).await;
    assert_eq!(seen, proxy.parse::<IpAddr>().unwrap());
    assert_seen("x-forwarded-for", &[], proxy).await;
}

#[tokio::test]
async fn an_address_may_be_the_proxys_unless_a_header_reports_it_or_it_is_public() {
    let show =
        |address: ClientAddress| async move { address.known_network().is_some().to_string() };
    let header = ClientIpHeader::new("x-forwarded-for".parse().unwrap());
    let options = HttpOptions {
        client_ip_header: Some(header),
        ..HttpOptions::default()
    };
    let app = layers(Router::new().route("/", get(show)), options);
    for (connection, reported, is_known) in [
        // Clients of a private network have private addresses.
        ("10.0.0.1:5000", Some("10.0.0.7"), true),
        ("10.0.0.1:5000", Some("203.0.113.7"), true),
        ("10.0.0.1:5000", Some("0.0.0.0"), false),
        ("10.0.0.1:5000", Some("[::]:80"), false),
        ("10.0.0.1:5000", Some("unknown"), false),
        ("10.0.0.1:5000", None, false),
        ("[::ffff:10.0.0.1]:5000", None, false),
        ("127.0.0.1:5000", None, false),
        ("169.254.0.1:5000", None, false),
        ("[fd00::1]:5000", None, false),
        ("[fe80::1]:5000", None, false),
        ("[::1]:5000", None, false),
        ("203.0.113.7:5000", None, true),
        ("[2001:db8::1]:5000", None, true),
    ] {
        let connection: SocketAddr = connection.parse().unwrap();
        let mut request = Request::get("/").extension(ConnectInfo(connection));
        if let Some(reported) = reported {
            request = request.header("x-forwarded-for", reported);
        }
        let request = request.body(Body::empty()).unwrap();
        let response = app.clone().oneshot(request).await.unwrap();
        let body = to_bytes(response.into_body(), 100).await.unwrap();
        assert_eq!(body, is_known.to_string(), "{connection} {reported:?}");
    }
}

#[tokio::test]
async fn a_connection_is_who_it_is_where_no_header_is_named() {
    let lookup = env::of(&[]);
    let mut env = Env::new(&lookup);
    let header = ClientIpHeader::read(&mut env);
    assert!(env.finish(|| header).unwrap().is_none());
    let show = |address: ClientAddress| async move { address.ip.to_string() };
    let app = layers(Router::new().route("/", get(show)), HttpOptions::default());
    let seen = seen(&app, "x-forwarded-for", &[b"203.0.113.7"]).await;
    assert_eq!(seen, "192.0.2.1".parse::<IpAddr>().unwrap());
}

#[tokio::test]
async fn what_cannot_be_read_is_logged_once_and_not_a_thousand_times() {
    let log = Log::default();
    let logging = log.start();
    let app = app("x-forwarded-for");
    for _ in 0..1_000 {
        seen(&app, "x-forwarded-for", &[b"unknown"]).await;
        seen(&app, "x-forwarded-for", &[]).await;
    }
    drop(logging);
    let lines = log.lines();
    let warnings: Vec<_> = lines
        .iter()
        .filter(|line| line["level"] == "WARN")
        .collect();
    assert_eq!(warnings.len(), 2, "{warnings:?}");
    assert_eq!(warnings[0]["fields"]["header"], "x-forwarded-for");
    assert_eq!(warnings[0]["fields"]["value"], "\"unknown\"");
}

#[test]
fn a_header_with_an_impossible_name_is_refused() {
    let lookup = env::of(&[("CLIENT_IP_HEADER", "x forwarded for")]);
    let mut env = Env::new(&lookup);
    let header = ClientIpHeader::read(&mut env);
    let errors = env.finish(|| header).unwrap_err();
    assert_eq!(
        errors.problems(),
        [
            "CLIENT_IP_HEADER is \"x forwarded for\", expected the name of a header such as x-forwarded-for"
        ]
    );
}
