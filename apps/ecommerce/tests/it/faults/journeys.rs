//! What people do in the shop, and what must be true when they have left.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use astra_db::Database;
use astra_db::testing::Faults;
use ecommerce::domain::order::Order;
use ecommerce::domain::product::Product;
use ecommerce::payments::Payments;
use ecommerce::use_cases::reconcile;
use ecommerce::{Store, start};
use serde_json::json;
use tokio::task::JoinSet;

use super::buyer::Buyer;
use crate::shop::TestShop;

/// One after the other, and then many at once.
pub(super) async fn all(database: &Database, faults: &Faults) -> TestShop {
    let open = async || open(database, faults, Payments::default(), None).await;
    let mut shop = open().await;
    for _ in 0..3 {
        // Another instance, or the same again.
        shop = open().await;
    }
    let before = Books::of(&shop, faults).await;
    let mut orders = vec![
        a_purchase(&shop, faults).await,
        an_order_paid_in_three_tabs(&shop, faults).await,
    ];
    a_canceled_checkout(&shop, faults).await;
    an_abandoned_checkout(&shop, faults).await;
    three_tabs_fill_one_cart(&shop, faults).await;
    orders.extend(the_last_pieces(&shop, faults).await);
    close_the_books(&shop, faults, &before, &orders).await;
    shop
}

/// Starts the shop, again and again if need be, as whatever runs it does. Where the database lists nothing anymore, its
/// operator has to restart it.
pub(super) async fn open(
    database: &Database,
    faults: &Faults,
    payments: Payments,
    public_url: Option<&str>,
) -> TestShop {
    let mut failures = Vec::new();
    for _ in 0..40 {
        let started = async {
            let store = Store::open(database.clone()).await?;
            let shop = TestShop::of(store, public_url, payments.clone());
            start::prepare(&shop.state, Duration::from_hours(1)).await?;
            anyhow::Ok(shop)
        };
        match started.await {
            Ok(shop) => return shop,
            Err(error) => failures.push(format!("{error:#}")),
        }
        faults.restart();
    }
    panic!("the shop does not start: {failures:#?}");
}

async fn a_purchase(shop: &TestShop, faults: &Faults) -> String {
    let mut ada = Buyer::of(shop, faults);
    ada.get("/").await.must_be(200);
    ada.get("/products").await.must_be(200).must_show("Orbit");
    ada.get("/products/orbit").await.must_be(200);
    ada.add("orbit", 2).await;
    ada.add("iphone-12-pro_gold-128", 1).await;
    ada.add("orbit", 1).await;
    ada.post("/cart/items/orbit", &[("quantity", "2")])
        .await
        .must_be(303);
    ada.get("/cart")
        .await
        .must_be(200)
        .must_show("Cart, 3 items");
    ada.get("/checkout").await.must_be(200);
    let till = ada.check_out().await;
    ada.get(&till).await.must_be(200).must_show("2 × ");
    let order = ada.pay(&till).await;
    ada.get(&order)
        .await
        .must_be(200)
        .must_show("Thank you, Ada Lovelace");
    assert_eq!(ada.lines().await, []);
    assert_eq!(ada.pay(&till).await, order);
    order
}

async fn an_order_paid_in_three_tabs(shop: &TestShop, faults: &Faults) -> String {
    let mut ada = Buyer::of(shop, faults);
    ada.add("pebble", 1).await;
    let till = ada.check_out().await;
    let mut tabs = JoinSet::new();
    for _ in 0..3 {
        let (mut tab, till) = (ada.clone().in_a_crowd(), till.clone());
        tabs.spawn(async move { tab.pay(&till).await });
    }
    let orders: BTreeSet<String> = tabs.join_all().await.into_iter().collect();
    assert_eq!(orders.len(), 1, "{orders:?}");
    assert_eq!(ada.lines().await, []);
    orders.into_iter().next().unwrap()
}

async fn a_canceled_checkout(shop: &TestShop, faults: &Faults) {
    let mut bob = Buyer::of(shop, faults);
    bob.add("canto", 2).await;
    let till = bob.check_out().await;
    let page = bob
        .post(&till.replace("/pay", "/cancel"), &[])
        .await
        .leads_to();
    bob.get(&page).await.must_be(200);
    assert_eq!(bob.quantity("canto").await, 2);
    bob.post(&till, &[]).await.must_be(409);
}

async fn an_abandoned_checkout(shop: &TestShop, faults: &Faults) {
    let mut eve = Buyer::of(shop, faults);
    eve.add("noon-classic", 1).await;
    let till = eve.check_out().await;
    let mut late = Buyer::of(shop, faults);
    assert_eq!(
        late.buy("noon-classic", 1).await,
        None,
        "the only one is reserved"
    );
    shop.pass_minutes(60);
    reconcile(shop).await;
    eve.post(&till, &[]).await.must_be(409);
    assert_eq!(eve.quantity("noon-classic").await, 1);
}

