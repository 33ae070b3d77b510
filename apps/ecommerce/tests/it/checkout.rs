//! From a cart to exactly one order.

use axum::http::Method;
use serde_json::json;
use tokio::task::JoinSet;

use crate::shop::{ADA, Browser, TestShop, ada, line};

/// A browser with a filled cart at the till, and the till's path.
async fn at_the_till(shop: &TestShop) -> (Browser, String) {
    let mut ada = shop.browser();
    ada.add("iphone-12", "2").await.must_be(303);
    ada.add("orbit", "1").await.must_be(303);
    let till = ada.check_out().await.leads_to();
    (ada, till)
}

fn order_path(till: &str) -> String {
    till.replace("/checkout/", "/orders/").replace("/pay", "")
}

#[tokio::test]
async fn a_purchase_ends_in_an_order_and_an_empty_cart() {
    let shop = TestShop::start().await;
    let (mut ada, till) = at_the_till(&shop).await;
    let page = ada.get(&till).await.must_be(200);
    page.must_show("Test till · no money is taken")
        .must_show("$1,277.00")
        .must_show("12 St James&#39;s Square");
    let order = ada.submit(&till, &[]).await.must_be(200);
    let order = order
        .must_show("Thank you, Ada Lovelace")
        .must_show("$1,277.00")
        .must_show("2 × $499.00");
    order
        .must_show("Nothing was charged")
        .must_show("Cart, 0 items")
        .must_show(&order_path(&till))
        .must_show("noindex");
    assert_eq!(ada.lines().await, []);
    shop.browser()
        .get(&order_path(&till))
        .await
        .must_be(200)
        .must_show("Thank you, Ada Lovelace");
}

#[tokio::test]
async fn paying_again_shows_the_same_order() {
    let shop = TestShop::start().await;
    let (mut ada, till) = at_the_till(&shop).await;
    let first = ada.post(&till, &[]).await.leads_to();
    assert_eq!(ada.post(&till, &[]).await.must_be(303).location(), first);
    assert_eq!(ada.get(&till).await.must_be(303).location(), first);
    assert_eq!(shop.count("orders").await, 1);
}

#[tokio::test]
async fn two_browsers_confirming_one_checkout_at_once_make_one_order() {
    let shop = TestShop::start().await;
    for _ in 0..10 {
        let (ada, till) = at_the_till(&shop).await;
        let mut browsers = JoinSet::new();
        for _ in 0..6 {
            let (mut browser, till) = (ada.clone(), till.clone());
            browsers.spawn(async move { browser.post(&till, &[]).await.leads_to() });
        }
        let orders: std::collections::BTreeSet<String> =
            browsers.join_all().await.into_iter().collect();
        assert_eq!(orders, [order_path(&till)].into());
    }
    assert_eq!(
        (shop.count("orders").await, shop.count("carts").await),
        (10, 0)
    );
}

#[tokio::test]
async fn a_double_click_on_continue_opens_one_checkout() {
    let shop = TestShop::start().await;
    let mut ada = shop.browser();
    ada.add("orbit", "1").await.must_be(303);
    let mut clicks = JoinSet::new();
    for _ in 0..6 {
        let mut browser = ada.clone();
        clicks.spawn(async move { browser.check_out().await.leads_to() });
    }
    let tills: std::collections::BTreeSet<String> = clicks.join_all().await.into_iter().collect();
    assert_eq!(tills.len(), 1, "{tills:?}");
}

#[tokio::test]
async fn a_second_checkout_of_the_same_cart_takes_the_newer_address() {
    let shop = TestShop::start().await;
    let (mut ada, till) = at_the_till(&shop).await;
    let mut moved = ADA.to_vec();
    moved[2] = ("street", "Ockham Park");
    assert_eq!(
        ada.post("/checkout", &moved).await.must_be(303).location(),
        till
    );
    ada.submit(&till, &[]).await.must_show("Ockham Park");
}

#[tokio::test]
async fn a_changed_cart_gets_a_new_checkout_and_the_old_one_cannot_be_paid() {
    let shop = TestShop::start().await;
    let (mut ada, old) = at_the_till(&shop).await;
    ada.add("pebble", "1").await.must_be(303);
    let new = ada.check_out().await.leads_to();
    assert_ne!(old, new);
    ada.get(&old)
        .await
        .must_be(200)
        .must_show("This checkout is closed")
        .must_show("Go to your cart");
    ada.post(&old, &[])
        .await
        .must_be(409)
        .must_show("this checkout can no longer be paid")
        .must_show("Go to your cart");
    ada.submit(&new, &[]).await.must_show("$1,406.00");
    assert_eq!(shop.count("orders").await, 1);
}

