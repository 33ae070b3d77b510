//! Browsing from memory: how old it may be, what it costs, and what it never decides.

use std::time::{Duration, Instant};

use serde_json::json;
use test_support::Log;

use crate::admin::{Form, logged_in, token};
use crate::listening::Listening;
use crate::shop::TestShop;

/// A shop in front of people, and the database it asks.
async fn shop() -> (TestShop, Listening) {
    let listening = Listening::new();
    let shop = TestShop::remembering(listening.database().await).await;
    shop.browser().get("/").await.must_be(200);
    listening.heard();
    (shop, listening)
}

async fn delete(shop: &TestShop, id: &str) {
    let products = shop
        .store
        .database()
        .collection::<serde_json::Value>("products");
    products.delete_one(json!({ "_id": id })).await.unwrap();
}

fn text(log: &Log) -> String {
    json!(log.lines()).to_string()
}

const ORBIT: &str = "/products/orbit";

#[tokio::test]
async fn an_edit_is_seen_at_once_by_its_instance_and_by_others_within_five_seconds() {
    let (shop, _) = shop().await;
    let mut elsewhere = shop.another_instance();
    elsewhere.get(ORBIT).await.must_show("$279.00");
    let mut admin = logged_in(&shop).await;
    let form = Form::of(&admin.get("/admin/products/orbit").await, 0).with("price", "311");
    form.send(&mut admin, "/admin/products/orbit")
        .await
        .must_be(303);
    let mut here = shop.browser();
    for page in [ORBIT, "/products?category=watches", "/"] {
        here.get(page).await.must_show("$311.00");
    }
    elsewhere.get(ORBIT).await.must_show("$279.00");
    shop.pass_seconds(5);
    for page in [ORBIT, "/products?category=watches", "/"] {
        elsewhere.get(page).await.must_show("$311.00");
    }
}

#[tokio::test]
async fn a_product_that_was_made_is_found_at_once_here_and_in_five_seconds_elsewhere() {
    let (shop, _) = shop().await;
    let mut elsewhere = shop.another_instance();
    elsewhere
        .get("/products?q=lamp")
        .await
        .must_not_show("Desk");
    let mut admin = logged_in(&shop).await;
    let token = token(&admin.get("/admin/products/new").await);
    let fields = [
        ("token", token.as_str()),
        ("id", "desk-lamp"),
        ("name", "Desk Lamp"),
        ("tagline", "Light where the book is"),
        ("category", "accessories"),
        ("image", "/static/products/no-picture.svg"),
        ("rank", "1"),
        ("price", "39.50"),
    ];
    admin
        .post("/admin/products/new", &fields)
        .await
        .must_be(303);
    let lamp = "/products/desk-lamp";
    shop.browser().get("/products?q=lamp").await.must_show(lamp);
    elsewhere.get("/products?q=lamp").await.must_not_show(lamp);
    shop.pass_seconds(5);
    elsewhere.get("/products?q=lamp").await.must_show(lamp);
}

#[tokio::test]
async fn what_is_sold_is_shown_within_five_seconds_and_only_that_is_read() {
    let (shop, listening) = shop().await;
    shop.stock("orbit", 4).await;
    shop.pass_days(1);
    let mut ada = shop.browser();
    ada.get(ORBIT).await.must_show("Only 4 left");
    // What is on its way is read twice; then nothing is.
    for read in [0, 0] {
        shop.pass_seconds(5);
        listening.documents();
        ada.get(ORBIT).await.must_be(200);
        assert_eq!(listening.documents(), read);
    }
    let mut bob = shop.another_instance();
    bob.add("orbit", "1").await.must_be(303);
    let till = bob.check_out().await.leads_to();
    ada.get(ORBIT).await.must_show("Only 4 left");
    shop.pass_seconds(5);
    listening.documents();
    ada.get(ORBIT).await.must_show("Only 3 left");
    assert_eq!(listening.documents(), 1);
    bob.submit(&till.replace("/pay", "/cancel"), &[])
        .await
        .must_show("Nothing was paid");
    shop.pass_seconds(5);
    ada.get(ORBIT).await.must_show("Only 4 left");
}

#[tokio::test]
async fn the_cart_and_the_checkout_never_ask_the_memory() {
    let (shop, listening) = shop().await;
    shop.stock("orbit", 2).await;
    let sold_out = json!({ "$set": { "stock.pebble": 0 } });
    shop.edit("products", "pebble", sold_out).await;
    let price = json!({ "$set": { "price.amount_cents": 12_300 } });
    shop.edit("products", "orbit", price).await;
    let mut ada = shop.browser();
    ada.get(ORBIT)
        .await
        .must_show("$279.00")
        .must_not_show("Only 2 left");
    ada.add("orbit", "3")
        .await
        .must_be(422)
        .must_show("Only 2 left");
    ada.add("pebble", "1")
        .await
        .must_be(422)
        .must_show("sold out");
    ada.add("orbit", "1").await.must_be(303);
    ada.get("/cart").await.must_show("$123.00");
    delete(&shop, "drift").await;
    ada.add("drift", "1").await.must_be(404);
    // Not even where the memory could not be read.
    listening.heard();
    let till = ada.check_out().await.leads_to();
    assert!(!listening.heard().is_empty());
    ada.get(&till).await.must_show("$123.00");
}

