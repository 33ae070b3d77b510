//! From Stripe's page to one order, by every way back.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::Market;
use crate::shop::{ADA, ada as ada_by_api};
use stripe_stand_in::{PayWith, Trouble};

#[tokio::test]
async fn a_session_says_what_was_shown_and_nothing_else() {
    let market = Market::open().await;
    let (mut ada, paying) = market.ada().await;
    let session = market.stripe.object(&paying.session);
    let told = |field: &str| session[field].clone();
    assert_eq!(told("amount_total"), json!(127_700));
    assert_eq!(told("currency"), json!("usd"));
    assert_eq!(told("customer_email"), json!("ada@example.com"));
    assert_eq!(told("client_reference_id"), json!(paying.id));
    assert_eq!(told("metadata"), json!({ "checkout_id": paying.id }));
    assert_eq!(told("expires_at"), json!(market.shop.seconds() + 3_600));
    let back = format!("https://shop.example/checkout/{}", paying.id);
    assert_eq!(told("success_url"), json!(format!("{back}/return")));
    assert_eq!(told("cancel_url"), json!(format!("{back}/cancelled")));
    let request = market.stripe.seen().into_iter().next().unwrap();
    assert_eq!(request.version.as_deref(), Some("2026-09-30.endive"));
    for (field, value) in [
        ("line_items[0][price_data][product_data][name]", "iPhone 12"),
        ("line_items[0][price_data][unit_amount]", "49900"),
        ("line_items[0][quantity]", "2"),
        (
            "line_items[0][price_data][product_data][images][0]",
            "https://shop.example/static/products/iphone-12.svg",
        ),
        (
            "shipping_options[0][shipping_rate_data][fixed_amount][amount]",
            "0",
        ),
    ] {
        let mut sent = form_urlencoded::parse(request.body.as_bytes());
        assert!(
            sent.any(|pair| pair == (field.into(), value.into())),
            "{field} in {}",
            request.body
        );
    }
    // The key must not be the id: keys are logged, and the id opens the order.
    assert!(!request.idempotency_key.unwrap().contains(&paying.id));
    ada.get(&paying.page("pay")).await.must_be(200);
    assert_eq!(market.stripe.sessions().len(), 1);
}

#[tokio::test]
async fn the_way_of_delivery_is_part_of_what_is_paid() {
    let market = Market::open().await;
    let mut ada = market.shop.browser();
    ada.add("orbit", "1").await.must_be(303);
    let mut fields = ADA.to_vec();
    fields.push(("delivery", "express"));
    let till = ada.post("/checkout", &fields).await.leads_to();
    ada.get(&till).await.must_be(200);
    let session = market.stripe.sessions().pop().unwrap();
    assert_eq!(session["amount_total"], json!(27_900 + 1_500));
    fields.pop();
    fields.push(("delivery", "by owl"));
    ada.post("/checkout", &fields)
        .await
        .must_be(422)
        .must_show("Choose how it is delivered");
    // Coming back, everything is filled in as it was.
    ada.get("/checkout")
        .await
        .must_show("value=\"12 St James&#39;s Square\"")
        .must_show("value=\"express\" checked");
    market
        .stripe
        .pay(session["id"].as_str().unwrap(), PayWith::Visa)
        .await
        .unwrap();
    let order = till.replace("/checkout/", "/orders/").replace("/pay", "");
    ada.get(&till.replace("/pay", "/return")).await.must_be(303);
    ada.get(&order)
        .await
        .must_show("Express delivery")
        .must_show("$294.00")
        .must_show("Visa ending in 4242");
}

#[tokio::test]
async fn whoever_paid_comes_back_to_an_order_with_the_card_on_it() {
    let market = Market::open().await;
    let (mut ada, paying) = market.ada().await;
    market.pay(&paying).await;
    let back = ada.get(&paying.page("return")).await.must_be(303);
    assert_eq!(back.location(), paying.order());
    market.is_done(&paying).await;
    ada.get(&paying.order())
        .await
        .must_be(200)
        .must_show("Thank you, Ada Lovelace")
        .must_show("Visa ending in 4242")
        .must_show("Cart, 0 items");
    // A reload, the way back in the browser's history, and the message after it.
    for page in ["return", "pay", "cancelled"] {
        let again = ada.get(&paying.page(page)).await.must_be(303);
        assert_eq!(again.location(), paying.order(), "{page}");
    }
    assert_eq!(market.tell("checkout.session.completed").await, 204);
    market.is_done(&paying).await;
}

