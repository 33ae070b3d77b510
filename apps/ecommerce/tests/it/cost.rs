//! What a page costs: which commands reach the database, and that none of them reads a whole collection.

use crate::listening::Listening;
use crate::shop::TestShop;

/// A shop, and what takes away the commands heard since the last time.
async fn listening_shop() -> (TestShop, impl Fn() -> Vec<String>) {
    let listening = Listening::new();
    let shop = TestShop::remembering(listening.database().await).await;
    let commands = move || listening.heard();
    commands();
    (shop, commands)
}

/// Everything there is to browse.
const BROWSED: [&str; 10] = [
    "/",
    "/products",
    "/products?q=phone&sort=price-low",
    "/products?category=audio&min=100&max=200&page=2",
    "/products?q=ipone",
    "/products/orbit",
    "/products/iphone-12-pro?variant=gold-128",
    "/sitemap.xml",
    "/api/products?q=phone",
    "/api/products/orbit",
];

#[tokio::test]
async fn a_page_to_browse_asks_the_database_nothing_for_five_seconds_and_then_what_has_changed() {
    let (shop, commands) = listening_shop().await;
    let mut ada = shop.browser();
    // What a cold start costs: the catalog, fifty products a command.
    ada.get("/").await.must_be(200);
    assert_eq!(commands(), ["find products"]);
    for page in BROWSED {
        ada.get(page).await.must_be(200);
        assert_eq!(commands(), [""; 0], "{page}");
    }
    for page in BROWSED {
        shop.pass_seconds(5);
        ada.get(page).await.must_be(200);
        assert_eq!(commands(), ["find products"], "{page}");
    }
    // With a cart there is its badge.
    ada.add("orbit", "1").await.must_be(303);
    commands();
    ada.get("/products").await.must_be(200);
    assert_eq!(commands(), ["findOne carts"]);
    // Once a minute everything is read, to see what was deleted; not while nobody browses.
    shop.pass_days(1);
    assert_eq!(commands(), [""; 0]);
    shop.browser().get("/").await.must_be(200);
    assert_eq!(commands(), ["find products"]);
}

#[tokio::test]
async fn a_change_of_the_cart_is_one_look_at_the_stock_and_one_update() {
    let (shop, commands) = listening_shop().await;
    let mut ada = shop.browser();
    ada.add("orbit", "1").await.must_be(303);
    assert_eq!(commands(), ["findOne products", "insertOne carts"]);
    ada.add("orbit", "1").await.must_be(303);
    assert_eq!(commands(), ["findOne products", "updateOne carts"]);
    ada.post("/cart/items/orbit", &[("quantity", "1")])
        .await
        .must_be(303);
    assert_eq!(commands(), ["findOne products", "updateOne carts"]);
    ada.get("/cart").await.must_be(200);
    assert_eq!(commands(), ["findOne carts", "find products"]);
}

#[tokio::test]
async fn an_order_is_fourteen_commands_from_the_form_to_the_end() {
    let (shop, commands) = listening_shop().await;
    let mut ada = shop.browser();
    ada.add("orbit", "1").await.must_be(303);
    commands();
    let till = ada.check_out().await.leads_to();
    let opening = [
        "findOne carts",
        "find products",
        "insertOne checkouts",
        "updateOne carts",
        "updateOne products",
        "updateOne checkouts",
        "updateOne products",
    ];
    assert_eq!(commands(), opening);
    let order = ada.post(&till, &[]).await.leads_to();
    let paying = [
        "findOne checkouts",
        "updateOne checkouts",
        "findOne checkouts",
    ];
    let finishing = [
        "insertOne orders",
        "findOne carts",
        "deleteOne carts",
        "updateOne checkouts",
    ];
    assert_eq!(commands(), [&paying[..], &finishing[..]].concat());
    ada.get(&order).await.must_be(200);
    assert_eq!(commands(), ["findOne carts", "findOne orders"]);
}
