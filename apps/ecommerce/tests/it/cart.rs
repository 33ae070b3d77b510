//! Filling, changing and emptying a cart.

use axum::http::Method;
use serde_json::json;
use tokio::task::JoinSet;

use crate::shop::{TestShop, line};

#[tokio::test]
async fn adding_a_product_twice_sums_the_quantity_on_one_line() {
    let shop = TestShop::start().await;
    let mut ada = shop.browser();
    ada.add("iphone-12", "1").await.must_be(303);
    ada.add("orbit", "1").await.must_be(303);
    ada.add("iphone-12", "2").await.must_be(303);
    assert_eq!(ada.lines().await, [line("iphone-12", 3), line("orbit", 1)]);
    ada.get("/cart")
        .await
        .must_show("$1,776.00")
        .must_show("Cart, 4 items");
}

#[tokio::test]
async fn what_was_added_is_said_aloud_after_the_redirect() {
    let shop = TestShop::start().await;
    let mut ada = shop.browser();
    let cart = ada
        .submit("/cart/items", &[("sku", "pebble")])
        .await
        .must_be(200);
    cart.must_show("role=\"status\"")
        .must_show("Pebble Earbuds is in your cart.");
    let cart = ada
        .submit("/cart/items/pebble", &[("quantity", "5")])
        .await
        .must_be(200);
    cart.must_show("The quantity of Pebble Earbuds is changed.")
        .must_show("$645.00");
    let cart = ada
        .submit("/cart/items/pebble/remove", &[])
        .await
        .must_be(200);
    cart.must_show("The product is removed from your cart.")
        .must_show("Room for something good");
}

#[tokio::test]
async fn a_quantity_can_be_lowered() {
    let shop = TestShop::start().await;
    let mut ada = shop.browser();
    ada.add("orbit", "5").await.must_be(303);
    ada.post("/cart/items/orbit", &[("quantity", "2")])
        .await
        .must_be(303);
    assert_eq!(ada.lines().await, [line("orbit", 2)]);
}

#[tokio::test]
async fn fifty_clients_adding_the_same_product_twenty_times_make_exactly_a_thousand() {
    let shop = TestShop::start().await;
    let mut ada = shop.browser();
    let cart = ada
        .api(Method::POST, "/api/carts", None)
        .await
        .must_be(201)
        .json();
    let path = format!("/api/carts/{}/items", cart["id"].as_str().unwrap());
    let mut clients = JoinSet::new();
    for _ in 0..50 {
        let (mut client, path) = (shop.browser(), path.clone());
        clients.spawn(async move {
            for _ in 0..20 {
                client
                    .api_post(&path, json!({ "sku": "orbit", "quantity": 1 }))
                    .await
                    .must_be(200);
            }
        });
    }
    while let Some(client) = clients.join_next().await {
        client.unwrap();
    }
    // Enough for looking at it by the API; it is no cookie the pages would take.
    ada.cookie = Some(format!("cart={}", cart["id"].as_str().unwrap()));
    assert_eq!(ada.lines().await, [line("orbit", 1_000)]);
}

#[tokio::test]
async fn first_adds_of_one_product_at_once_make_one_line() {
    let shop = TestShop::start().await;
    let mut ada = shop.browser();
    ada.add("drift", "1").await.must_be(303);
    let mut clients = JoinSet::new();
    for product in ["orbit", "pebble", "canto"] {
        for _ in 0..8 {
            let mut client = ada.clone();
            clients.spawn(async move { client.add(product, "1").await.must_be(303) });
        }
    }
    clients.join_all().await;
    let mut lines = ada.lines().await;
    lines.sort();
    assert_eq!(
        lines,
        [
            line("canto", 8),
            line("drift", 1),
            line("orbit", 8),
            line("pebble", 8)
        ]
    );
}

#[tokio::test]
async fn a_line_holds_a_thousand_and_not_one_more() {
    let shop = TestShop::start().await;
    let mut ada = shop.browser();
    ada.add("braid-cable", "1000").await.must_be(303);
    let page = ada.add("braid-cable", "1").await.must_be(422);
    page.must_show("A cart holds at most 1,000 of one product")
        .must_show("<h1>Braid Cable</h1>");
    assert_eq!(ada.lines().await, [line("braid-cable", 1_000)]);
}

#[tokio::test]
async fn a_cart_holds_fifty_different_products_and_not_one_more() {
    let shop = TestShop::start().await;
    let products = shop
        .store
        .database()
        .collection::<astra_db::Document>("products");
    let sample = products
        .find_one(json!({ "_id": "orbit" }))
        .await
        .unwrap()
        .unwrap();
    let mut copy: serde_json::Value =
        serde_json::from_str(&serde_json::to_string(&sample).unwrap()).unwrap();
    for number in 0..51 {
        copy["_id"] = format!("copy-{number}").into();
        products
            .insert_one(serde_json::from_value::<astra_db::Document>(copy.clone()).unwrap())
            .await
            .unwrap();
    }
    let mut ada = shop.browser();
    for number in 0..50 {
        ada.add(&format!("copy-{number}"), "1").await.must_be(303);
    }
    ada.add("copy-50", "1")
        .await
        .must_be(422)
        .must_show("A cart holds at most 50 different products");
    ada.add("copy-7", "1").await.must_be(303);
    ada.post("/cart/items/copy-8/remove", &[])
        .await
        .must_be(303);
    ada.add("copy-50", "1").await.must_be(303);
    assert_eq!(ada.lines().await.len(), 50);
}

