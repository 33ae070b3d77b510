//! What strangers send, of any depth, length and width, on a thread with a small stack. No answer is a
//! fault of ours, and none is much longer than the question.

use std::sync::LazyLock;

use axum::body::Body;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderValue, Method, Request, Uri};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::TestRunner;
use reviews::domain::account::{Name, Password};
use reviews::domain::email::Email;
use reviews::domain::page::{Limit, ReviewCursor, VehicleCursor};
use reviews::domain::review::ReviewText;
use test_support::small_stack;
use tokio::runtime::Runtime;

use crate::api::{Answer, DESCRIPTION, TestApi};

/// The longest body that is read.
const LONGEST: usize = 64 * 1024;

/// Letters with a history: signs, marks, joiners, what cannot be seen, and what grows in lower case.
const LETTERS: [&str; 24] = [
    "a",
    "@",
    ".",
    " ",
    "\u{301}",
    "\u{323}",
    "\u{200b}",
    "\u{200d}",
    "\u{202e}",
    "\u{feff}",
    "\u{1f468}",
    "\u{1f1e9}",
    "\u{fe0f}",
    "İ",
    "ß",
    "\u{ac00}",
    "\u{1100}",
    "\u{fb03}",
    "\u{1d160}",
    "\u{0}",
    "\n",
    "%",
    "<",
    "\u{10ffff}",
];

/// Pieces of JSON bodies.
const JSON: [&str; 22] = [
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "\"",
    "\\",
    "\\ud800",
    "\\u0000",
    "null",
    "true",
    "1",
    "-1e999",
    "0.1",
    "\"email\":",
    "\"password\":",
    "\"rating\":",
    "\"text\":",
    "\"a@example.com\"",
    "\"é\"",
    " ",
];

/// An API that outlives the questions, and the runtime whose threads answer for its database.
fn api() -> (Runtime, TestApi) {
    let runtime = Runtime::new().unwrap();
    let many = [
        ("LOGIN_ATTEMPTS", "100000"),
        ("REGISTRATION_ATTEMPTS", "100000"),
    ];
    let api = runtime.block_on(TestApi::with(&many));
    // Made here once, since making it takes more stack than the questions have.
    LazyLock::force(&DESCRIPTION);
    (runtime, api)
}

/// Runs a property as often as `PROPTEST_CASES` says.
fn check<T: std::fmt::Debug>(
    strategy: impl Strategy<Value = T> + Send + 'static,
    property: impl Fn(T) + Send + 'static,
) {
    let test = move || {
        let mut runner = TestRunner::new(ProptestConfig::default());
        let checked = runner.run(&strategy, |value| {
            property(value);
            Ok(())
        });
        checked.unwrap_or_else(|error| panic!("{error}"));
    };
    small_stack::run(test);
}

/// The same with an API, whose router runs on the small stack.
fn check_api<T: std::fmt::Debug>(
    strategy: impl Strategy<Value = T> + Send + 'static,
    request: impl Fn(T) -> Option<Request<Body>> + Send + 'static,
    allowed: &'static [u16],
) {
    let (runtime, api) = api();
    let client = api.anybody();
    let handle = runtime.handle().clone();
    check(strategy, move |value| {
        let Some(request) = request(value) else {
            return;
        };
        let asked = request.uri().to_string().len() + LONGEST;
        let answer: Answer = handle.block_on(client.send(request));
        let status = answer.status.as_u16();
        assert!(allowed.contains(&status), "{status}: {}", answer.text);
        assert!(answer.text.len() <= 2 * asked, "{}", answer.text.len());
    });
}

/// Some of these in any order, or one of them very often.
fn text(pieces: &'static [&'static str]) -> impl Strategy<Value = String> {
    let mixed = vec(select(pieces), 0..80).prop_map(|pieces| pieces.concat());
    let long = (select(pieces), 1_usize..20_000).prop_map(|(piece, times)| {
        let times = times.min(LONGEST / piece.len());
        piece.repeat(times)
    });
    prop_oneof![6 => mixed, 1 => long, 1 => any::<String>()]
}

/// A JSON body: any text, deep, long or wide.
fn body() -> impl Strategy<Value = String> {
    let deep = (
        select(&["[", "{\"email\":", "[{\"text\":"][..]),
        1_usize..8_000,
    )
        .prop_map(|(open, depth)| open.repeat(depth));
    let closed = (1_usize..300).prop_map(|depth| {
        format!(
            "{{\"email\":{}1{},\"password\":\"x\"}}",
            "[".repeat(depth),
            "]".repeat(depth)
        )
    });
    let wide = (1_usize..9_000).prop_map(|width| {
        let fields: Vec<String> = (0..width).map(|field| format!("\"{field}\":1")).collect();
        format!("{{{}}}", fields.join(","))
    });
    let long_name =
        (1_usize..60_000).prop_map(|length| format!("{{\"{}\":1}}", "x".repeat(length)));
    let fields = (text(&LETTERS), text(&LETTERS)).prop_map(|(one, other)| {
        serde_json::json!({ "email": one, "first_name": other, "last_name": one, "password": other, "text": one })
            .to_string()
    });
    prop_oneof![1 => deep, 1 => closed, 1 => wide, 1 => long_name, 3 => fields, 3 => text(&JSON)]
}

