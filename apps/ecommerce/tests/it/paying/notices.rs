//! Messages that say they are Stripe's.

use axum::body::Body;
use axum::http::Request;
use serde_json::json;

use super::Market;
use stripe_stand_in::{WEBHOOK_SECRET, sign};

#[tokio::test]
async fn a_forged_an_old_and_a_changed_message_are_refused_and_change_nothing() {
    let market = Market::open().await;
    let (_, paying) = market.ada().await;
    market.pay(&paying).await;
    let event = market
        .stripe
        .events_of("checkout.session.completed")
        .pop()
        .unwrap();
    let body = event.body();
    let now = market.shop.seconds();
    let signature = sign(WEBHOOK_SECRET, now, &body);
    let other = body.replace("cs_", "cs_x");
    for (body, signature) in [
        (&body, String::new()),
        (&body, "t=1,v1=00".to_owned()),
        (&body, sign("whsec_of_somebody_else", now, &body)),
        (&body, sign(WEBHOOK_SECRET, now - 301, &body)),
        (&body, sign(WEBHOOK_SECRET, now + 301, &body)),
        (
            &body,
            signature.replace(&now.to_string(), &(now + 1).to_string()),
        ),
        (&other, signature.clone()),
    ] {
        market.send(body.clone(), &signature).await.must_be(400);
    }
    assert_eq!(market.shop.count("orders").await, 0);
    market.send(body, &signature).await.must_be(204);
    market.is_done(&paying).await;
}

#[tokio::test]
async fn what_a_message_claims_counts_for_nothing() {
    let market = Market::open().await;
    let (_, paying) = market.ada().await;
    let (_, other) = market.ada().await;
    market.pay(&other).await;
    let event = market
        .stripe
        .events_of("checkout.session.completed")
        .pop()
        .unwrap();
    // Signed by Stripe, but about a session that is not paid.
    let about_ours = event
        .with("/data/object/id", json!(paying.session))
        .with("/data/object/client_reference_id", json!(paying.id));
    assert_eq!(market.deliver(&about_ours).await, 204);
    assert_eq!(market.state_of(&paying).await, json!("open"));
    assert_eq!(market.shop.count("orders").await, 0);
}

#[tokio::test]
async fn what_the_shop_does_not_follow_is_acknowledged() {
    let market = Market::open().await;
    let (_, paying) = market.ada().await;
    market.pay(&paying).await;
    let event = market.stripe.events_of("charge.succeeded").pop().unwrap();
    assert_eq!(market.deliver(&event).await, 204);
    assert_eq!(
        market
            .deliver(&event.with("/type", json!("invoice.of_2031")))
            .await,
        204
    );
    let completed = market
        .stripe
        .events_of("checkout.session.completed")
        .pop()
        .unwrap();
    let of_another_shop = completed.with("/data/object/id", json!("cs_test_nobodys"));
    assert_eq!(market.deliver(&of_another_shop).await, 204);
    assert_eq!(market.shop.count("orders").await, 0);
}

#[tokio::test]
async fn without_a_secret_nobody_is_listened_to_and_the_order_comes_all_the_same() {
    let market = Market::with(&[]).await;
    let (_, paying) = market.ada().await;
    market.pay(&paying).await;
    assert_eq!(market.tell("checkout.session.completed").await, 404);
    market.shop.look_around().await;
    market.is_done(&paying).await;
}

#[tokio::test]
async fn a_message_that_cannot_be_acted_upon_is_to_be_sent_again() {
    let market = Market::open().await;
    let (_, paying) = market.ada().await;
    market.pay(&paying).await;
    for _ in 0..2 {
        let trouble = stripe_stand_in::Trouble::Refused(500);
        market.stripe.trouble("/checkout/sessions", trouble);
    }
    assert_eq!(market.tell("checkout.session.completed").await, 503);
    assert_eq!(market.tell("checkout.session.completed").await, 204);
    market.is_done(&paying).await;
}

#[tokio::test]
async fn a_message_larger_than_any_is_refused_unread() {
    let market = Market::open().await;
    let body = " ".repeat((1 << 20) + 1);
    let signature = sign(WEBHOOK_SECRET, market.shop.seconds(), &body);
    market.send(body, &signature).await.must_be(413);
}

#[tokio::test]
async fn a_large_message_in_another_shape_is_acknowledged() {
    let market = Market::open().await;
    let (_, paying) = market.ada().await;
    market.pay(&paying).await;
    let completed = market.stripe.events_of("checkout.session.completed").pop();
    let now = market.shop.seconds();
    let padding = json!({ "a": "x".repeat(500_000) });
    let large = completed.unwrap().with("/data/object/metadata", padding);
    assert_eq!(market.deliver(&large).await, 204);
    market.is_done(&paying).await;
    let thin = r#"{"id": "evt_1", "object": "v2.core.event", "type": "v2.core.account.updated", "data": null}"#;
    let odd = r#"{"id": 7, "type": "checkout.session.completed", "data": {"object": [1]}}"#;
    for body in [thin, odd, "[]"] {
        let signature = sign(WEBHOOK_SECRET, now, body);
        market.send(body.to_owned(), &signature).await.must_be(204);
    }
}

#[tokio::test]
async fn of_several_signature_headers_any_counts() {
    let market = Market::open().await;
    let (_, paying) = market.ada().await;
    market.pay(&paying).await;
    let event = market.stripe.events_of("checkout.session.completed").pop();
    let (body, signature) = market.stripe.signed(&event.unwrap());
    let (time, v1) = signature.split_once(',').unwrap();
    let other = sign("whsec_of_another_endpoint", market.shop.seconds(), &body);
    for headers in [
        vec![other.clone(), signature.clone()],
        vec![format!("{time}, {v1}")],
        vec![format!("{other}, {signature}")],
    ] {
        let mut request = Request::post("/webhooks/stripe");
        for header in &headers {
            request = request.header("stripe-signature", header);
        }
        let request = request.body(Body::from(body.clone())).unwrap();
        let answer = market.shop.browser().send(request).await;
        assert_eq!(answer.status, 204, "{headers:?}");
    }
    market.is_done(&paying).await;
}
