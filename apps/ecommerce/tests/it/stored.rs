//! Data that an earlier version has written, in `tests/stored/`: this one opens it, and what was
//! under way then comes to its end.
//!
//! In all of it products carry the words they are found by, and not when they have changed.
//!
//! `reservations_in_products`: what is reserved is noted in the product, `held.<sku>.<checkout>`,
//! and nowhere else. Open are, by the buyer's e-mail address, `pays` (3 orbit, 2 iphone-12),
//! `leaves` (5 orbit, 1 iphone-12-pro_gold-128), `cancels` (1 orbit), `replaced` (1 orbit, 1
//! pebble), with a session at Stripe `stripe-pays` (2 orbit, 1 pebble) and `stripe-leaves` (4
//! orbit), and on the way there `stripe-not-there-yet` (1 drift). Two orders are paid, two carts
//! have never been checked out.

use std::path::Path;

use ecommerce::Store;
use ecommerce::domain::checkout::{Checkout, CheckoutState};
use ecommerce::domain::payment::Payment;
use ecommerce::payments::Payments;
use serde_json::{Value, json};
use shared::settings::DataSettings;
use tempfile::TempDir;

use crate::admin::{Form, logged_in};
use crate::paying::{Market, Paying};
use crate::shop::TestShop;
use stripe_stand_in::PayWith;

/// When it was written, in seconds.
const WRITTEN: i64 = 1_796_047_105;

/// A copy of the data, and what is in it. The folder goes with the guard.
async fn copy() -> (TempDir, Store) {
    let data = tempfile::tempdir().unwrap();
    let stored = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stored");
    let stored = stored.join("reservations_in_products/astra.db");
    std::fs::copy(stored, data.path().join("astra.db")).unwrap();
    let database = shared::connect::open(&DataSettings::embedded(data.path())).await;
    let store = Store::open(database.unwrap()).await.unwrap();
    (data, store)
}

async fn open_shop() -> (TempDir, TestShop) {
    let (data, store) = copy().await;
    let shop = TestShop::of(store, None, Payments::default());
    shop.set_time(WRITTEN);
    (data, shop)
}

/// The checkouts of a buyer that can be paid, or have been.
async fn checkout(shop: &TestShop, buyer: &str) -> Checkout {
    let checkouts = shop.store.database().collection::<Checkout>("checkouts");
    let all = checkouts.find(json!({})).await.unwrap().all().await;
    let email = format!("{buyer}@example.com");
    let mut of_buyer = all.unwrap();
    of_buyer.retain(|it| it.customer.email == email && it.state != CheckoutState::Replaced);
    assert_eq!(of_buyer.len(), 1, "{buyer}");
    of_buyer.remove(0)
}

/// What is left of everything that somebody had reserved.
async fn left(shop: &TestShop) -> [u64; 5] {
    [
        shop.left("orbit").await,
        shop.left("iphone-12").await,
        shop.left("iphone-12-pro_gold-128").await,
        shop.left("pebble").await,
        shop.left("drift").await,
    ]
}

/// As it was written, with everything reserved.
const AT_FIRST: [u64; 5] = [2_482, 197, 2, 198, 198];

async fn nothing_is_noted_in_products(shop: &TestShop) {
    let products = shop.store.database().collection::<Value>("products");
    let noted =
        json!({ "$or": [{ "held": { "$exists": true } }, { "pending_count": { "$gt": 0 } }] });
    assert_eq!(products.find_one(noted).await.unwrap(), None);
}

#[tokio::test]
async fn a_start_takes_over_what_was_reserved_in_products_and_changes_no_stock() {
    let (_data, shop) = open_shop().await;
    for _ in 0..2 {
        shop.restart().await;
        assert_eq!(left(&shop).await, AT_FIRST);
        assert_eq!(shop.held().await, 22);
        nothing_is_noted_in_products(&shop).await;
    }
    assert_eq!(shop.count("orders").await, 2);
    assert_eq!(shop.count("carts").await, 9);
}

#[tokio::test]
async fn every_checkout_that_an_earlier_version_left_open_ends_as_it_should() {
    let (_data, shop) = open_shop().await;
    shop.restart().await;
    let mut browser = shop.browser();
    for buyer in ["pays", "replaced"] {
        let pay = format!("/checkout/{}/pay", checkout(&shop, buyer).await.id);
        browser.submit(&pay, &[]).await.must_show("Thank you");
        browser.submit(&pay, &[]).await.must_show("Thank you");
    }
    let cancel = format!("/checkout/{}/cancel", checkout(&shop, "cancels").await.id);
    browser
        .submit(&cancel, &[])
        .await
        .must_show("Nothing was paid");
    assert_eq!(shop.count("orders").await, 4);
    assert_eq!(left(&shop).await, [2_483, 197, 2, 198, 198]);
    // An hour after they were opened, as was said then, the others that are not at Stripe end.
    shop.set_time(WRITTEN + 3_601);
    shop.look_around().await;
    assert_eq!(left(&shop).await, [2_488, 197, 3, 198, 199]);
    let leaves = checkout(&shop, "leaves").await;
    assert_eq!(
        (leaves.state, leaves.holds_stock),
        (CheckoutState::Expired, false)
    );
    // Of those at Stripe nobody can say without its key whether they are paid.
    assert_eq!(shop.held().await, 7);
}