#[tokio::test]
async fn a_closed_tab_is_an_order_by_message() {
    let market = Market::open().await;
    let (_, paying) = market.ada().await;
    market.pay(&paying).await;
    for _ in 0..3 {
        assert_eq!(market.tell("checkout.session.completed").await, 204);
        market.is_done(&paying).await;
    }
}

#[tokio::test]
async fn a_closed_tab_without_a_message_is_found_by_asking() {
    let market = Market::open().await;
    let (_, paying) = market.ada().await;
    market.shop.look_around().await;
    assert_eq!(market.state_of(&paying).await, json!("open"));
    market.pay(&paying).await;
    market.shop.look_around().await;
    market.is_done(&paying).await;
    market.shop.look_around().await;
    market.is_done(&paying).await;
}

#[tokio::test]
async fn browsers_messages_and_the_shop_itself_at_once_make_one_order() {
    let market = Arc::new(Market::open().await);
    let (ada, paying) = market.ada().await;
    market.pay(&paying).await;
    let mut all = JoinSet::new();
    for number in 0..12 {
        let (market, mut ada, paying) = (Arc::clone(&market), ada.clone(), paying.clone());
        all.spawn(async move {
            match number % 3 {
                0 => drop(ada.get(&paying.page("return")).await.must_be(303)),
                1 => assert_eq!(market.tell("checkout.session.completed").await, 204),
                _ => market.shop.look_around().await,
            }
        });
    }
    all.join_all().await;
    market.is_done(&paying).await;
}

#[tokio::test]
async fn a_double_click_on_the_way_to_stripe_makes_one_session() {
    let market = Market::open().await;
    let mut ada = market.shop.browser();
    ada.add("orbit", "1").await.must_be(303);
    let mut clicks = JoinSet::new();
    for _ in 0..6 {
        let mut browser = ada.clone();
        clicks.spawn(async move {
            let till = browser.check_out().await.leads_to();
            let page = browser.get(&till).await.must_be(200);
            page.text
                .split("url=")
                .nth(1)
                .unwrap()
                .split('"')
                .next()
                .unwrap()
                .to_owned()
        });
    }
    let addresses: BTreeSet<String> = clicks.join_all().await.into_iter().collect();
    assert_eq!(addresses.len(), 1, "{addresses:?}");
    assert_eq!(market.stripe.sessions().len(), 1);
}

#[tokio::test]
async fn an_answer_of_stripe_that_was_lost_is_asked_for_again() {
    let market = Market::open().await;
    let mut ada = market.shop.browser();
    ada.add("orbit", "1").await.must_be(303);
    market
        .stripe
        .trouble("/checkout/sessions", Trouble::AnswerLost);
    market.check_out(&mut ada).await;
    let seen = market.stripe.seen();
    assert_eq!(seen[0].idempotency_key, seen[1].idempotency_key);
    assert_eq!(market.stripe.sessions().len(), 1);
}

#[tokio::test]
async fn while_stripe_is_away_nothing_is_lost_and_a_reload_goes_on() {
    let market = Market::open().await;
    let mut ada = market.shop.browser();
    ada.add("orbit", "1").await.must_be(303);
    let till = ada.check_out().await.leads_to();
    for _ in 0..2 {
        market
            .stripe
            .trouble("/checkout/sessions", Trouble::Refused(503));
    }
    ada.get(&till)
        .await
        .must_be(503)
        .must_show("The payment service does not answer")
        .must_not_show("sk_test");
    assert_eq!(ada.lines().await.len(), 1);
    ada.get(&till).await.must_be(200).must_show("Pay now");
}

#[tokio::test]
async fn what_stripe_does_not_accept_can_be_put_right() {
    let market = Market::open().await;
    let mut ada = market.shop.browser();
    ada.add("orbit", "1").await.must_be(303);
    let till = ada.check_out().await.leads_to();
    market.stripe.trouble(
        "/checkout/sessions",
        Trouble::RefusedParameter("customer_email"),
    );
    ada.get(&till)
        .await
        .must_be(502)
        .must_show("check your e-mail address")
        .must_show("href=\"/checkout\"");
    let mut put_right = ADA.to_vec();
    put_right[1] = ("email", "ada@ockham.example");
    let again = ada.post("/checkout", &put_right).await.must_be(303);
    assert_eq!(again.location(), till);
    ada.get(&till).await.must_be(200).must_show("Pay now");
    let session = market.stripe.sessions().pop().unwrap();
    assert_eq!(session["customer_email"], "ada@ockham.example");
    assert_eq!(market.shop.held().await, 1);
}