#[tokio::test]
async fn a_quantity_that_is_no_whole_positive_number_is_refused_beside_its_field() {
    let shop = TestShop::start().await;
    let mut ada = shop.browser();
    ada.add("orbit", "2").await.must_be(303);
    for bad in ["0", "-5", "1.5", "two", "", "1001", "1e3", "0x10"] {
        ada.add("orbit", bad)
            .await
            .must_be(422)
            .must_show("Choose a whole number from 1 to 1,000")
            .must_show("aria-invalid");
        let page = ada
            .post("/cart/items/orbit", &[("quantity", bad)])
            .await
            .must_be(422);
        page.must_show("Choose a whole number from 1 to 1,000")
            .must_show("problem-orbit");
    }
    assert_eq!(ada.lines().await, [line("orbit", 2)]);
}

#[tokio::test]
async fn an_unknown_product_is_never_put_into_a_cart() {
    let shop = TestShop::start().await;
    let mut ada = shop.browser();
    for unknown in ["iphone-99", "", "$ne", "a.b"] {
        ada.add(unknown, "1").await.must_be(404);
    }
    assert_eq!((ada.cookie.clone(), shop.count("carts").await), (None, 0));
    ada.add("orbit", "1").await.must_be(303);
    ada.add("iphone-99", "1").await.must_be(404);
    ada.post("/cart/items/drift", &[("quantity", "2")])
        .await
        .must_be(404)
        .must_show("This product is not in the cart.");
    assert_eq!(ada.lines().await, [line("orbit", 1)]);
}

#[tokio::test]
async fn the_cookie_is_out_of_reach_for_scripts_and_other_sites() {
    let shop = TestShop::start().await;
    let answer = shop.browser().add("orbit", "1").await.must_be(303);
    let cookie = answer.header("set-cookie");
    for part in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=2592000"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Secure"), "{cookie}");
}

#[tokio::test]
async fn over_https_a_neighbour_of_the_shop_cannot_plant_a_cart() {
    let shop = TestShop::at(Some("https://shop.example")).await;
    let mut ada = shop.browser();
    let answer = ada.add("orbit", "1").await.must_be(303);
    let cookie = answer.header("set-cookie");
    // What a browser wants to see before it takes a cookie with this prefix.
    assert!(cookie.starts_with("__Host-cart="), "{cookie}");
    assert!(
        cookie.contains("Secure") && cookie.contains("Path=/;"),
        "{cookie}"
    );
    assert!(!cookie.contains("Domain"), "{cookie}");
    // Another host of the same domain can only set a name without the prefix.
    let (_, value) = ada.cookie.as_deref().unwrap().split_once('=').unwrap();
    let mut eve = shop.browser();
    eve.cookie = Some(format!("cart={value}"));
    eve.get("/cart").await.must_show("nothing in your cart");
    ada.get("/cart").await.must_show("Cart, 1 item");
}

#[tokio::test]
async fn a_cart_nobody_touches_for_thirty_days_is_gone_and_a_new_one_takes_its_place() {
    let shop = TestShop::start().await;
    let mut ada = shop.browser();
    ada.add("orbit", "1").await.must_be(303);
    let first = ada.cart_id().to_owned();
    shop.pass_days(29);
    ada.add("orbit", "1").await.must_be(303);
    assert_eq!(ada.cart_id(), first);
    shop.pass_days(31);
    ada.get("/cart")
        .await
        .must_be(200)
        .must_show("Room for something good");
    ada.add("drift", "1").await.must_be(303);
    assert_ne!(ada.cart_id(), first);
    assert_eq!(ada.lines().await, [line("drift", 1)]);
}

#[tokio::test]
async fn a_product_that_left_the_shop_can_be_removed_and_blocks_only_checkout() {
    let shop = TestShop::start().await;
    let mut ada = shop.browser();
    ada.add("orbit", "1").await.must_be(303);
    ada.add("drift", "1").await.must_be(303);
    let products = shop
        .store
        .database()
        .collection::<astra_db::Document>("products");
    products
        .delete_one(json!({ "_id": "orbit" }))
        .await
        .unwrap();
    ada.get("/cart")
        .await
        .must_be(200)
        .must_show("No longer sold")
        .must_show("$249.00")
        .must_not_show("href=\"/checkout\"");
    ada.check_out()
        .await
        .must_be(422)
        .must_show("orbit is no longer sold");
    ada.post("/cart/items/orbit/remove", &[]).await.must_be(303);
    ada.check_out().await.must_be(303);
}