#[tokio::test]
async fn what_is_added_while_paying_stays_in_the_cart() {
    let shop = TestShop::start().await;
    let (mut ada, till) = at_the_till(&shop).await;
    ada.add("iphone-12", "1").await.must_be(303);
    ada.add("pebble", "1").await.must_be(303);
    ada.submit(&till, &[]).await.must_show("$1,277.00");
    assert_eq!(ada.lines().await, [line("iphone-12", 1), line("pebble", 1)]);
    ada.post(&till, &[]).await.must_be(303);
    assert_eq!(ada.lines().await, [line("iphone-12", 1), line("pebble", 1)]);
    let next = ada.check_out().await.leads_to();
    ada.submit(&next, &[]).await.must_show("$628.00");
    assert_eq!(
        (ada.lines().await.len(), shop.count("orders").await),
        (0, 2)
    );
}

#[tokio::test]
async fn adding_while_two_browsers_pay_loses_and_doubles_nothing() {
    let shop = TestShop::start().await;
    for _ in 0..5 {
        let (mut ada, till) = at_the_till(&shop).await;
        let mut browsers = JoinSet::new();
        for number in 0..9 {
            let (mut browser, till) = (ada.clone(), till.clone());
            browsers.spawn(async move {
                if number % 3 == 0 {
                    browser.post(&till, &[]).await.must_be(303)
                } else {
                    browser.add("drift", "1").await.must_be(303)
                };
                browser.cart_id().to_owned()
            });
        }
        // Whoever added after the cart was emptied was given a new cart.
        let carts: std::collections::BTreeSet<String> =
            browsers.join_all().await.into_iter().collect();
        let mut drifts = 0;
        for cart in carts {
            ada.cookie = Some(format!("cart={cart}"));
            for (product, quantity) in ada.lines().await {
                assert_eq!(product, "drift");
                drifts += quantity;
            }
        }
        assert_eq!(drifts, 6);
    }
    assert_eq!(shop.count("orders").await, 5);
}

#[tokio::test]
async fn a_price_that_changes_during_payment_does_not_change_the_order() {
    let shop = TestShop::start().await;
    let (mut ada, till) = at_the_till(&shop).await;
    shop.edit(
        "products",
        "iphone-12",
        json!({ "$set": { "price.amount_cents": 1, "name": "Cheap phone" } }),
    )
    .await;
    ada.submit(&till, &[])
        .await
        .must_show("$1,277.00")
        .must_show("iPhone 12")
        .must_not_show("Cheap phone");
}

#[tokio::test]
async fn a_price_in_the_form_is_not_listened_to() {
    let shop = TestShop::start().await;
    let mut ada = shop.browser();
    ada.post(
        "/cart/items",
        &[
            ("sku", "orbit"),
            ("quantity", "1"),
            ("price", "1"),
            ("total", "1"),
        ],
    )
    .await
    .must_be(303);
    ada.get("/cart").await.must_show("$279.00");
    let path = format!("/api/carts/{}/items", ada.cart_id());
    let body = json!({ "sku": "orbit", "quantity": 1, "price": 1 });
    ada.api_post(&path, body)
        .await
        .must_be(422)
        .must_show("unknown field `price`");
}

#[tokio::test]
async fn every_wrong_field_is_marked_and_what_was_typed_is_kept() {
    let shop = TestShop::start().await;
    let mut ada = shop.browser();
    ada.add("orbit", "1").await.must_be(303);
    let fields = [("name", "Ada <b>"), ("email", "ada@"), ("country", "XX")];
    let page = ada.post("/checkout", &fields).await.must_be(422);
    let page = page
        .must_show("Enter an e-mail address such as ada@example.com")
        .must_show("Enter your street and number");
    let page = page
        .must_show("Choose a country from the list")
        .must_show("value=\"Ada &#60;b&#62;\"")
        .must_show("value=\"ada@\"");
    assert_eq!(page.text.matches("aria-invalid=\"true\"").count(), 5);
    assert_eq!(shop.count("checkouts").await, 0);
}

#[tokio::test]
async fn nothing_is_ordered_without_a_checkout() {
    let shop = TestShop::start().await;
    let mut ada = shop.browser();
    ada.add("orbit", "1").await.must_be(303);
    let never_opened = ada.cart_id().to_owned();
    ada.post(&format!("/checkout/{never_opened}/pay"), &[])
        .await
        .must_be(404);
    ada.post("/checkout/undefined/pay", &[]).await.must_be(404);
    assert_eq!(shop.count("orders").await, 0);
}

#[tokio::test]
async fn an_empty_cart_is_not_checked_out() {
    let shop = TestShop::start().await;
    let mut ada = shop.browser();
    assert_eq!(ada.get("/checkout").await.must_be(303).location(), "/cart");
    assert_eq!(ada.check_out().await.must_be(303).location(), "/cart");
    let cart = ada
        .api(Method::POST, "/api/carts", None)
        .await
        .must_be(201)
        .json();
    let path = format!("/api/carts/{}/checkouts", cart["id"].as_str().unwrap());
    ada.api_post(&path, crate::shop::ada())
        .await
        .must_be(422)
        .must_show("Your cart is empty");
    assert_eq!(shop.count("checkouts").await, 0);
}