#[tokio::test]
async fn what_is_deleted_or_changed_by_others_is_seen_within_a_minute() {
    let (shop, listening) = shop().await;
    let mut ada = shop.browser();
    delete(&shop, "orbit").await;
    let price = json!({ "$set": { "price.amount_cents": 100 } });
    shop.edit("products", "pebble", price).await;
    let broken = json!({ "$set": { "price.amount_cents": "free" } });
    shop.edit("products", "drift", broken).await;
    shop.pass_seconds(59);
    ada.get(ORBIT).await.must_be(200);
    shop.pass_seconds(1);
    // It is read behind the answer to whoever comes first.
    listening.heard();
    ada.get("/products").await.must_be(200);
    let (mut commands, start) = (listening.heard().len(), Instant::now());
    while commands < 2 && start.elapsed() < Duration::from_secs(30) {
        tokio::task::yield_now().await;
        commands += listening.heard().len();
    }
    shop.pass_seconds(5);
    ada.get(ORBIT).await.must_be(404);
    ada.get("/products/drift").await.must_be(404);
    ada.get("/products/pebble").await.must_show("$1.00");
    ada.get("/products?category=watches")
        .await
        .must_not_show("href=\"/products/orbit\"");
    ada.get("/products").await.must_show("24 products");
    logged_in(&shop)
        .await
        .get("/admin/products")
        .await
        .must_show("<code>drift</code>");
}

#[tokio::test]
async fn a_hundred_visitors_at_once_are_one_refresh() {
    let (shop, listening) = shop().await;
    shop.pass_seconds(5);
    let visits = (0..100).map(|number| {
        let mut browser = shop.browser();
        async move {
            browser
                .get(["/", "/products", ORBIT][number % 3])
                .await
                .must_be(200)
        }
    });
    futures_util::future::join_all(visits).await;
    assert_eq!(listening.heard(), ["find products"]);
    // And one reading of everything.
    shop.pass_days(1);
    let visits = (0..100).map(|_| {
        let mut browser = shop.browser();
        async move { browser.get("/products").await.must_be(200) }
    });
    futures_util::future::join_all(visits).await;
    assert_eq!(listening.heard(), ["find products"]);
}

#[tokio::test]
async fn a_database_that_is_away_leaves_the_old_catalog_for_ten_minutes_and_says_so() {
    let (shop, listening) = shop().await;
    let log = Log::default();
    let _logging = log.start();
    let mut ada = shop.browser();
    listening.is_away(true);
    shop.pass_seconds(5);
    for page in ["/", "/products?sort=name", ORBIT, "/api/products"] {
        ada.get(page).await.must_be(200);
    }
    // It was asked once, with the client's own retries, and is left alone for two seconds.
    let warnings = || {
        text(&log)
            .matches("is shown as it was for up to 600 s")
            .count()
    };
    assert_eq!(warnings(), 1, "{}", text(&log));
    listening.heard();
    ada.get("/").await.must_be(200);
    assert_eq!(listening.heard(), [""; 0]);
    ada.get("/health/ready").await.must_be(503);
    shop.pass_minutes(9);
    ada.get("/").await.must_be(200);
    shop.pass_minutes(2);
    ada.get("/")
        .await
        .must_be(503)
        .must_show("cannot reach its database");
    listening.is_away(false);
    shop.pass_seconds(2);
    ada.get("/").await.must_be(200);
    assert_eq!(warnings(), 1, "{}", text(&log));
    assert!(text(&log).contains("the catalog could be read again"));
}

#[tokio::test]
async fn a_shop_that_starts_while_its_database_is_away_says_so_and_then_reads_the_catalog() {
    let (shop, listening) = shop().await;
    let mut elsewhere = shop.another_instance();
    listening.is_away(true);
    elsewhere.get("/products").await.must_be(503);
    listening.is_away(false);
    shop.pass_seconds(2);
    elsewhere
        .get("/products")
        .await
        .must_be(200)
        .must_show("26 products");
}

#[tokio::test]
async fn a_page_is_written_once_for_all_with_as_many_pieces_and_anew_after_a_change() {
    let (shop, _) = shop().await;
    let (mut ada, mut bob) = (shop.browser(), shop.browser());
    let first = ada.get("/products").await.text;
    assert_eq!(bob.get("/products").await.text, first);
    bob.add("orbit", "2").await.must_be(303);
    let with_badge = bob.get("/products").await.text;
    assert_ne!(with_badge, first);
    assert_eq!(ada.get("/products").await.text, first);
    // However many addresses strangers make up.
    for number in 0..300 {
        let page = format!("/products?q=nothing{number}");
        ada.get(&page).await.must_show(&format!("nothing{number}"));
    }
    assert_eq!(bob.get("/products").await.text, with_badge);
    assert_eq!(ada.get("/products").await.text, first);
}
