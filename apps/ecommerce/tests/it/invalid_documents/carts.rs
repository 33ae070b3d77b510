//! Carts of which something cannot be read, or not be bought.

use serde_json::json;

use test_support::Log;

use crate::shop::{ADA, TestShop, ada, line};

#[tokio::test]
async fn a_line_that_cannot_be_bought_any_longer_can_be_removed() {
    let shop = TestShop::start().await;
    let mut ada_ = shop.browser();
    ada_.add("orbit", "1").await.must_be(303);
    ada_.add("pebble", "2").await.must_be(303);
    shop.edit(
        "products",
        "orbit",
        json!({ "$set": { "price.currency": "EUR" } }),
    )
    .await;
    for path in ["/", "/products", "/cart", "/checkout", "/products/pebble"] {
        ada_.get(path).await.must_be(200);
    }
    let cart = ada_.get("/cart").await;
    cart.must_show("not available at the moment")
        .must_show("/cart/items/orbit/remove")
        .must_show("Pebble Earbuds")
        .must_show("$258.00")
        .must_not_show("href=\"/checkout\"");
    assert_eq!(ada_.lines().await, [line("pebble", 2)]);
    ada_.post("/checkout", ADA)
        .await
        .must_be(422)
        .must_show("orbit");
    let api = format!("/api/carts/{}", ada_.cart_id());
    let cart = ada_.api_get(&api).await.must_be(200).json();
    assert_eq!(
        (&cart["gone"], &cart["total"]["amount_cents"]),
        (&json!(["orbit"]), &json!(25_800))
    );
    ada_.api_post(&format!("{api}/checkouts"), ada())
        .await
        .must_be(422);
    ada_.post("/cart/items/orbit", &[("quantity", "2")])
        .await
        .must_be(404);
    ada_.post("/cart/items/orbit/remove", &[])
        .await
        .must_be(303);
    ada_.check_out().await.must_be(303);
}

#[tokio::test]
async fn a_line_of_a_cart_that_is_not_a_quantity_can_be_removed_or_set() {
    let shop = TestShop::start().await;
    for quantity in [
        json!(0.5),
        json!(0),
        json!(-3),
        json!(1001),
        json!("2"),
        json!(null),
        json!([1]),
    ] {
        let mut ada = shop.browser();
        ada.add("orbit", "1").await.must_be(303);
        let id = ada.cart_id().to_owned();
        let change = json!({ "$set": { "items.orbit": quantity, "checkout": 7, "settled": ["x"], "items.Not a SKU": 1 } });
        shop.edit("carts", &id, change).await;
        ada.add("pebble", "1").await.must_be(303);
        ada.get("/").await.must_be(200);
        let cart = ada.get("/cart").await.must_be(200);
        cart.must_show("Pebble Earbuds")
            .must_show("/cart/items/orbit/remove")
            .must_not_show("href=\"/checkout\"");
        ada.add("orbit", "1")
            .await
            .must_be(422)
            .must_show("cannot be read");
        ada.post("/checkout", ADA).await.must_be(422);
        ada.post("/cart/items/orbit", &[("quantity", "2")])
            .await
            .must_be(303);
        assert_eq!(ada.lines().await, [line("orbit", 2), line("pebble", 1)]);
        shop.edit("carts", &id, json!({ "$set": { "items.orbit": quantity } }))
            .await;
        ada.post("/cart/items/orbit/remove", &[]).await.must_be(303);
        assert_eq!(
            (ada.lines().await, ada.cart_id()),
            (vec![line("pebble", 1)], id.as_str())
        );
        ada.check_out().await.must_be(303);
    }
}

#[tokio::test]
async fn a_document_that_is_not_a_cart_is_as_good_as_none() {
    let shop = TestShop::start().await;
    let changes = [
        json!({ "items": [1] }),
        json!({ "items": 7 }),
        json!({ "line_count": "one" }),
        json!({ "version": null }),
        json!({ "expires_at": "tomorrow" }),
    ];
    for change in changes {
        let log = Log::default();
        let _logging = log.start();
        let mut ada = shop.browser();
        ada.add("orbit", "1").await.must_be(303);
        let id = ada.cart_id().to_owned();
        shop.edit("carts", &id, json!({ "$set": change })).await;
        for page in ["/", "/products/orbit", "/cart"] {
            ada.get(page).await.must_be(200);
        }
        let api = format!("/api/carts/{id}");
        ada.api_get(&api).await.must_be(404);
        ada.post("/cart/items/orbit", &[("quantity", "2")])
            .await
            .must_be(404);
        ada.post("/cart/items/orbit/remove", &[]).await.must_be(303);
        ada.post("/checkout", ADA).await.must_be(303);
        ada.add("pebble", "1").await.must_be(303);
        ada.get("/cart")
            .await
            .must_be(200)
            .must_show("Pebble Earbuds");
        assert_ne!(ada.cart_id(), id, "{change}");
        ada.get("/checkout").await.must_be(200);
        let skipped = super::skipped(&log);
        assert_eq!(skipped.len(), 1, "{change}: {skipped:#?}");
        assert!(
            skipped[0].contains(&id[..8]) && !skipped[0].contains(&id),
            "{skipped:#?}"
        );
    }
}
