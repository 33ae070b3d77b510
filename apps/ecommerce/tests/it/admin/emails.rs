//! Emails about orders: one for each event, whatever happens in between.

use std::collections::BTreeSet;
use std::time::Duration;

use ecommerce::AppState;
use ecommerce::domain::order::Order;
use ecommerce::emails::send_due;
use futures_util::future::join_all;
use serde_json::json;
use shared::email::{EmailSettings, Mailer};
use shared::env::{self, Env};
use test_support::smtp::{Received, Smtp};

use super::orders::{buy, give_back};
use super::{logged_in, token, value};
use crate::shop::{Answer, Browser, TestShop};

const BASE: &str = "https://shop.example";

/// The shop's state with a mailer that talks to this server.
fn mailing(shop: &TestShop, server: &Smtp) -> AppState {
    let lookup = env::of(&[
        ("SMTP_URL", &server.url),
        ("EMAIL_FROM", "Ursa <orders@shop.example>"),
    ]);
    let mut env = Env::new(&lookup);
    let settings = EmailSettings::read(&mut env, "Ursa");
    let settings = env.finish(|| settings).unwrap();
    let mut state = shop.state.clone();
    state.mailer = Some(Mailer::new(&settings).unwrap());
    state
}

/// Sends what is due, twice, and answers what arrived since the last time.
async fn arrived(state: &AppState, server: &Smtp) -> Vec<Received> {
    let before = server.received().len();
    for _ in 0..2 {
        send_due(state, BASE).await.unwrap();
    }
    server.received().split_off(before)
}

async fn ship(admin: &mut Browser, id: &str, carrier: &str, url: &str) -> Answer {
    let page = admin.get(&format!("/admin/orders/{id}")).await.must_be(200);
    let (token, version) = (token(&page), value(&page, "version"));
    let fields = [
        ("token", token.as_str()),
        ("version", version.as_str()),
        ("carrier", carrier),
        ("tracking_url", url),
    ];
    admin
        .post(&format!("/admin/orders/{id}/ship"), &fields)
        .await
}

fn subject(email: &Received) -> &str {
    email.header("Subject").unwrap()
}

#[tokio::test]
async fn a_buyer_reads_of_the_order_the_parcel_and_the_refund() {
    let (shop, server) = (TestShop::start().await, Smtp::start());
    let state = mailing(&shop, &server);
    let mut admin = logged_in(&shop).await;
    let id = buy(&shop, "orbit").await;

    let confirmed = arrived(&state, &server).await;
    assert_eq!(confirmed.len(), 1);
    assert_eq!(confirmed[0].to, "ada@example.com");
    assert!(subject(&confirmed[0]).starts_with("Your order is confirmed (Ursa "));
    let text = confirmed[0].text();
    assert!(text.contains(&format!("{BASE}/orders/{id}")), "{text}");
    assert!(
        text.contains("1 x Orbit: ") && text.contains("<h1>"),
        "{text}"
    );
    let message_id = confirmed[0].header("Message-ID").unwrap();
    assert!(!message_id.contains(&id), "an order's id is a secret");

    for bad in ["http://track.example/1", "javascript:alert(1)", "https://"] {
        let page = ship(&mut admin, &id, "Fox", bad).await.must_be(422);
        page.must_show("Enter a tracking link that starts with https://");
    }
    assert!(arrived(&state, &server).await.is_empty());
    let url = "https://track.example/1?a=b";
    ship(&mut admin, &id, "Fox", url).await.must_be(303);
    let shipped = arrived(&state, &server).await;
    assert_eq!(shipped.len(), 1);
    let text = shipped[0].text();
    assert!(
        text.contains("Your order is on its way with Fox.") && text.contains(url),
        "{text}"
    );
    shop.browser()
        .get(&format!("/orders/{id}"))
        .await
        .must_show(url);

    give_back(&mut admin, &id, "1").await.must_be(303);
    give_back(&mut admin, &id, "2.50").await.must_be(303);
    give_back(&mut admin, &id, "").await.must_be(303);
    let refunds = arrived(&state, &server).await;
    let texts: Vec<String> = refunds.iter().map(Received::text).collect();
    assert_eq!(texts.len(), 3);
    assert!(texts[0].contains("We have refunded $1.00") && texts[1].contains("$2.50"));
    assert!(
        texts
            .iter()
            .all(|it| it.contains("Your refund is on its way"))
    );
    let all = server.received();
    let ids: BTreeSet<_> = all.iter().map(|it| it.header("Message-ID")).collect();
    assert_eq!(ids.len(), all.len());
}

#[tokio::test]
async fn an_order_refunded_before_it_was_shipped_is_canceled() {
    let (shop, server) = (TestShop::start().await, Smtp::start());
    let state = mailing(&shop, &server);
    let mut admin = logged_in(&shop).await;
    let id = buy(&shop, "orbit").await;
    arrived(&state, &server).await;
    give_back(&mut admin, &id, "").await.must_be(303);
    let canceled = arrived(&state, &server).await;
    assert_eq!(canceled.len(), 1);
    assert!(subject(&canceled[0]).starts_with("Your order is canceled"));
    let page = admin.get(&format!("/admin/orders/{id}")).await;
    page.must_not_show("Mark as shipped");
}

