//! The stand-in itself: it refuses what Stripe refuses, or the tests that lean on it prove nothing.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use reqwest::{Client, RequestBuilder, StatusCode};
use serde_json::{Value, json};

use stripe_stand_in::{PayWith, SECRET_KEY, Stripe, Trouble, WEBHOOK_SECRET, sign};

const SESSION: &[(&str, &str)] = &[
    ("mode", "payment"),
    (
        "success_url",
        "https://shop.example/paid?session={CHECKOUT_SESSION_ID}",
    ),
    ("cancel_url", "https://shop.example/cart"),
    ("customer_email", "ada@example.com"),
    ("payment_intent_data[metadata][checkout]", "1"),
    ("line_items[0][quantity]", "2"),
    ("line_items[0][price_data][currency]", "usd"),
    ("line_items[0][price_data][unit_amount]", "49900"),
    ("line_items[0][price_data][product_data][name]", "iPhone 12"),
];

fn request(stripe: &Stripe, path: &str, fields: &[(&str, &str)]) -> RequestBuilder {
    let mut form = form_urlencoded::Serializer::new(String::new());
    Client::new()
        .post(format!("{}{path}", stripe.url))
        .header("authorization", format!("Bearer {SECRET_KEY}"))
        .header("stripe-version", "2026-09-30.endive")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form.extend_pairs(fields).finish())
}

async fn send(request: RequestBuilder) -> (StatusCode, Value) {
    let response = request.send().await.unwrap();
    let status = response.status();
    let body = response.text().await.unwrap();
    (status, serde_json::from_str(&body).unwrap())
}

/// Opens a session and answers it.
async fn session(stripe: &Stripe) -> Value {
    let (status, session) = send(request(stripe, "/v1/checkout/sessions", SESSION)).await;
    assert_eq!(status, StatusCode::OK, "{session}");
    session
}

#[tokio::test]
async fn a_session_is_opened_paid_and_refunded_once() {
    let stripe = Stripe::start().await;
    let opened = session(&stripe).await;
    let id = opened["id"].as_str().unwrap();
    assert_eq!(
        (
            &opened["amount_total"],
            &opened["status"],
            &opened["payment_intent"]
        ),
        (&json!(99_800), &json!("open"), &Value::Null)
    );
    stripe.pay(id, PayWith::DeclinedCard).await.unwrap_err();
    stripe.pay(id, PayWith::Visa).await.unwrap();
    stripe.pay(id, PayWith::Visa).await.unwrap_err();
    let paid = stripe.object(id);
    assert_eq!(
        (&paid["status"], &paid["payment_status"]),
        (&json!("complete"), &json!("paid"))
    );
    let intent = stripe.object(paid["payment_intent"].as_str().unwrap());
    assert_eq!(
        (&intent["amount_received"], &intent["metadata"]),
        (&json!(99_800), &json!({ "checkout": "1" }))
    );
    let expire = format!("/v1/checkout/sessions/{id}/expire");
    let (status, answer) = send(request(&stripe, &expire, &[])).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "{answer}");
    let refund = [("payment_intent", paid["payment_intent"].as_str().unwrap())];
    let (status, answer) = send(request(&stripe, "/v1/refunds", &refund)).await;
    assert_eq!(
        (status, &answer["amount"]),
        (StatusCode::OK, &json!(99_800))
    );
    let (_, answer) = send(request(&stripe, "/v1/refunds", &refund)).await;
    assert_eq!(answer["error"]["code"], "charge_already_refunded");
    let kinds: Vec<String> = stripe
        .events()
        .iter()
        .map(|event| event.kind().to_owned())
        .collect();
    assert_eq!(
        kinds,
        [
            "charge.succeeded",
            "payment_intent.succeeded",
            "checkout.session.completed",
            "refund.created",
            "charge.refunded",
        ]
    );
}

#[tokio::test]
async fn a_request_that_stripe_would_refuse_is_refused() {
    let stripe = Stripe::start().await;
    let with = |field: &'static str, value: &'static str| {
        let mut fields: Vec<_> = SESSION
            .iter()
            .copied()
            .filter(|(name, _)| *name != field)
            .collect();
        fields.push((field, value));
        fields
    };
    for (fields, code) in [
        (with("price", "1"), "parameter_unknown"),
        (with("line_items[0][price]", "1"), "parameter_unknown"),
        (
            with("line_items[0][price_data][unit_amount]", "4.99"),
            "parameter_invalid_integer",
        ),
        (
            with("line_items[0][price_data][unit_amount]", "20"),
            "amount_too_small",
        ),
        (
            with("line_items[0][price_data][product_data][name]", ""),
            "parameter_invalid_empty",
        ),
        (
            with(
                "line_items[0][price_data][product_data][images][0]",
                "/phone.svg",
            ),
            "url_invalid",
        ),
        (with("success_url", "/orders"), "url_invalid"),
        (SESSION[2..].to_vec(), "parameter_missing"),
    ] {
        let (status, answer) = send(request(&stripe, "/v1/checkout/sessions", &fields)).await;
        assert_eq!(
            (status, &answer["error"]["code"]),
            (StatusCode::BAD_REQUEST, &json!(code))
        );
    }
    for fields in [
        with("mode", "subscription"),
        with("expires_at", "1"),
        with("line_items[0][quantity]", "0"),
    ] {
        let (status, answer) = send(request(&stripe, "/v1/checkout/sessions", &fields)).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{answer}");
    }
    assert_eq!(stripe.sessions(), Vec::<Value>::new());
}

