//! What one client can reserve, by its network: carts are free to make.

use std::sync::Arc;

use axum::body::Body;
use axum::http::Request;
use axum::http::header::CONTENT_TYPE;
use serde_json::json;
use tokio::task::JoinSet;

use crate::shop::{ADA, Answer, Browser, TestShop};

/// Another instance of the shop, behind a proxy that reports addresses in `x-forwarded-for`.
fn behind_a_proxy(shop: &TestShop) -> Browser {
    shop.elsewhere(|mut state| {
        let header = "x-forwarded-for".parse().unwrap();
        state.client_ip_header = Some(shared::http::ClientIpHeader::new(header));
        state
    })
}

/// Opens a checkout for so many of this, from a new cart and this address.
async fn check_out(shop: &TestShop, address: &str, sku: &str, quantity: &str) -> (Browser, Answer) {
    let mut browser = behind_a_proxy(shop);
    browser.add(sku, quantity).await.must_be(303);
    let body = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(ADA)
        .finish();
    let request = Request::post("/checkout")
        .header("x-forwarded-for", address)
        .header("accept", "text/html")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin");
    let answer = browser.send(request.body(Body::from(body)).unwrap()).await;
    (browser, answer)
}

#[tokio::test]
async fn one_client_has_at_most_ten_open_checkouts() {
    let shop = TestShop::start().await;
    let before = shop.left("orbit").await;
    let mut first = None;
    for _ in 0..10 {
        let (browser, answer) = check_out(&shop, "203.0.113.7", "orbit", "1").await;
        let pay = answer.leads_to();
        first.get_or_insert((browser, pay));
    }
    shop.pass_minutes(5);
    for address in [
        "203.0.113.7",
        "::ffff:203.0.113.7",
        "198.51.100.1, 203.0.113.7:4711",
    ] {
        let (_, answer) = check_out(&shop, address, "pebble", "1").await;
        let answer = answer.must_be(429).must_show("too many checkouts open");
        assert_eq!(answer.header("retry-after"), "600");
    }
    assert_eq!(shop.left("orbit").await, before - 10);
    assert_eq!(shop.held().await, 10);
    let (_, other) = check_out(&shop, "203.0.113.8", "orbit", "1").await;
    other.must_be(303);
    // One that is paid no longer counts.
    let (mut browser, pay) = first.unwrap();
    browser.submit(&pay, &[]).await.must_show("Thank you");
    let (_, again) = check_out(&shop, "203.0.113.7", "orbit", "1").await;
    again.must_be(303);
    let (_, full) = check_out(&shop, "203.0.113.7", "orbit", "1").await;
    full.must_be(429);
    // Nor do those whose time is over.
    shop.pass_minutes(15);
    shop.look_around().await;
    let (_, again) = check_out(&shop, "203.0.113.7", "orbit", "1").await;
    again.must_be(303);
}

#[tokio::test]
async fn several_carts_of_one_client_leave_half_of_a_product_to_others() {
    let shop = TestShop::start().await;
    shop.stock("orbit", 10).await;
    let mut opened = 0;
    for _ in 0..10 {
        let (_, answer) = check_out(&shop, "2001:db8::1", "orbit", "1").await;
        opened += u64::from(answer.status == 303);
    }
    assert_eq!((opened, shop.left("orbit").await), (5, 5));
    // Another address of the same network is the same client.
    let (_, same) = check_out(&shop, "2001:db8::ffff:2", "orbit", "1").await;
    same.must_be(429)
        .must_show("half of what there is of Orbit")
        .must_not_show("too many checkouts open");
    // Something else can still be bought, and by others this too.
    let (_, else_) = check_out(&shop, "2001:db8::1", "pebble", "1").await;
    else_.must_be(303);
    let (_, other) = check_out(&shop, "2001:db8:0:1::1", "orbit", "5").await;
    other.must_be(303);
    assert_eq!(shop.left("orbit").await, 0);
}

/// Opens checkouts of this many carts at once, and answers how many were opened.
async fn at_once(shop: &Arc<TestShop>, carts: u64, sku: &'static str, quantity: u64) -> u64 {
    let mut opening = JoinSet::new();
    for _ in 0..carts {
        let shop = Arc::clone(shop);
        opening.spawn(async move {
            let quantity = quantity.to_string();
            let (_, answer) = check_out(&shop, "203.0.113.7", sku, &quantity).await;
            assert!(
                matches!(answer.status.as_u16(), 303 | 429),
                "{}",
                answer.text
            );
            u64::from(answer.status == 303)
        });
    }
    opening.join_all().await.into_iter().sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_carts_at_once_as_many_are_opened_as_the_limit_allows() {
    for (stock, quantity, expected) in [(1_000, 1, 10), (20, 2, 5), (19, 9, 1)] {
        let shop = Arc::new(TestShop::start().await);
        shop.stock("orbit", stock).await;
        let opened = at_once(&shop, 30, "orbit", quantity).await;
        assert_eq!(opened, expected, "of {stock}, {quantity} at once");
        assert_eq!(shop.left("orbit").await, stock - quantity * opened);
        assert_eq!(shop.held().await, quantity * opened);
    }
}

#[tokio::test]
async fn a_second_click_does_not_get_around_the_limit() {
    let shop = TestShop::start().await;
    for _ in 0..10 {
        let (_, answer) = check_out(&shop, "203.0.113.7", "orbit", "1").await;
        answer.must_be(303);
    }
    // One more, of which the first click came as far as writing it down.
    let (mut browser, answer) = check_out(&shop, "203.0.113.8", "pebble", "1").await;
    let id = answer
        .must_be(303)
        .location()
        .split('/')
        .nth(2)
        .unwrap()
        .to_owned();
    let opening = json!({
        "$set": { "state": "opening", "client": "203.0.113.7" }, "$unset": { "reserved": 1 },
    });
    shop.edit("checkouts", &id, opening).await;
    browser
        .check_out()
        .await
        .must_be(429)
        .must_show("too many checkouts open");
    assert_eq!(shop.held().await, 10);
}

#[tokio::test]
async fn an_address_is_forgotten_with_the_reservation() {
    let shop = TestShop::start().await;
    let (mut paying, pay) = check_out(&shop, "203.0.113.7", "orbit", "1").await;
    let (mut leaving, cancel) = check_out(&shop, "203.0.113.7", "orbit", "1").await;
    let addresses = async || {
        let checkouts = shop
            .store
            .database()
            .collection::<serde_json::Value>("checkouts");
        let all = checkouts.find(json!({})).await.unwrap().all().await;
        let all = all.unwrap();
        all.iter()
            .filter(|it| it["client"] == "203.0.113.7")
            .count()
    };
    assert_eq!(addresses().await, 2);
    paying
        .submit(pay.location(), &[])
        .await
        .must_show("Thank you");
    let cancel = cancel.location().replace("/pay", "/cancel");
    leaving
        .submit(&cancel, &[])
        .await
        .must_show("Nothing was paid");
    assert_eq!(addresses().await, 0);
}

#[tokio::test]
async fn where_no_proxy_reports_addresses_its_own_is_nobodys() {
    let shop = TestShop::start().await;
    for _ in 0..12 {
        let mut browser = shop.browser();
        browser.add("orbit", "1").await.must_be(303);
        browser.check_out().await.must_be(303);
    }
    assert_eq!(shop.held().await, 12);
}
