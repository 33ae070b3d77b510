//! Reservations step by step: killed or held up between any two of them, and very many at once.

use std::time::{Duration, Instant};

use ecommerce::domain::checkout::{Checkout, CheckoutState};
use ecommerce::domain::id::CheckoutId;
use ecommerce::domain::stock::{self, Direction, Marker};
use ecommerce::use_cases::reserve_stock::{confirm, take};
use serde_json::{Value, json};

use crate::shop::TestShop;
use test_support::say;

/// The checkout as the database holds it.
async fn stored(shop: &TestShop, id: &str) -> Checkout {
    let found = shop.store.checkouts.find(id.parse().unwrap()).await;
    found.unwrap().unwrap()
}

#[tokio::test]
async fn a_crash_between_any_two_steps_of_closing_returns_everything_once() {
    let shop = TestShop::start().await;
    let stock = &shop.store.stock;
    let before = (shop.left("orbit").await, shop.left("drift").await);
    for steps in 0..=5 {
        let mut ada = shop.browser();
        ada.add("orbit", "3").await.must_be(303);
        ada.add("drift", "1").await.must_be(303);
        let till = ada.check_out().await.leads_to();
        let id = till.split('/').nth(2).unwrap();
        let expired = json!({ "$set": { "state": "expired" } });
        shop.edit("checkouts", id, expired).await;
        // By hand, as far as a process came that died: announced, named, put back.
        let checkout = stored(&shop, id).await;
        let mut markers = Vec::new();
        for (step, line) in (1..).zip(&checkout.lines) {
            if steps >= step {
                let (sku, back) = (line.sku.clone(), Direction::Back);
                let marker = Marker::new(sku, checkout.id, 0, back, line.quantity);
                markers.extend(stock.announce(marker).await.unwrap());
            }
        }
        if steps >= 3 {
            let tokens = stock::tokens(&markers);
            let named = shop.store.checkouts.mark_returned(&checkout, &tokens);
            assert!(named.await.unwrap());
        }
        for (step, marker) in (4..).zip(&markers) {
            assert!(steps < step || stock.put_back(marker).await.unwrap());
        }
        for _ in 0..2 {
            shop.look_around().await;
            let now = (shop.left("orbit").await, shop.left("drift").await);
            assert_eq!((now, shop.held().await), (before, 0), "{steps} steps");
        }
        assert!(!stored(&shop, id).await.holds_stock);
    }
}

/// Leaves a checkout as a process leaves it that dies after it has taken the items and before they
/// are named. Answers the markers.
async fn dies_before_naming(shop: &TestShop, id: &str) -> Vec<Marker> {
    let checkout = stored(shop, id).await;
    let opening = json!({ "$set": { "state": "opening" }, "$unset": { "reserved": 1 } });
    shop.edit("checkouts", id, opening).await;
    let mut markers = Vec::new();
    for line in &checkout.lines {
        let (sku, out) = (line.sku.clone(), Direction::Out);
        let marker = Marker::new(sku, checkout.id, 0, out, line.quantity);
        markers.extend(shop.store.stock.announce(marker).await.unwrap());
    }
    markers
}

#[tokio::test]
async fn a_checkout_that_died_while_reserving_is_taken_up_by_the_next_click() {
    let shop = TestShop::start().await;
    shop.stock("orbit", 3).await;
    let mut ada = shop.browser();
    ada.add("orbit", "3").await.must_be(303);
    let till = ada.check_out().await.leads_to();
    let id = till.split('/').nth(2).unwrap();
    dies_before_naming(&shop, id).await;
    ada.post(&till, &[]).await.must_be(409);
    assert_eq!(ada.check_out().await.must_be(303).location(), till);
    assert_eq!((shop.left("orbit").await, shop.held().await), (0, 3));
    ada.submit(&till, &[]).await.must_show("Thank you");
    assert_eq!((shop.left("orbit").await, shop.held().await), (0, 0));
}

#[tokio::test]
async fn a_checkout_that_died_while_reserving_and_is_left_returns_everything() {
    let shop = TestShop::start().await;
    let before = shop.left("orbit").await;
    let mut ada = shop.browser();
    ada.add("orbit", "3").await.must_be(303);
    let till = ada.check_out().await.leads_to();
    let id = till.split('/').nth(2).unwrap();
    dies_before_naming(&shop, id).await;
    shop.pass_minutes(15);
    shop.look_around().await;
    assert_eq!((shop.left("orbit").await, shop.held().await), (before, 0));
}