/// What the shop does every minute, until it succeeds.
pub(super) async fn reconcile(shop: &TestShop) {
    let mut failures = Vec::new();
    for _ in 0..40 {
        match reconcile::carry_on(shop.state.shop(), Duration::ZERO).await {
            Ok(_) => return,
            Err(error) => failures.push(error.to_string()),
        }
    }
    panic!("{failures:#?}");
}

async fn three_tabs_fill_one_cart(shop: &TestShop, faults: &Faults) {
    let mut ada = Buyer::of(shop, faults);
    ada.add("drift", 1).await;
    let mut tabs = JoinSet::new();
    for sku in ["reed", "orbit", "braid-cable"] {
        let mut tab = ada.clone().in_a_crowd();
        tabs.spawn(async move {
            for _ in 0..3 {
                tab.add(sku, 1).await;
            }
        });
    }
    tabs.join_all().await;
    let mut lines = ada.lines().await;
    lines.sort();
    let expected = [("braid-cable", 3), ("drift", 1), ("orbit", 3), ("reed", 3)];
    assert_eq!(
        lines,
        expected.map(|(sku, quantity)| (sku.to_owned(), quantity))
    );
}

/// Seven buyers want two each of nine, and one comes when they have left.
async fn the_last_pieces(shop: &TestShop, faults: &Faults) -> Vec<String> {
    let mut buyers = JoinSet::new();
    for _ in 0..7 {
        let mut buyer = Buyer::of(shop, faults).in_a_crowd();
        buyers.spawn(async move { buyer.buy("turn-one", 2).await });
    }
    let mut bought: Vec<String> = buyers.join_all().await.into_iter().flatten().collect();
    assert!(bought.len() <= 4, "{bought:?}");
    // What nobody has paid is for sale again.
    shop.pass_minutes(60);
    reconcile(shop).await;
    while let Some(order) = Buyer::of(shop, faults).buy("turn-one", 2).await {
        bought.push(order);
    }
    assert_eq!(bought.len(), 4, "{bought:?}");
    bought
        .into_iter()
        .map(|id| format!("/orders/{id}"))
        .collect()
}

/// What is in stock, by SKU.
#[derive(Debug, PartialEq)]
struct Books(BTreeMap<String, u64>);

impl Books {
    async fn of(shop: &TestShop, faults: &Faults) -> Self {
        faults.stop();
        let products = shop.store.database().collection::<Product>("products");
        let products = products.find(json!({})).await.unwrap().all().await.unwrap();
        let counts = products.iter().flat_map(|product| &product.stock);
        let books = counts
            .map(|(sku, count)| (sku.to_string(), count.0))
            .collect();
        faults.resume();
        Self(books)
    }
}

/// Every item is in stock or sold, and there is an order for everybody who was told so and for nobody else.
async fn close_the_books(shop: &TestShop, faults: &Faults, before: &Books, known: &[String]) {
    shop.pass_days(2);
    reconcile(shop).await;
    faults.stop();
    shop.look_around().await;
    assert_eq!(shop.held().await, 0);
    let orders = shop.store.database().collection::<Order>("orders");
    let orders = orders.find(json!({})).await.unwrap().all().await.unwrap();
    let ids: BTreeSet<String> = orders
        .iter()
        .map(|it| format!("/orders/{}", it.id))
        .collect();
    assert_eq!(ids, known.iter().cloned().collect());
    let mut after = Books::of(shop, faults).await;
    for line in orders.iter().flat_map(|order| &order.lines) {
        *after.0.get_mut(line.sku.as_str()).unwrap() += u64::from(line.quantity.get());
    }
    assert_eq!(&after, before);
}

/// A node has died, and lists of the schema never answer from then on: the shop is ready, and sells.
pub(super) async fn lists_never_answer(shop: &TestShop, faults: &Faults) {
    faults.resume();
    faults.outage(3);
    let mut ada = Buyer::of(shop, faults);
    while faults.is_outage() {
        // The catalog waits before it asks a database again that was away, and shows what it knows.
        shop.pass_seconds(2);
        ada.get("/products").await.must_be(200);
    }
    // Another outage may begin with any request, and refuses a list before it can hang.
    let mut hangs = false;
    for _ in 0..5 {
        let lists = shop.store.database().list_collection_names();
        let lists = lists.timeout(Duration::from_millis(20)).await;
        hangs |= lists.unwrap_err().is_timeout();
    }
    assert!(hangs);
    ada.get("/health/ready").await.must_be(200);
    ada.add("orbit", 1).await;
}
