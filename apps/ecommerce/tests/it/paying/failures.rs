//! Errors of Stripe, which it repeats under the same idempotency key for a day, and what can be paid
//! at all.

use serde_json::json;

use super::Market;
use crate::shop::{Browser, TestShop};
use stripe_stand_in::Trouble;

const SESSIONS: &str = "/v1/checkout/sessions";

/// Somebody at the last page before Stripe, and that page's address.
async fn on_the_way(market: &Market) -> (Browser, String) {
    let mut ada = market.shop.browser();
    ada.add("orbit", "1").await.must_be(303);
    let pay = ada.check_out().await.leads_to();
    (ada, pay)
}

#[tokio::test]
async fn one_failure_of_stripe_is_not_noticed() {
    let market = Market::open().await;
    let (mut ada, pay) = on_the_way(&market).await;
    market.stripe.trouble(SESSIONS, Trouble::Refused(500));
    ada.get(&pay).await.must_be(200).must_show("Pay now");
    assert_eq!(market.stripe.sessions().len(), 1);
}

#[tokio::test]
async fn a_session_that_failed_once_can_be_opened_after_all() {
    for (trouble, status, says) in [
        (Trouble::Refused(500), 503, "does not answer"),
        (Trouble::Refused(502), 503, "does not answer"),
        (Trouble::DoneAndFailed(500), 503, "does not answer"),
        (Trouble::Refused(402), 502, "does not accept this order"),
        (
            Trouble::RefusedParameter("line_items"),
            502,
            "does not accept this order",
        ),
        (
            Trouble::RefusedParameter("customer_email"),
            502,
            "check your e-mail address",
        ),
        (
            Trouble::Refused(401),
            502,
            "cannot take payments at the moment",
        ),
        (
            Trouble::Refused(403),
            502,
            "cannot take payments at the moment",
        ),
        (Trouble::Refused(429), 503, "does not answer"),
    ] {
        let market = Market::open().await;
        let (mut ada, pay) = on_the_way(&market).await;
        for _ in 0..2 {
            market.stripe.trouble(SESSIONS, trouble);
        }
        let page = ada.get(&pay).await.must_be(status).must_show(says);
        assert!(
            page.text.contains("e-mail address and try") == says.contains("e-mail"),
            "{trouble:?}: {}",
            page.text
        );
        // Those that were not asked for are still waiting.
        market.stripe.no_more_trouble();
        ada.get(&pay).await.must_be(200).must_show("Pay now");
        // Nobody has seen the address of one that failed.
        let session = market.stripe.sessions().pop().unwrap();
        let session = session["id"].as_str().unwrap().to_owned();
        let noted = market.shop.store.checkouts.by_session(&session).await;
        assert!(noted.unwrap().is_some(), "{trouble:?}");
    }
}

#[tokio::test]
async fn a_session_asked_for_with_other_parameters_before_is_opened_with_another_key() {
    let market = Market::open().await;
    let (mut ada, pay) = on_the_way(&market).await;
    // As by an earlier version of the shop, whose answer was lost.
    market.stripe.trouble(SESSIONS, Trouble::AnswerLost);
    market.stripe.trouble(SESSIONS, Trouble::AnswerLost);
    ada.get(&pay).await.must_be(503);
    let id = pay.split('/').nth(2).unwrap();
    let other = json!({ "$set": { "customer.email": "ada@ockham.example" } });
    market.shop.edit("checkouts", id, other).await;
    ada.get(&pay).await.must_be(200).must_show("Pay now");
    let session = market.stripe.sessions().pop().unwrap();
    assert_eq!(session["customer_email"], "ada@ockham.example");
}

/// The totals that Stripe does not take, and some that it does.
const TOTALS: [(u64, &str, &str); 6] = [
    (49, "1", "at least $0.50"),
    (1, "49", "at least $0.50"),
    (100_000_000, "1", "at most $999,999.99"),
    (50_000_000, "2", "at most $999,999.99"),
    (99_999_999, "1", ""),
    (50, "1", ""),
];

async fn is_refused_or_leads_to(
    shop: &TestShop,
    (cents, quantity, says): (u64, &str, &str),
    page: &str,
) {
    let price = json!({ "$set": { "price.amount_cents": cents } });
    shop.edit("products", "orbit", price).await;
    let mut ada = shop.browser();
    ada.add("orbit", quantity).await.must_be(303);
    let answer = ada.check_out().await;
    if says.is_empty() {
        let pay = answer.leads_to();
        ada.get(&pay).await.must_be(200).must_show(page);
        return;
    }
    answer.must_be(422).must_show(says);
    let path = format!("/api/carts/{}/checkouts", ada.cart_id());
    let answer = ada.api_post(&path, crate::shop::ada()).await;
    answer.must_be(422).must_show(says);
    assert_eq!(shop.held().await, 0);
}

#[tokio::test]
async fn a_total_that_stripe_does_not_take_is_refused_before_it_is_asked() {
    let market = Market::open().await;
    for total in TOTALS {
        let asked = market.stripe.seen().len();
        is_refused_or_leads_to(&market.shop, total, "Pay now").await;
        let is_refused = !total.2.is_empty();
        assert_eq!(market.stripe.seen().len() == asked, is_refused, "{total:?}");
    }
}

#[tokio::test]
async fn a_test_payment_has_the_limits_of_a_real_one() {
    let shop = TestShop::start().await;
    for total in TOTALS {
        is_refused_or_leads_to(&shop, total, "Test till").await;
    }
}
