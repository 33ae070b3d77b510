//! Buying with a browser, on Stripe's page as on ours.

use serde_json::json;

use test_support::browser::{Browser, Screen};

use super::open;
use super::purchases::{fill_in, pick};
use crate::payments::Market;
use stripe_stand_in::PayWith;

/// A shop whose webhooks arrive at once, and a browser in it.
async fn visit(screen: Screen) -> Option<(Market, Browser)> {
    let market = Market::open().await;
    market.stripe.deliver_at_once_to(market.webhooks());
    let browser = open(market.url(), screen).await?;
    Some((market, browser))
}

/// Fills in the checkout form; ends on Stripe's page.
async fn to_stripe(browser: &Browser) {
    browser.go("/checkout").await;
    fill_in(browser).await;
    browser.press(".checkout button[type=submit]").await;
    browser.sees("Pay with").await;
}

/// There are this many orders, each of one paid session; nobody complained, the browser included.
async fn ends_with(market: &Market, browser: Browser, orders: usize) {
    let complaints = browser.complaints().await;
    assert!(complaints.is_empty(), "{complaints:#?}");
    assert_eq!(market.documents("orders").await.len(), orders);
    let sessions = market.stripe.sessions();
    let paid = sessions
        .iter()
        .filter(|session| session["payment_status"] == "paid");
    assert_eq!(paid.count(), orders, "{sessions:#?}");
    browser.close().await;
}

async fn stock(market: &Market, product: &str) -> i64 {
    market.product(product).await["stock"][product]
        .as_i64()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_visitor_pays_at_stripe_and_sees_the_order() {
    for screen in [Screen::Desktop, Screen::Phone] {
        let Some((market, browser)) = visit(screen).await else {
            return;
        };
        pick(&browser, "iphone-12").await;
        browser.photograph("cart").await;
        browser.go("/checkout").await;
        browser.photograph("checkout").await;
        to_stripe(&browser).await;
        browser.photograph("stripe").await;
        browser.press("#pay").await;
        browser.sees("Thank you, Ada Lovelace").await;
        browser.sees("4242").await;
        browser.photograph("order").await;
        browser.reload().await;
        browser.sees("Thank you, Ada Lovelace").await;
        ends_with(&market, browser, 1).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_visitor_goes_back_from_stripe_and_pays_after_all() {
    for screen in [Screen::Desktop, Screen::Phone] {
        let Some((market, browser)) = visit(screen).await else {
            return;
        };
        let before = stock(&market, "orbit").await;
        pick(&browser, "orbit").await;
        to_stripe(&browser).await;
        assert_eq!(stock(&market, "orbit").await, before - 1, "set aside");
        browser.press("#back").await;
        browser.sees("Check out again").await;
        browser.photograph("cancelled").await;
        assert_eq!(stock(&market, "orbit").await, before, "put back");
        browser.press("a[href='/checkout']").await;
        // What was typed is still there.
        browser.press(".checkout button[type=submit]").await;
        browser.sees("Pay with").await;
        browser.press("#pay").await;
        browser.sees("Thank you").await;
        assert_eq!(stock(&market, "orbit").await, before - 1);
        ends_with(&market, browser, 1).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_declined_card_is_followed_by_another() {
    let Some((market, browser)) = visit(Screen::Desktop).await else {
        return;
    };
    pick(&browser, "orbit").await;
    to_stripe(&browser).await;
    browser.choose("#card", "4000000000000002").await;
    browser.press("#pay").await;
    browser.sees("Your card was declined").await;
    assert_eq!(market.documents("orders").await.len(), 0);
    browser.choose("#card", "4242424242424242").await;
    browser.press("#pay").await;
    browser.sees("Thank you").await;
    ends_with(&market, browser, 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_tabs_with_one_cart_end_in_one_order() {
    let Some((market, browser)) = visit(Screen::Desktop).await else {
        return;
    };
    pick(&browser, "orbit").await;
    to_stripe(&browser).await;
    let first = browser.address().await;
    browser.new_tab().await;
    browser.go("/checkout").await;
    browser.press(".checkout button[type=submit]").await;
    browser.sees("Pay with").await;
    assert_eq!(browser.address().await, first, "the same session");
    browser.press("#pay").await;
    browser.sees("Thank you").await;
    let order = browser.address().await;
    browser.tab(0).await;
    browser.press("#pay").await;
    browser.sees("You've already completed this payment").await;
    browser.back().await;
    browser.go(&order).await;
    browser.sees("Thank you").await;
    browser.go("/cart").await;
    browser.sees("nothing in your cart").await;
    ends_with(&market, browser, 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tab_closed_after_paying_is_an_order_all_the_same() {
    let Some((market, browser)) = visit(Screen::Phone).await else {
        return;
    };
    pick(&browser, "orbit").await;
    to_stripe(&browser).await;
    let page = browser.address().await;
    let session = page.rsplit('/').next().unwrap().to_owned();
    browser.go("about:blank").await;
    // Paid in the last moment: only the webhook tells.
    market.stripe.pay(&session, PayWith::Visa).await.unwrap();
    let orders = market.documents("orders").await;
    assert_eq!(orders.len(), 1);
    let order = orders[0]["_id"].as_str().unwrap();
    browser.go(&format!("/orders/{order}")).await;
    browser.sees("Thank you").await;
    browser.go("/cart").await;
    browser.sees("nothing in your cart").await;
    ends_with(&market, browser, 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bank_debit_is_an_order_that_waits_for_its_money() {
    let Some((market, browser)) = visit(Screen::Desktop).await else {
        return;
    };
    for arrives in [true, false] {
        pick(&browser, "orbit").await;
        to_stripe(&browser).await;
        let page = browser.address().await;
        let session = page.rsplit('/').next().unwrap().to_owned();
        browser.choose("#card", "bank").await;
        browser.press("#pay").await;
        let before = stock(&market, "orbit").await;
        let address = format!(
            "/orders/{}",
            market.stripe.object(&session)["client_reference_id"]
                .as_str()
                .unwrap()
        );
        browser.go(&address).await;
        browser.photograph("order-waiting").await;
        assert_eq!(status(&market, &session).await, "pending");
        market.stripe.settle(&session, arrives).await;
        browser.reload().await;
        browser
            .photograph(&format!(
                "order-{}",
                if arrives { "arrived" } else { "failed" }
            ))
            .await;
        let (expected, back) = if arrives { ("paid", 0) } else { ("failed", 1) };
        assert_eq!(status(&market, &session).await, expected);
        assert_eq!(stock(&market, "orbit").await, before + back);
    }
    let complaints = browser.complaints().await;
    assert!(complaints.is_empty(), "{complaints:#?}");
    browser.close().await;
}

async fn status(market: &Market, session: &str) -> serde_json::Value {
    let id = market.stripe.object(session)["client_reference_id"].clone();
    let orders = market.documents("orders").await;
    let order = orders.iter().find(|order| order["_id"] == id);
    order.unwrap_or_else(|| panic!("no order"))["status"].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_piece_gone_during_checkout_is_said_before_anything_is_paid() {
    let Some((market, browser)) = visit(Screen::Phone).await else {
        return;
    };
    pick(&browser, "orbit").await;
    market
        .set("products", "orbit", "stock.orbit", json!(0))
        .await;
    browser.go("/checkout").await;
    fill_in(&browser).await;
    browser.press(".checkout button[type=submit]").await;
    browser.sees("sold out").await;
    browser.photograph("sold-out").await;
    assert_eq!(market.stripe.sessions().len(), 0, "nothing to pay");
    ends_with(&market, browser, 0).await;
}