#[tokio::test]
async fn a_checkout_left_for_a_day_cannot_be_paid_and_the_cart_is_still_there() {
    let shop = TestShop::start().await;
    let (mut ada, till) = at_the_till(&shop).await;
    shop.pass_days(1);
    ada.get(&till)
        .await
        .must_be(200)
        .must_show("This checkout is closed");
    ada.post(&till, &[])
        .await
        .must_be(409)
        .must_show("has expired");
    assert_eq!(ada.lines().await.len(), 2);
    let next = ada.check_out().await.leads_to();
    assert_ne!(next, till);
    ada.submit(&next, &[]).await.must_show("Thank you");
}

#[tokio::test]
async fn a_payment_cut_off_before_the_order_was_written_is_finished_by_whoever_looks() {
    let shop = TestShop::start().await;
    for finisher in ["order page", "pay again", "next checkout", "next start"] {
        let (mut ada, till) = at_the_till(&shop).await;
        let id = till.split('/').nth(2).unwrap().to_owned();
        let orders = shop.count("orders").await;
        let payment = json!({ "provider": "test-till", "reference": "TEST", "paid_at": { "$date": 1_790_000_000_000_i64 } });
        shop.edit(
            "checkouts",
            &id,
            json!({ "$set": { "state": "paid", "payment": payment } }),
        )
        .await;
        match finisher {
            "order page" => drop(ada.get(&order_path(&till)).await.must_be(200)),
            "pay again" => drop(ada.post(&till, &[]).await.must_be(303)),
            "next checkout" => assert_eq!(ada.check_out().await.must_be(303).location(), "/cart"),
            _ => shop.restart().await,
        }
        assert_eq!(
            (shop.count("orders").await, ada.lines().await.len()),
            (orders + 1, 0),
            "{finisher}"
        );
        ada.get(&order_path(&till))
            .await
            .must_be(200)
            .must_show("$1,277.00");
    }
}

#[tokio::test]
async fn an_order_written_before_the_cart_was_settled_is_not_written_again() {
    let shop = TestShop::start().await;
    let (mut ada, till) = at_the_till(&shop).await;
    ada.add("pebble", "1").await.must_be(303);
    ada.post(&till, &[]).await.must_be(303);
    let id = till.split('/').nth(2).unwrap().to_owned();
    // As if the process had died after settling the cart and before noting that all is done.
    shop.edit("checkouts", &id, json!({ "$set": { "state": "paid" } }))
        .await;
    ada.add("orbit", "1").await.must_be(303);
    ada.post(&till, &[]).await.must_be(303);
    assert_eq!(ada.lines().await, [line("pebble", 1), line("orbit", 1)]);
    assert_eq!(shop.count("orders").await, 1);
}

#[tokio::test]
async fn an_order_is_found_by_pasting_its_link() {
    let shop = TestShop::start().await;
    let (mut ada, till) = at_the_till(&shop).await;
    let order = ada.post(&till, &[]).await.leads_to();
    let typed = format!(
        "/orders?link=+https%3A%2F%2Fshop.example{}%2F",
        order.replace('/', "%2F")
    );
    assert_eq!(
        shop.browser().get(&typed).await.must_be(303).location(),
        order
    );
    shop.browser()
        .get("/orders?link=12345")
        .await
        .must_be(422)
        .must_show("This is not an order link");
    shop.browser()
        .get("/orders")
        .await
        .must_be(200)
        .must_show("Find an order");
}

#[tokio::test]
async fn the_api_sells_by_the_same_rules() {
    let shop = TestShop::start().await;
    let mut client = shop.browser();
    let cart = client.api_cart().await;
    let item = json!({ "sku": "orbit", "quantity": 2 });
    client
        .api_post(&format!("{cart}/items"), item)
        .await
        .must_be(200);
    let line = format!("{cart}/items/orbit");
    let changed = client
        .api(Method::PUT, &line, Some(json!({ "quantity": 3 })))
        .await
        .must_be(200)
        .json();
    assert_eq!(
        changed["total"],
        json!({ "amount_cents": 83_700, "currency": "USD" })
    );
    let checkout = client
        .api_post(&format!("{cart}/checkouts"), ada())
        .await
        .must_be(201)
        .json();
    let id = checkout["id"].as_str().unwrap();
    let pay = format!("/api/checkouts/{id}/test-payment");
    let order = client
        .api(Method::POST, &pay, None)
        .await
        .must_be(200)
        .json();
    let total = order["total"]["amount_cents"].as_u64();
    assert_eq!((order["id"].as_str(), total), (Some(id), Some(83_700)));
    let again = client
        .api(Method::POST, &pay, None)
        .await
        .must_be(200)
        .json();
    let found = client
        .api_get(&format!("/api/orders/{id}"))
        .await
        .must_be(200)
        .json();
    assert_eq!((&again, &found), (&order, &order));
    let done = client
        .api_get(&format!("/api/checkouts/{id}"))
        .await
        .must_be(200)
        .json();
    assert_eq!(done["state"], "done");
    client.api_get(&cart).await.must_be(404);
}