#[tokio::test]
async fn sessions_at_stripe_that_an_earlier_version_opened_end_as_they_should() {
    let (_data, store) = copy().await;
    let market = Market::of(store).await;
    market.set_time(WRITTEN);
    market.shop.restart().await;
    let paying = async |buyer: &str| {
        let checkout = checkout(&market.shop, buyer).await;
        let session = checkout.session.clone().unwrap();
        let ends = checkout.expires_at.as_millis() / 1_000;
        let (id, total) = (checkout.id.to_string(), checkout.total.amount_cents);
        market.stripe.adopt(&session, &id, total, ends);
        Paying { id, session }
    };
    let (pays, leaves) = (paying("stripe-pays").await, paying("stripe-leaves").await);
    market
        .stripe
        .pay(&pays.session, PayWith::Visa)
        .await
        .unwrap();
    assert_eq!(market.tell("checkout.session.completed").await, 204);
    assert_eq!(market.order(&pays).await.status.slug(), "paid");
    let late = checkout(&market.shop, "stripe-not-there-yet").await;
    let pay = format!("/checkout/{}/pay", late.id);
    market
        .shop
        .browser()
        .get(&pay)
        .await
        .must_be(200)
        .must_show("Pay now");
    market.set_time(WRITTEN + 3_601);
    market.shop.look_around().await;
    assert_eq!(market.state_of(&leaves).await, json!("expired"));
    // Everything but what was paid for is back.
    assert_eq!(left(&market.shop).await, [2_496, 199, 3, 199, 199]);
    assert_eq!(market.shop.held().await, 0);
    nothing_is_noted_in_products(&market.shop).await;
}

#[tokio::test]
async fn what_an_earlier_version_left_half_done_is_finished() {
    let payment = json!(Payment {
        provider: "test-till".to_owned(),
        reference: "TEST".to_owned(),
        method: None,
        paid_at: astra_db::Timestamp::from_millis(WRITTEN * 1_000),
    });
    for (state, expected, orders) in [
        // Paid, and killed before the order was written or the items handed over.
        ("paid", AT_FIRST, 3),
        // Closed, and killed before they were put back.
        ("cancelled", [2_485, 199, 2, 198, 198], 2),
        // Killed while it was reserving them: put back once its time is over.
        ("opening", AT_FIRST, 2),
    ] {
        let (_data, shop) = open_shop().await;
        let id = checkout(&shop, "pays").await.id.to_string();
        let half_done = json!({ "$set": { "state": state, "payment": payment } });
        shop.edit("checkouts", &id, half_done).await;
        shop.restart().await;
        shop.look_around().await;
        assert_eq!(left(&shop).await, expected, "{state}");
        assert_eq!(shop.count("orders").await, orders, "{state}");
        if state == "opening" {
            shop.set_time(WRITTEN + 3_601);
            shop.look_around().await;
            assert_eq!(shop.left("iphone-12").await, 199);
        }
    }
}

#[tokio::test]
async fn a_catalog_that_an_earlier_version_wrote_is_browsed_searched_sold_and_edited() {
    let (_data, shop) = open_shop().await;
    let shop = shop.with_memory();
    let products = shop.store.database().collection::<Value>("products");
    let count = async |filter: Value| products.count_documents(filter, 1_000).await.unwrap();
    let (stamped, with_words) = (
        json!({ "changed_at": { "$exists": true } }),
        json!({ "keywords": { "$exists": true } }),
    );
    assert_eq!(
        (
            count(stamped.clone()).await,
            count(with_words.clone()).await
        ),
        (0, 26)
    );
    let mut ada = shop.browser();
    ada.get("/products").await.must_show("26 products");
    ada.get("/products?q=walnut")
        .await
        .must_show("/products/canto");
    ada.get("/products/stride").await.must_show("Berry");
    // What is sold is stamped, and seen elsewhere.
    let mut elsewhere = shop.another_instance();
    shop.stock("slate-mini", 4).await;
    let left = "Only 3 left";
    elsewhere
        .get("/products/slate-mini")
        .await
        .must_not_show(left);
    ada.add("slate-mini", "1").await.must_be(303);
    ada.check_out().await.must_be(303);
    assert_eq!(count(stamped.clone()).await, 1);
    shop.pass_minutes(1);
    elsewhere.get("/products/slate-mini").await.must_show(left);
    // And so is what is edited.
    let mut admin = logged_in(&shop).await;
    let form = Form::of(&admin.get("/admin/products/orbit").await, 0);
    let form = form.with("tagline", "Rounder than ever");
    form.send(&mut admin, "/admin/products/orbit")
        .await
        .must_be(303);
    ada.get("/products?q=rounder")
        .await
        .must_show("/products/orbit");
    assert_eq!((count(stamped).await, count(with_words).await), (2, 26));
}