#[tokio::test]
async fn workers_that_race_send_each_email_once() {
    let (shop, server) = (TestShop::start().await, Smtp::start());
    let state = mailing(&shop, &server);
    for _ in 0..5 {
        buy(&shop, "braid-cable").await;
    }
    join_all((0..6).map(|_| send_due(&state, BASE))).await;
    // What one of them lost to another's change is still due.
    arrived(&state, &server).await;
    assert_eq!(server.received().len(), 5);
}

#[tokio::test]
async fn a_worker_that_dies_leaves_its_email_to_the_next_with_the_same_id() {
    let (shop, server) = (TestShop::start().await, Smtp::start());
    let state = mailing(&shop, &server);
    let id = buy(&shop, "orbit").await;
    let stored = async || {
        let order = shop.store.orders.find(id.parse().unwrap()).await;
        order.unwrap().unwrap()
    };
    // Died before the message left.
    let order: Order = stored().await;
    let (claimed, _) = order.claim_email(shop.now()).unwrap();
    assert!(shop.store.orders.replace(&order, &claimed).await.unwrap());
    assert!(arrived(&state, &server).await.is_empty(), "somebody has it");
    // Died after it left.
    shop.clock.pass(Duration::from_mins(2));
    server.answer_next(&["close"]);
    assert_eq!(arrived(&state, &server).await.len(), 1);
    shop.clock.pass(Duration::from_mins(2));
    assert_eq!(arrived(&state, &server).await.len(), 1);
    shop.clock.pass(Duration::from_hours(100));
    assert!(arrived(&state, &server).await.is_empty());
    let both = server.received();
    assert_eq!(both[0].header("Message-ID"), both[1].header("Message-ID"));
    assert!(stored().await.emails.is_empty() && stored().await.email_due_at.is_none());
}

#[tokio::test]
async fn a_refused_email_is_given_up_and_the_others_are_sent() {
    let (shop, server) = (TestShop::start().await, Smtp::start());
    let state = mailing(&shop, &server);
    buy(&shop, "orbit").await;
    buy(&shop, "drift").await;
    server.answer_next(&["550 no such user"]);
    assert_eq!(arrived(&state, &server).await.len(), 1);
    assert_eq!(server.tries(), 2);
}

#[tokio::test]
async fn an_order_of_before_there_were_emails_is_shipped_like_any() {
    let (shop, server) = (TestShop::start().await, Smtp::start());
    let state = mailing(&shop, &server);
    let mut admin = logged_in(&shop).await;
    let id = buy(&shop, "orbit").await;
    let earlier = json!({ "$unset": { "emails": "", "email_due_at": "", "version": "" } });
    shop.edit("orders", &id, earlier).await;
    assert!(arrived(&state, &server).await.is_empty());
    ship(&mut admin, &id, "", "").await.must_be(303);
    let shipped = arrived(&state, &server).await;
    assert!(shipped[0].text().contains("Your order is on its way."));
}

#[tokio::test]
async fn a_shop_that_is_killed_sends_each_confirmation_once() {
    let (data, server) = (tempfile::tempdir().unwrap(), Smtp::start());
    let settings = [
        ("DATA_DIR", data.path().to_str().unwrap()),
        ("RUST_LOG", "warn"),
        ("SMTP_URL", &server.url),
        ("EMAIL_FROM", "Ursa <orders@shop.example>"),
        ("PUBLIC_URL", BASE),
    ];
    for round in 1..=3 {
        let (shop, address) = crate::crash::launch(&settings, std::process::Stdio::inherit());
        let url = address.read().expect("the shop opens");
        let client = reqwest::Client::new();
        let call = async |path: String, body: serde_json::Value| {
            let request = client.post(format!("{url}{path}")).body(body.to_string());
            let answer = request
                .header("content-type", "application/json")
                .send()
                .await;
            let text = answer.unwrap().text().await.unwrap();
            serde_json::from_str::<serde_json::Value>(&text).unwrap()
        };
        let cart = call("/api/carts".to_owned(), json!({})).await["id"].clone();
        let cart = format!("/api/carts/{}", cart.as_str().unwrap());
        call(
            format!("{cart}/items"),
            json!({ "sku": "orbit", "quantity": 1 }),
        )
        .await;
        let checkout = call(format!("{cart}/checkouts"), crate::shop::ada()).await;
        let checkout = checkout["id"].as_str().unwrap();
        call(format!("/api/checkouts/{checkout}/test-payment"), json!({})).await;
        let received = server.wait_for(round);
        drop(shop);
        assert_eq!(received.len(), round);
    }
}