#[tokio::test]
async fn a_stripe_that_takes_too_long_is_not_waited_for() {
    let market = Market::open().await;
    let mut ada = market.shop.browser();
    ada.add("orbit", "1").await.must_be(303);
    let till = ada.check_out().await.leads_to();
    for _ in 0..2 {
        let long = Trouble::Slow(Duration::from_mins(5));
        market.stripe.trouble("/checkout/sessions", long);
    }
    ada.get(&till)
        .await
        .must_be(503)
        .must_show("does not answer");
}

#[tokio::test]
async fn coming_back_unpaid_says_so_and_can_go_on() {
    let market = Market::open().await;
    let (mut ada, paying) = market.ada().await;
    ada.get(&paying.page("return"))
        .await
        .must_be(200)
        .must_show("Not paid yet")
        .must_show(&paying.page("pay"));
    assert_eq!(market.shop.count("orders").await, 0);
    assert_eq!(ada.lines().await.len(), 2);
}

#[tokio::test]
async fn whoever_cancels_can_pay_after_all() {
    let market = Market::open().await;
    let (mut ada, first) = market.ada().await;
    ada.get(&first.page("cancelled"))
        .await
        .must_be(200)
        .must_show("Nothing was paid")
        .must_show("Check out again");
    assert_eq!(market.stripe.object(&first.session)["status"], "expired");
    market
        .stripe
        .pay(&first.session, PayWith::Visa)
        .await
        .unwrap_err();
    assert_eq!(market.shop.held().await, 0);
    ada.get("/checkout")
        .await
        .must_show("value=\"Ada Lovelace\"");
    let second = market.check_out(&mut ada).await;
    assert_ne!(first.session, second.session);
    market.pay(&second).await;
    ada.get(&second.page("return")).await.must_be(303);
    market.is_done(&second).await;
}

#[tokio::test]
async fn cancelling_in_one_tab_what_is_paid_in_another_shows_the_order() {
    let market = Market::open().await;
    let (mut ada, paying) = market.ada().await;
    market.pay(&paying).await;
    let cancelled = ada.get(&paying.page("cancelled")).await.must_be(303);
    assert_eq!(cancelled.location(), paying.order());
    market.is_done(&paying).await;
}

#[tokio::test]
async fn a_changed_cart_closes_the_session_before_a_new_one_opens() {
    let market = Market::open().await;
    let (mut ada, old) = market.ada().await;
    ada.add("pebble", "1").await.must_be(303);
    let new = market.check_out(&mut ada).await;
    assert_eq!(market.stripe.object(&old.session)["status"], "expired");
    ada.get(&old.page("pay"))
        .await
        .must_be(200)
        .must_show("This checkout is closed");
    assert_eq!(market.state_of(&old).await, json!("replaced"));
    assert_eq!(
        market.stripe.object(&new.session)["amount_total"],
        json!(140_600)
    );
}

#[tokio::test]
async fn a_cart_changed_after_paying_keeps_what_was_added_and_the_order_what_was_paid() {
    let market = Market::open().await;
    let (mut ada, paying) = market.ada().await;
    market.pay(&paying).await;
    ada.add("pebble", "1").await.must_be(303);
    // The next checkout finds that the first one is paid, and sells only what is left.
    let next = market.check_out(&mut ada).await;
    assert_eq!(market.order(&paying).await.total.amount_cents, 127_700);
    assert_eq!(
        market.stripe.object(&next.session)["amount_total"],
        json!(12_900)
    );
}

#[tokio::test]
async fn another_address_after_the_way_to_stripe_is_another_session() {
    let market = Market::open().await;
    let (mut ada, old) = market.ada().await;
    let mut moved = ADA.to_vec();
    moved[1] = ("email", "ada@ockham.example");
    let till = ada.post("/checkout", &moved).await.leads_to();
    ada.get(&till).await.must_be(200);
    let session = market.stripe.sessions().pop().unwrap();
    assert_eq!(session["customer_email"], "ada@ockham.example");
    assert_eq!(market.stripe.object(&old.session)["status"], "expired");
}

#[tokio::test]
async fn nobody_pays_with_test_money_where_real_money_is_taken() {
    let market = Market::open().await;
    let (mut ada, paying) = market.ada().await;
    ada.post(&paying.page("pay"), &[])
        .await
        .must_be(409)
        .must_show("takes real payments");
    let pay = format!("/api/checkouts/{}/test-payment", paying.id);
    ada.api_post(&pay, Value::Null).await.must_be(409);
    // Before the way to Stripe, too.
    let mut other = market.shop.browser();
    let cart = other.api_cart().await;
    let item = json!({ "sku": "orbit", "quantity": 1 });
    other
        .api_post(&format!("{cart}/items"), item)
        .await
        .must_be(200);
    let checkout = other
        .api_post(&format!("{cart}/checkouts"), ada_by_api())
        .await;
    let id = checkout.must_be(201).json()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let pay = format!("/api/checkouts/{id}/test-payment");
    other.api_post(&pay, Value::Null).await.must_be(409);
    assert_eq!(market.shop.count("orders").await, 0);
}

