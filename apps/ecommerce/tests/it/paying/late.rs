//! Money for what is closed: an order where that is still possible, else a case that a person sees.

use serde_json::json;

use super::{Market, Paying};
use crate::shop::Browser;
use stripe_stand_in::PayWith;

/// Goes back to the shop while Stripe does not know the session, as with another account's key.
async fn canceled_while_unknown(market: &Market) -> (Browser, Paying) {
    let (mut ada, paying) = market.ada().await;
    market.stripe.hides(&paying.session, true);
    ada.get(&paying.page("cancelled"))
        .await
        .must_be(503)
        .must_show("Nothing is lost");
    (ada, paying)
}

#[tokio::test]
async fn a_session_that_stripe_does_not_know_for_a_moment_is_not_over() {
    let market = Market::open().await;
    let (mut ada, paying) = canceled_while_unknown(&market).await;
    for page in ["return", "pay"] {
        ada.get(&paying.page(page)).await.must_be(503);
    }
    market.shop.look_around().await;
    market.pass_minutes(20);
    market.shop.look_around().await;
    assert_eq!(market.state_of(&paying).await, json!("open"));
    assert_eq!(market.shop.held().await, 3);
    market.stripe.hides(&paying.session, false);
    market.pay(&paying).await;
    assert_eq!(market.tell("checkout.session.completed").await, 204);
    market.is_done(&paying).await;
}

#[tokio::test]
async fn a_message_about_what_stripe_does_not_know_is_to_be_sent_again() {
    let market = Market::open().await;
    let (_, paying) = market.ada().await;
    market.pay(&paying).await;
    market.stripe.hides(&paying.session, true);
    assert_eq!(market.tell("checkout.session.completed").await, 503);
    market.stripe.hides(&paying.session, false);
    assert_eq!(market.tell("checkout.session.completed").await, 204);
    market.is_done(&paying).await;
}

#[tokio::test]
async fn a_session_that_stays_unknown_ends_when_nobody_could_pay_it_even_if_it_were_known() {
    let market = Market::open().await;
    let (_, paying) = canceled_while_unknown(&market).await;
    let before = market.shop.left("orbit").await;
    market.pass_minutes(74);
    market.shop.look_around().await;
    assert_eq!(market.state_of(&paying).await, json!("open"));
    market.pass_minutes(1);
    market.shop.look_around().await;
    assert_eq!(market.state_of(&paying).await, json!("expired"));
    assert_eq!(market.shop.left("orbit").await, before + 1);
}

/// Closes a paid checkout behind the shop's back, as it was closed by mistake before.
async fn paid_and_closed(market: &Market, state: &str) -> (Browser, Paying) {
    let (mut ada, paying) = market.ada().await;
    ada.get(&paying.page("cancelled")).await.must_be(200);
    let closed = json!({ "$set": { "state": state } });
    market.shop.edit("checkouts", &paying.id, closed).await;
    market
        .stripe
        .tamper(&paying.session, "status", json!("open"));
    market.pay(&paying).await;
    assert_eq!(market.shop.held().await, 0);
    (ada, paying)
}

#[tokio::test]
async fn what_was_closed_first_and_is_paid_then_is_an_order() {
    for state in ["expired", "cancelled", "replaced"] {
        for way in ["message", "return", "refund"] {
            let market = Market::open().await;
            let before = market.shop.left("orbit").await;
            let (mut ada, paying) = paid_and_closed(&market, state).await;
            match way {
                "message" => {
                    assert_eq!(market.tell("checkout.session.completed").await, 204);
                }
                "return" => drop(ada.get(&paying.page("return")).await.must_be(303)),
                _ => {
                    market.stripe.refund(&paying.session, Some(100)).await;
                    assert_eq!(market.tell("charge.refunded").await, 204);
                    assert_eq!(market.order(&paying).await.refunded.amount_cents, 100);
                }
            }
            assert_eq!(
                market.shop.left("orbit").await,
                before - 1,
                "{state}, {way}"
            );
            market.is_done(&paying).await;
            // The same again changes nothing.
            assert_eq!(market.tell("checkout.session.completed").await, 204);
            market.shop.look_around().await;
            market.is_done(&paying).await;
            assert_eq!(market.shop.left("orbit").await, before - 1);
        }
    }
}

/// What one order can hold keeps people from reserving most of a product. This one is paid.
#[tokio::test]
async fn a_large_order_that_was_closed_first_and_is_paid_then_is_an_order() {
    let market = Market::open().await;
    market.shop.stock("orbit", 200).await;
    let mut ada = market.shop.browser();
    ada.add("orbit", "100").await.must_be(303);
    let paying = market.check_out(&mut ada).await;
    ada.get(&paying.page("cancelled")).await.must_be(200);
    market
        .stripe
        .tamper(&paying.session, "status", json!("open"));
    market.pay(&paying).await;
    market.shop.stock("orbit", 150).await;
    assert_eq!(market.tell("checkout.session.completed").await, 204);
    assert_eq!(market.order(&paying).await.status.slug(), "paid");
    assert_eq!(market.shop.left("orbit").await, 50);
}