/// Printable ASCII stays, the rest is escaped, as a browser sends it.
fn escape(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[test]
fn adversarial_bodies() {
    let endpoints = select(
        &[
            (Method::POST, "/api/users"),
            (Method::POST, "/api/sessions"),
            (Method::POST, "/api/sessions/current"),
        ][..],
    );
    let request = |((method, path), body): ((Method, &str), String)| {
        let request = Request::builder().method(method).uri(path);
        let request = request.header(CONTENT_TYPE, "application/json");
        request.body(Body::from(body)).ok()
    };
    let allowed = &[201, 400, 401, 405, 409, 413, 422];
    check_api((endpoints, body()), request, allowed);
}

#[test]
fn adversarial_queries() {
    let names = select(
        &[
            "make", "model", "year", "limit", "cursor", "after", "before", "x",
        ][..],
    );
    let paths = select(
        &[
            "/api/vehicles",
            "/",
            "/api/vehicles/x/reviews",
            "/vehicles/x",
        ][..],
    );
    let pairs = vec((names, text(&LETTERS)), 0..6);
    let raw = text(&[
        "&", "=", "%", "%0", "+", "limit=1", "cursor=", "?", "[]", "%ff", "%00", ";",
    ]);
    let query = prop_oneof![
        3 => pairs.prop_map(|pairs| {
            let pairs: Vec<String> =
                pairs.iter().map(|(name, value)| format!("{name}={}", escape(value))).collect();
            pairs.join("&")
        }),
        1 => raw,
    ];
    let request = |(path, query): (&str, String)| {
        let uri: Uri = format!("{path}?{query}").parse().ok()?;
        Request::get(uri).body(Body::empty()).ok()
    };
    check_api((paths, query), request, &[200, 400, 404, 422]);
}

#[test]
fn adversarial_cursors_of_the_api() {
    let cursor = prop_oneof![9 => vec(any::<u8>(), 0..300), 1 => vec(any::<u8>(), 0..20_000)];
    let request = |bytes: Vec<u8>| {
        let cursor = VehicleCursor(String::from_utf8_lossy(&bytes).into_owned()).text();
        let uri: Uri = format!("/api/vehicles?cursor={cursor}").parse().ok()?;
        Request::get(uri).body(Body::empty()).ok()
    };
    check_api(cursor, request, &[200, 422]);
}

#[test]
fn adversarial_authorization() {
    let pieces = [
        "Bearer ", "bearer", " ", "Basic", "=", "a", "\t", "\u{e9}", ",", "$ne",
    ];
    let value = vec(select(pieces.to_vec()), 0..40).prop_map(|pieces| pieces.concat());
    let long = (1_usize..60_000).prop_map(|length| format!("Bearer {}", "x".repeat(length)));
    let request = |value: String| {
        let value = HeaderValue::from_bytes(value.as_bytes()).ok()?;
        let request = Request::get("/api/users/me").header(AUTHORIZATION, value);
        request.body(Body::empty()).ok()
    };
    check_api(prop_oneof![value, long], request, &[401]);
}

#[test]
fn adversarial_values() {
    check(text(&LETTERS), |text| {
        if let Ok(email) = Email::try_from(text.clone()) {
            assert!(email.as_str().len() <= 254);
            assert_eq!(
                Email::try_from(email.as_str().to_owned()).as_ref(),
                Ok(&email)
            );
            assert!(Email::entered(email.as_str()).is_ok());
        }
        let _ = Name::try_from(text.clone());
        let _ = Password::try_from(text.clone());
        let _ = Password::entered(text.clone());
        let _ = Limit::parse(&text);
        if let Ok(review) = ReviewText::try_from(text.clone()) {
            assert!(review.as_str().len() <= text.len());
        }
        if let Ok(cursor) = ReviewCursor::parse(&text) {
            assert_eq!(ReviewCursor::parse(&cursor.text()), Ok(cursor));
        }
        if let Ok(cursor) = VehicleCursor::parse(&text) {
            assert_eq!(VehicleCursor::parse(&cursor.text()).as_ref(), Ok(&cursor));
        }
    });
}
