//! Stripe is slow, out of order, or its answers get lost: the buyer is told, nothing is lost, and
//! nothing is opened or paid twice.

use std::time::{Duration, Instant};

use serde_json::json;

use super::{Buyer, Market};
use stripe_stand_in::{PayWith, Trouble};

const SESSIONS: &str = "/v1/checkout/sessions";

async fn with_a_cart(market: &Market) -> Buyer {
    let mut ada = market.buyer();
    ada.add("orbit", "1").await.unwrap();
    ada
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clicking_twice_opens_one_session() {
    let market = Market::open().await;
    for _ in 0..5 {
        let before = market.stripe.sessions().len();
        let mut ada = with_a_cart(&market).await;
        let mut again = ada.clone();
        market
            .stripe
            .trouble(SESSIONS, Trouble::Slow(Duration::from_millis(200)));
        let (first, second) = tokio::join!(ada.check_out(), again.check_out());
        let (first, second) = (first.unwrap(), second.unwrap());
        let text = format!("{}\n{}", first.text, second.text);
        assert_eq!((first.status, second.status), (200, 200), "{text}");
        assert!(
            first.session().is_some() && first.session() == second.session(),
            "{text}"
        );
        assert_eq!(market.stripe.sessions().len(), before + 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_lost_on_the_way_opens_no_second_session() {
    let market = Market::open().await;
    let mut ada = with_a_cart(&market).await;
    for _ in 0..5 {
        market.stripe.trouble(SESSIONS, Trouble::AnswerLost);
    }
    let mut page = ada.check_out().await.unwrap();
    let mut turns = 0;
    while page.session().is_none() {
        assert_eq!(page.status, 503, "{}", page.text);
        turns += 1;
        assert!(turns < 6, "{}", page.text);
        page = ada.check_out().await.unwrap();
    }
    assert_eq!(market.stripe.sessions().len(), 1);
    let session = page.session().unwrap();
    market.stripe.pay(&session, PayWith::Visa).await.unwrap();
    let address = market.stripe.object(&session)["success_url"].clone();
    let order = ada.open(address.as_str().unwrap()).await.unwrap();
    assert!(order.text.contains("Thank you"), "{}", order.text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stripe_out_of_order_is_said_so_and_keeps_the_cart() {
    let market = Market::open().await;
    let mut ada = with_a_cart(&market).await;
    for _ in 0..4 {
        market.stripe.trouble(SESSIONS, Trouble::Refused(500));
    }
    let page = ada.check_out().await.unwrap();
    assert_eq!(page.status, 503, "{}", page.text);
    assert!(page.text.contains("Nothing is lost"), "{}", page.text);
    let cart = ada.open("/cart").await.unwrap();
    assert!(cart.text.contains("Orbit"), "{}", cart.text);
    while ada.check_out().await.unwrap().session().is_none() {}
    assert_eq!(market.stripe.sessions().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_who_paid_while_stripe_went_away_finds_the_order_later() {
    let market = Market::open().await;
    let mut ada = with_a_cart(&market).await;
    let session = ada.check_out().await.unwrap().session().unwrap();
    market.stripe.pay(&session, PayWith::Visa).await.unwrap();
    let address = market.stripe.object(&session)["success_url"].clone();
    let address = address.as_str().unwrap();
    let completed = market
        .stripe
        .events_of("checkout.session.completed")
        .remove(0);
    for _ in 0..4 {
        market.stripe.trouble(SESSIONS, Trouble::Refused(503));
    }
    let page = ada.open(address).await.unwrap();
    assert_eq!(page.status, 503, "{}", page.text);
    // Not acknowledged, so Stripe sends it again.
    let status = market.deliver(&completed).await.unwrap();
    assert!(status >= 500, "{status}");
    assert_eq!(market.documents("orders").await.len(), 0);
    let status = market.deliver(&completed).await.unwrap();
    assert!(status < 300, "{status}");
    let page = ada.open(address).await.unwrap();
    assert!(page.text.contains("Thank you"), "{}", page.text);
    assert_eq!(market.documents("orders").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stripe_that_never_answers_keeps_nobody_waiting_for_long() {
    let market = Market::open().await;
    let mut ada = with_a_cart(&market).await;
    let for_ever = Duration::from_hours(1);
    for _ in 0..2 {
        market.stripe.trouble(SESSIONS, Trouble::Slow(for_ever));
    }
    let start = Instant::now();
    let page = ada.check_out().await.unwrap();
    assert_eq!(page.status, 503, "{}", page.text);
    assert!(
        start.elapsed() < Duration::from_mins(1),
        "{:?}",
        start.elapsed()
    );
    assert_eq!(
        market.product("orbit").await["stock"]["orbit"],
        json!(2_499),
        "set aside"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shop_that_lost_its_key_says_what_waits_for_it() {
    let mut market = Market::open().await;
    let mut ada = with_a_cart(&market).await;
    let session = ada.check_out().await.unwrap().session().unwrap();
    let settings = market.forget_stripe();
    market.reopen().await;
    let log = market.log();
    assert!(
        log.contains("waiting=1") || log.contains("\"waiting\":1"),
        "{log}"
    );
    assert!(log.contains("STRIPE_SECRET_KEY nobody can ask"), "{log}");

    // With the key back, whoever paid meanwhile has the order.
    market.stripe.pay(&session, PayWith::Visa).await.unwrap();
    market.remember_stripe(settings);
    market.reopen().await;
    market.settle(|_| true).await;
    assert_eq!(market.documents("orders").await.len(), 1);
}