#[tokio::test]
async fn nobody_gets_in_without_the_key_and_a_version() {
    let stripe = Stripe::start().await;
    let path = "/v1/checkout/sessions";
    for (key, value, expected) in [
        ("authorization", "Bearer sk_test_of_somebody_else", 401),
        ("authorization", "Basic abc", 401),
        ("stripe-version", "", 400),
        ("stripe-version", "latest", 400),
    ] {
        let mut request = request(&stripe, path, SESSION).build().unwrap();
        request.headers_mut().insert(key, value.parse().unwrap());
        let answer = Client::new().execute(request).await.unwrap();
        assert_eq!(answer.status().as_u16(), expected, "{key}: {value}");
        assert!(answer.headers().contains_key("request-id"));
    }
    assert_eq!(stripe.seen().len(), 4);
    assert_eq!(stripe.sessions(), Vec::<Value>::new());
}

#[tokio::test]
async fn a_key_stands_for_one_request() {
    let stripe = Stripe::start().await;
    let once = |fields| {
        let request = request(&stripe, "/v1/checkout/sessions", fields);
        request.header("idempotency-key", "checkout-1")
    };
    let (_, first) = send(once(SESSION)).await;
    let (status, again) = send(once(SESSION)).await;
    assert_eq!((status, again), (StatusCode::OK, first));
    let (status, other) = send(once(&SESSION[..8])).await;
    assert_eq!(
        (status, &other["error"]["type"]),
        (StatusCode::BAD_REQUEST, &json!("idempotency_error"))
    );
    assert_eq!(stripe.sessions().len(), 1);
}

#[tokio::test]
async fn a_lost_answer_is_found_again_under_its_key() {
    let stripe = Stripe::start().await;
    let once = || {
        let request = request(&stripe, "/v1/checkout/sessions", SESSION);
        request.header("idempotency-key", "checkout-1")
    };
    stripe.trouble("/checkout/sessions", Trouble::AnswerLost);
    let lost = once().send().await;
    assert!(match lost {
        Ok(response) => response.text().await.is_err(),
        Err(_) => true,
    });
    stripe.trouble("/checkout/sessions", Trouble::Refused(500));
    assert_eq!(send(once()).await.0, StatusCode::INTERNAL_SERVER_ERROR);
    let (status, found) = send(once()).await;
    assert_eq!((status, vec![found]), (StatusCode::OK, stripe.sessions()));
}

#[tokio::test]
async fn an_error_is_repeated_under_its_key_and_not_under_another() {
    let stripe = Stripe::start().await;
    let ask = |key: &str| {
        let request = request(&stripe, "/v1/checkout/sessions", SESSION);
        request.header("idempotency-key", key)
    };
    for (key, trouble, status) in [
        ("failed", Trouble::Refused(500), 500),
        ("refused", Trouble::RefusedParameter("customer_email"), 400),
        ("done", Trouble::DoneAndFailed(500), 500),
    ] {
        let before = stripe.sessions().len();
        stripe.trouble("/checkout/sessions", trouble);
        let (first, error) = send(ask(key)).await;
        let replayed = ask(key).send().await.unwrap();
        assert_eq!(replayed.headers()["idempotent-replayed"], "true");
        assert_eq!(
            (first.as_u16(), replayed.status().as_u16()),
            (status, status)
        );
        let replayed: Value = serde_json::from_str(&replayed.text().await.unwrap()).unwrap();
        assert_eq!(replayed, error, "{key}");
        let done = usize::from(key == "done");
        assert_eq!(stripe.sessions().len(), before + done, "{key}");
        let (status, _) = send(ask(&format!("{key}-again"))).await;
        assert_eq!(status, StatusCode::OK);
    }
    // Nothing was begun, so nothing is kept.
    stripe.trouble("/checkout/sessions", Trouble::Refused(429));
    assert_eq!(send(ask("busy")).await.0, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(send(ask("busy")).await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_session_left_open_expires() {
    let stripe = Stripe::start().await;
    let opened = session(&stripe).await;
    let id = opened["id"].as_str().unwrap();
    stripe.set_time(opened["expires_at"].as_i64().unwrap());
    stripe.pay(id, PayWith::Visa).await.unwrap_err();
    assert_eq!(stripe.object(id)["status"], "expired");
    assert_eq!(stripe.events_of("checkout.session.expired").len(), 1);
}

#[test]
fn a_signature_is_the_one_openssl_computes() {
    // `printf %s '1492774577.{"id": "evt_1"}' | openssl dgst -sha256 -hmac whsec_ofTheTests`.
    let expected = "dda8ce45ae968c6703b6d1b8d8f97c518c8470323e0eb2f6141be602453357d8";
    assert_eq!(
        sign(WEBHOOK_SECRET, 1_492_774_577, r#"{"id": "evt_1"}"#),
        format!("t=1492774577,v1={expected}")
    );
}