#[tokio::test]
async fn what_was_closed_and_is_sold_by_now_is_a_case_for_a_person() {
    let market = Market::open().await;
    let (mut ada, paying) = paid_and_closed(&market, "expired").await;
    let phones = market.shop.left("iphone-12").await;
    market.shop.stock("orbit", 0).await;
    assert_eq!(market.tell("checkout.session.completed").await, 204);
    assert_eq!(market.state_of(&paying).await, json!("refused"));
    assert_eq!(market.shop.count("orders").await, 0);
    assert_eq!(market.shop.left("iphone-12").await, phones);
    assert_eq!(market.shop.held().await, 0);
    let refused = market.shop.store.checkouts.refused().await.unwrap();
    let problem = refused[0].problem.as_deref().unwrap();
    assert_eq!(
        problem,
        "$1,277.00 came after the checkout was closed, and by then this was sold out: 1 × Orbit"
    );
    ada.get(&paying.page("return"))
        .await
        .must_be(200)
        .must_show("Please write to us");
    // There it stays, whatever comes after it.
    assert_eq!(market.tell("checkout.session.completed").await, 204);
    market.shop.pass_days(30);
    market.shop.look_around().await;
    assert_eq!(
        market.shop.store.checkouts.refused().await.unwrap().len(),
        1
    );
}

#[tokio::test]
async fn money_that_takes_days_for_a_closed_checkout_is_waited_for() {
    let market = Market::open().await;
    let (mut ada, paying) = market.ada().await;
    ada.get(&paying.page("cancelled")).await.must_be(200);
    market
        .stripe
        .tamper(&paying.session, "status", json!("open"));
    let paid = market.stripe.pay(&paying.session, PayWith::BankDebit).await;
    paid.unwrap();
    assert_eq!(market.tell("checkout.session.completed").await, 204);
    assert_eq!(market.order(&paying).await.status.slug(), "pending");
    assert_eq!(market.shop.held().await, 3);
    market.stripe.settle(&paying.session, true).await;
    market.shop.look_around().await;
    market.is_done(&paying).await;
}

#[tokio::test]
async fn a_crash_while_a_closed_checkout_becomes_an_order_is_made_good() {
    let market = Market::open().await;
    let before = market.shop.left("orbit").await;
    let (_, paying) = paid_and_closed(&market, "expired").await;
    // As it is left by a process that dies right after it has found out.
    let (checkouts, id) = (&market.shop.store.checkouts, paying.id.parse().unwrap());
    let checkout = checkouts.find(id).await.unwrap().unwrap();
    let payment = ecommerce::domain::payment::Payment {
        provider: "stripe".to_owned(),
        reference: market.stripe.object(&paying.session)["payment_intent"]
            .as_str()
            .unwrap()
            .to_owned(),
        method: None,
        paid_at: market.shop.now(),
    };
    assert!(checkouts.mark_late(&checkout, &payment).await.unwrap());
    // A worker of before its end that was held up does no harm.
    let markers = ecommerce::use_cases::reserve_stock::take(&market.shop.store, &checkout).await;
    assert_eq!(markers.unwrap().unwrap().len(), 2);
    for _ in 0..3 {
        market.shop.look_around().await;
    }
    market.is_done(&paying).await;
    assert_eq!(market.shop.left("orbit").await, before - 1);
}

#[tokio::test]
async fn a_session_that_the_shop_did_not_note_and_that_is_paid_is_a_case_for_a_person() {
    let market = Market::open().await;
    let (mut ada, paying) = market.ada().await;
    market.pay(&paying).await;
    ada.get(&paying.page("return")).await.must_be(303);
    let (other, ends) = ("cs_test_other", market.shop.seconds() + 3_000);
    market.stripe.adopt(other, &paying.id, 127_700, ends);
    market.stripe.pay(other, PayWith::Visa).await.unwrap();
    for _ in 0..3 {
        assert_eq!(market.tell("checkout.session.completed").await, 204);
    }
    let refused = market.shop.store.checkouts.refused().await.unwrap();
    assert_eq!(refused.len(), 1);
    assert_eq!(
        refused[0].problem.as_deref(),
        Some(
            "$1,277.00 came for $1,277.00: it was paid in another session than the checkout's own"
        )
    );
    market.is_done(&paying).await;
}