#[tokio::test]
async fn another_amount_than_the_total_makes_no_order_and_is_kept_for_a_person() {
    for (field, value) in [("amount_total", json!(127_699)), ("currency", json!("eur"))] {
        let market = Market::open().await;
        let (mut ada, paying) = market.ada().await;
        market.pay(&paying).await;
        market.stripe.tamper(&paying.session, field, value);
        ada.get(&paying.page("return"))
            .await
            .must_be(200)
            .must_show("Something about this payment was not right");
        assert_eq!(market.tell("checkout.session.completed").await, 204);
        assert_eq!(
            (market.shop.count("orders").await, market.shop.held().await),
            (0, 0)
        );
        market.shop.pass_days(30);
        market.shop.look_around().await;
        let refused = market.shop.store.checkouts.refused().await.unwrap();
        let problem = refused[0].problem.as_deref().unwrap();
        assert!(
            problem.ends_with("came for $1,277.00: the amount is not the total"),
            "{problem}"
        );
        ada.get(&paying.order()).await.must_be(404);
    }
}

#[tokio::test]
async fn money_that_takes_days_is_an_order_that_waits_for_it() {
    for arrives in [true, false] {
        let market = Market::open().await;
        let before = market.shop.left("orbit").await;
        let (mut ada, paying) = market.ada().await;
        market
            .stripe
            .pay(&paying.session, PayWith::BankDebit)
            .await
            .unwrap();
        let back = ada.get(&paying.page("return")).await.must_be(303);
        ada.get(back.location())
            .await
            .must_be(200)
            .must_show("waits for your bank");
        let order = market.order(&paying).await;
        assert_eq!(
            (order.status.slug(), market.shop.held().await),
            ("pending", 3)
        );
        market.pass_minutes(3 * 24 * 60);
        market.shop.look_around().await;
        assert_eq!(market.order(&paying).await, order);
        market.stripe.settle(&paying.session, arrives).await;
        if arrives {
            assert_eq!(
                market
                    .tell("checkout.session.async_payment_succeeded")
                    .await,
                204
            );
            // The older message comes late, and again.
            assert_eq!(market.tell("checkout.session.completed").await, 204);
            market.is_done(&paying).await;
            assert_eq!(market.shop.left("orbit").await, before - 1);
            ada.get(&paying.order()).await.must_show("is confirmed");
        } else {
            assert_eq!(
                market.tell("checkout.session.async_payment_failed").await,
                204
            );
            assert_eq!(market.tell("checkout.session.completed").await, 204);
            let order = market.order(&paying).await;
            assert_eq!(
                (order.status.slug(), market.shop.held().await),
                ("failed", 0)
            );
            assert_eq!(market.shop.left("orbit").await, before);
            ada.get(&paying.order())
                .await
                .must_show("Your payment did not arrive")
                .must_show("Order again");
        }
        assert_eq!(market.shop.count("orders").await, 1);
    }
}

#[tokio::test]
async fn a_process_that_died_before_it_noted_the_session_still_makes_one_order() {
    let market = Market::open().await;
    let (mut ada, paying) = market.ada().await;
    let unnoted = json!({ "$unset": { "session": 1 } });
    market.shop.edit("checkouts", &paying.id, unnoted).await;
    // The same key, so Stripe answers the same session.
    ada.get(&paying.page("pay")).await.must_be(200);
    assert_eq!(market.stripe.sessions().len(), 1);
    let unnoted = json!({ "$unset": { "session": 1 } });
    market.shop.edit("checkouts", &paying.id, unnoted).await;
    market.pay(&paying).await;
    assert_eq!(market.tell("checkout.session.completed").await, 204);
    market.is_done(&paying).await;
}

#[tokio::test]
async fn too_late_for_a_session_is_too_late_to_pay() {
    let market = Market::open().await;
    let mut ada = market.shop.browser();
    ada.add("orbit", "1").await.must_be(303);
    let till = ada.check_out().await.leads_to();
    // Stripe takes no session of less than half an hour.
    market.pass_minutes(40);
    ada.get(&till)
        .await
        .must_be(200)
        .must_show("This checkout is closed")
        .must_show("Check out again");
    assert_eq!(
        (market.shop.held().await, market.stripe.sessions().len()),
        (0, 0)
    );
}