#[tokio::test]
async fn a_worker_that_was_held_up_for_long_neither_takes_nor_returns_twice() {
    let shop = TestShop::start().await;
    let (stock, before) = (&shop.store.stock, shop.left("orbit").await);
    let mut ada = shop.browser();
    ada.add("orbit", "3").await.must_be(303);
    let till = ada.check_out().await.leads_to();
    let id = till.split('/').nth(2).unwrap();
    let checkout = stored(&shop, id).await;
    let late = |direction| {
        let line = &checkout.lines[0];
        Marker::new(line.sku.clone(), checkout.id, 0, direction, line.quantity)
    };
    // Everything is named by now: what it takes is put back at the next look around.
    stock.take(late(Direction::Out), 3).await.unwrap();
    shop.look_around().await;
    assert_eq!(
        (shop.left("orbit").await, shop.held().await),
        (before - 3, 3)
    );
    let button = till.replace("/pay", "/cancel");
    ada.submit(&button, &[]).await.must_show("Nothing was paid");
    // Everything is returned by now, too.
    for direction in [Direction::Out, Direction::Back] {
        let marker = late(direction);
        match direction {
            Direction::Out => drop(stock.take(marker, 3).await.unwrap()),
            Direction::Back => drop(stock.announce(marker).await.unwrap()),
        }
        shop.look_around().await;
        assert_eq!((shop.left("orbit").await, shop.held().await), (before, 0));
    }
}

/// A thousand open checkouts once filled a product's document; `OPEN_CHECKOUTS=10000` makes it the
/// long form. They are written as [`open`](ecommerce::use_cases::open_checkout::open) leaves them.
#[tokio::test]
async fn a_product_with_a_thousand_open_checkouts_goes_on_selling_at_the_same_price() {
    let open = std::env::var("OPEN_CHECKOUTS").map_or(1_001, |it| it.parse().unwrap());
    let shop = TestShop::start().await;
    shop.stock("orbit", 2 * open).await;
    let size = async || {
        let products = shop.store.database().collection::<Value>("products");
        let orbit = products.find_one(json!({ "_id": "orbit" })).await.unwrap();
        orbit.unwrap().to_string().len()
    };
    let sell = async || {
        let mut buyer = shop.browser();
        buyer.add("orbit", "1").await.must_be(303);
        let start = Instant::now();
        let till = buyer.check_out().await.leads_to();
        buyer.submit(&till, &[]).await.must_show("Thank you");
        start.elapsed()
    };
    let first = sell().await;
    let (at_first, mut eve) = (size().await, shop.browser());
    eve.add("orbit", "1").await.must_be(303);
    let till = eve.check_out().await.leads_to();
    let like = stored(&shop, till.split('/').nth(2).unwrap()).await;
    for _ in 1..open {
        let checkout = Checkout {
            id: CheckoutId::random(),
            state: CheckoutState::Opening,
            reserved: None,
            ..like.clone()
        };
        shop.store.checkouts.insert(&checkout).await.unwrap();
        let markers = take(&shop.store, &checkout).await.unwrap().unwrap();
        let tokens = stock::tokens(&markers);
        let named = shop.store.checkouts.mark_reserved(&checkout, &tokens);
        assert!(named.await.unwrap());
        confirm(&shop.store, &markers).await;
    }
    assert_eq!(shop.held().await, open);
    let mut sales: Vec<Duration> = Vec::new();
    for _ in 0..20 {
        sales.push(sell().await);
    }
    sales.sort_unstable();
    say(&format!(
        "a sale took {first:?} at first and {:?} (median of 20) beside {open} open checkouts; the product's document {at_first} and {} bytes",
        sales[10],
        size().await
    ));
    assert!(size().await <= at_first);
    let start = Instant::now();
    shop.look_around().await;
    say(&format!("a look around took {:?}", start.elapsed()));
    assert_eq!(shop.left("orbit").await, 2 * open - open - 21);
    shop.pass_minutes(16);
    let start = Instant::now();
    shop.look_around().await;
    say(&format!("ending all of them took {:?}", start.elapsed()));
    assert_eq!(
        (shop.left("orbit").await, shop.held().await),
        (2 * open - 21, 0)
    );
}
