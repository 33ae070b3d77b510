//! Stock: set aside before anybody can pay, and put back exactly once.

use serde_json::json;
use tokio::task::JoinSet;

use super::Market;
use crate::shop::{TestShop, ada, line};
use stripe_stand_in::Trouble;

#[tokio::test]
async fn what_is_being_paid_is_set_aside_and_then_sold() {
    let shop = TestShop::start().await;
    let before = shop.left("orbit").await;
    let mut ada = shop.browser();
    ada.add("orbit", "3").await.must_be(303);
    assert_eq!(shop.left("orbit").await, before);
    let till = ada.check_out().await.leads_to();
    assert_eq!(
        (shop.left("orbit").await, shop.held().await),
        (before - 3, 3)
    );
    ada.post(&till, &[]).await.must_be(303);
    ada.post(&till, &[]).await.must_be(303);
    assert_eq!(
        (shop.left("orbit").await, shop.held().await),
        (before - 3, 0)
    );
}

#[tokio::test]
async fn the_last_piece_is_sold_to_one_and_the_other_is_told_before_paying() {
    let shop = TestShop::start().await;
    shop.stock("orbit", 1).await;
    let (mut ada, mut bob) = (shop.browser(), shop.browser());
    for browser in [&mut ada, &mut bob] {
        browser.add("orbit", "1").await.must_be(303);
        browser.add("pebble", "1").await.must_be(303);
    }
    let till = ada.check_out().await.leads_to();
    // Her own cart still shows her what is set aside for her.
    ada.get("/cart").await.must_not_show("Sold out");
    assert_eq!(ada.check_out().await.must_be(303).location(), till);
    let pebbles = shop.left("pebble").await;
    let page = bob.check_out().await.must_be(409);
    page.must_show("Somebody was faster")
        .must_show("is sold out")
        .must_show("/cart/items/orbit/remove");
    assert_eq!(shop.left("pebble").await, pebbles);
    assert_eq!(bob.lines().await, [line("orbit", 1), line("pebble", 1)]);
    bob.post("/cart/items/orbit/remove", &[]).await.must_be(303);
    bob.check_out().await.must_be(303);
    ada.submit(&till, &[]).await.must_show("Thank you");
    assert_eq!(
        (shop.left("orbit").await, shop.count("orders").await),
        (0, 1)
    );
}

#[tokio::test]
async fn shelves_emptied_without_paying_are_full_again_after_a_quarter_of_an_hour() {
    let market = Market::open().await;
    market.shop.stock("orbit", 10).await;
    let mut eve = market.shop.browser();
    eve.add("orbit", "10").await.must_be(303);
    let checkout = market.check_out(&mut eve).await;
    // Somebody else has left plenty of another product.
    let mut bob = market.shop.browser();
    bob.add("pebble", "1").await.must_be(303);
    let other = market.check_out(&mut bob).await;

    market.pass_minutes(14);
    market.shop.look_around().await;
    assert_eq!(market.shop.left("orbit").await, 0);
    assert_eq!(market.state_of(&checkout).await, "open");
    market.pass_minutes(1);
    market.shop.look_around().await;
    assert_eq!(market.shop.left("orbit").await, 10);
    assert_eq!(market.state_of(&checkout).await, "expired");
    assert_eq!(market.state_of(&other).await, "expired");
    assert_eq!(market.shop.held().await, 0);
    // Nobody can pay for what is back on the shelf.
    assert_eq!(market.stripe.object(&checkout.session)["status"], "expired");
    eve.get(&checkout.page("pay"))
        .await
        .must_show("This checkout has expired and nothing was paid");
}

#[tokio::test]
async fn who_paid_for_the_last_pieces_in_that_moment_has_them() {
    let market = Market::open().await;
    market.shop.stock("orbit", 1).await;
    let mut ada = market.shop.browser();
    ada.add("orbit", "1").await.must_be(303);
    let checkout = market.check_out(&mut ada).await;
    market.pass_minutes(20);
    market.pay(&checkout).await;
    market.shop.look_around().await;
    assert_eq!(market.order(&checkout).await.status.slug(), "paid");
    assert_eq!(
        (market.shop.left("orbit").await, market.shop.held().await),
        (0, 0)
    );
}

#[tokio::test]
async fn one_cart_never_has_two_open_checkouts() {
    let shop = TestShop::start().await;
    let before = shop.left("orbit").await;
    let mut eve = shop.browser();
    for quantity in ["100", "200", "300"] {
        eve.add("orbit", quantity).await.must_be(303);
        eve.check_out().await.must_be(303);
    }
    // The last has all 600; the two before it, nothing any more.
    assert_eq!(
        (shop.left("orbit").await, shop.held().await),
        (before - 600, 600)
    );
}

#[tokio::test]
async fn fewer_than_wanted_are_offered() {
    let shop = TestShop::start().await;
    let mut ada = shop.browser();
    ada.add("orbit", "5").await.must_be(303);
    shop.stock("orbit", 2).await;
    ada.check_out()
        .await
        .must_be(409)
        .must_show("you wanted 5, 2 are left")
        .must_show("name=\"quantity\" value=\"2\"");
    let path = format!("/api/carts/{}/checkouts", ada.cart_id());
    let answer = ada.api_post(&path, self::ada()).await.must_be(409).json();
    assert_eq!(
        answer["sold_out"],
        json!([{ "sku": "orbit", "name": "Orbit", "wanted": 5, "left": 2 }])
    );
    assert_eq!(
        answer["detail"],
        "Orbit: only 2 are left. Change the quantity in your cart. Nothing was paid."
    );
    ada.post("/cart/items/orbit", &[("quantity", "2")])
        .await
        .must_be(303);
    ada.check_out().await.must_be(303);
    assert_eq!((shop.left("orbit").await, shop.held().await), (0, 2));
}

#[tokio::test]
async fn everything_that_is_short_is_named_at_once() {
    let shop = TestShop::start().await;
    let mut ada = shop.browser();
    for (sku, wanted) in [("drift", "2"), ("orbit", "3"), ("pebble", "1")] {
        ada.add(sku, wanted).await.must_be(303);
    }
    shop.stock("drift", 0).await;
    shop.stock("orbit", 2).await;
    ada.check_out()
        .await
        .must_be(409)
        .must_show("/cart/items/drift/remove")
        .must_show("you wanted 3, 2 are left")
        .must_not_show("/cart/items/pebble");
    assert_eq!((shop.left("orbit").await, shop.held().await), (2, 0));
}

#[tokio::test]
async fn a_hundred_carts_race_for_ten_pieces() {
    let shop = TestShop::start().await;
    shop.stock("orbit", 10).await;
    let mut buyers = JoinSet::new();
    for _ in 0..100 {
        let mut browser = shop.browser();
        buyers.spawn(async move {
            browser.add("orbit", "1").await.must_be(303);
            let answer = browser.check_out().await;
            if answer.status == 409 {
                answer.must_show("Somebody was faster");
                return 0;
            }
            let till = answer.leads_to();
            browser
                .submit(&till, &[])
                .await
                .must_be(200)
                .must_show("Thank you");
            1
        });
    }
    let orders: u64 = buyers.join_all().await.into_iter().sum();
    assert_eq!((orders, shop.count("orders").await), (10, 10));
    assert_eq!((shop.left("orbit").await, shop.held().await), (0, 0));
}

#[tokio::test]
async fn two_buyers_of_the_same_two_last_things_are_not_both_sent_away() {
    for _ in 0..10 {
        let shop = TestShop::start().await;
        shop.stock("orbit", 1).await;
        shop.stock("drift", 1).await;
        let mut browsers = Vec::new();
        for order in [["orbit", "drift"], ["drift", "orbit"]] {
            let mut browser = shop.browser();
            for sku in order {
                browser.add(sku, "1").await.must_be(303);
            }
            browsers.push(browser);
        }
        let mut buyers = JoinSet::new();
        for mut browser in browsers {
            buyers.spawn(async move { browser.check_out().await.status.as_u16() });
        }
        let mut answers = buyers.join_all().await;
        answers.sort_unstable();
        assert_eq!(answers, [303, 409]);
    }
}

#[tokio::test]
async fn what_nobody_pays_for_goes_back_to_the_shelf_once() {
    let shop = TestShop::start().await;
    let before = shop.left("orbit").await;
    let mut ada = shop.browser();
    ada.add("orbit", "3").await.must_be(303);
    let till = ada.check_out().await.leads_to();
    shop.pass_minutes(14);
    shop.look_around().await;
    assert_eq!(shop.left("orbit").await, before - 3);
    shop.pass_minutes(1);
    for _ in 0..3 {
        shop.look_around().await;
        assert_eq!((shop.left("orbit").await, shop.held().await), (before, 0));
    }
    ada.post(&till, &[])
        .await
        .must_be(409)
        .must_show("has expired");
    // Forgotten in the end, and nothing is put back once more.
    shop.pass_days(2);
    shop.look_around().await;
    assert_eq!(
        (shop.left("orbit").await, shop.count("checkouts").await),
        (before, 0)
    );
}

#[tokio::test]
async fn the_till_gives_back_what_is_cancelled() {
    let shop = TestShop::start().await;
    let before = shop.left("orbit").await;
    let mut ada = shop.browser();
    ada.add("orbit", "3").await.must_be(303);
    let till = ada.check_out().await.leads_to();
    let cancelled = till.replace("/pay", "/cancelled");
    let button = till.replace("/pay", "/cancel");
    ada.get(&till)
        .await
        .must_show(&format!("action=\"{button}\""));
    ada.submit(&button, &[])
        .await
        .must_be(200)
        .must_show("Nothing was paid");
    ada.get(&cancelled).await.must_be(200);
    assert_eq!((shop.left("orbit").await, shop.held().await), (before, 0));
    ada.post(&till, &[])
        .await
        .must_be(409)
        .must_show("was cancelled");
    let next = ada.check_out().await.leads_to();
    ada.submit(&next, &[]).await.must_show("Thank you");
    assert_eq!(shop.left("orbit").await, before - 3);
}

#[tokio::test]
async fn what_nobody_counts_any_more_is_not_counted_because_some_is_returned() {
    let shop = TestShop::start().await;
    let mut ada = shop.browser();
    ada.add("orbit", "3").await.must_be(303);
    let till = ada.check_out().await.leads_to();
    let uncounted = json!({ "$unset": { "stock.orbit": 1 } });
    shop.edit("products", "orbit", uncounted).await;
    let button = till.replace("/pay", "/cancel");
    ada.submit(&button, &[]).await.must_show("Nothing was paid");
    let orbit = shop.store.products.find(&"orbit".parse().unwrap()).await;
    assert!(orbit.unwrap().unwrap().stock.is_empty());
    assert_eq!(shop.held().await, 0);
}

#[tokio::test]
async fn one_cart_leaves_half_of_a_product_to_others() {
    let shop = TestShop::start().await;
    shop.stock("orbit", 1_500).await;
    let (mut eve, mut bob) = (shop.browser(), shop.browser());
    eve.add("orbit", "1000").await.must_be(303);
    eve.check_out()
        .await
        .must_be(409)
        .must_show("you wanted 1000, 750 can be ordered at once")
        .must_show("name=\"quantity\" value=\"750\"");
    assert_eq!(shop.left("orbit").await, 1_500);
    let path = format!("/api/carts/{}/checkouts", eve.cart_id());
    let answer = eve.api_post(&path, ada()).await.must_be(409).json();
    assert_eq!(
        answer["detail"],
        "Orbit: one order can hold at most 750, because it leaves half of the stock to others. Change the quantity in your cart. Nothing was paid."
    );
    eve.post("/cart/items/orbit", &[("quantity", "750")])
        .await
        .must_be(303);
    eve.check_out().await.must_be(303);
    // A few can always be bought, even if they are all there is.
    shop.stock("orbit", 10).await;
    bob.add("orbit", "10").await.must_be(303);
    bob.check_out().await.must_be(303);
    assert_eq!(shop.left("orbit").await, 0);
}

#[tokio::test]
async fn each_line_says_whether_the_stock_ends_or_what_one_order_can_hold() {
    let shop = TestShop::start().await;
    let mut eve = shop.browser();
    for (product, wanted) in [("orbit", "101"), ("pebble", "11"), ("drift", "3")] {
        eve.add(product, wanted).await.must_be(303);
    }
    for (product, left) in [("orbit", 200), ("pebble", 10), ("drift", 0)] {
        shop.stock(product, left).await;
    }
    let page = eve.check_out().await.must_be(409);
    page.must_show("you wanted 101, 100 can be ordered at once")
        .must_show("you wanted 11, 10 are left")
        .must_show("is sold out")
        .must_show("Not everything can be ordered")
        .must_not_show("this was sold to others");
    let path = format!("/api/carts/{}/checkouts", eve.cart_id());
    let answer = eve.api_post(&path, ada()).await.must_be(409).json();
    assert_eq!(
        answer["detail"],
        "Drift Headphones: sold out. Orbit: one order can hold at most 100, because it leaves half of the stock to others. Pebble Earbuds: only 10 are left. Change the quantities in your cart, or remove what you cannot have. Nothing was paid."
    );
}

#[tokio::test]
async fn what_stripe_may_still_sell_is_not_put_back() {
    let market = Market::open().await;
    let (_, paying) = market.ada().await;
    market.pass_minutes(61);
    // Nobody knows whether it was paid in the last second.
    for _ in 0..2 {
        market
            .stripe
            .trouble("/checkout/sessions", Trouble::Refused(500));
    }
    market.shop.look_around().await;
    assert_eq!(market.shop.held().await, 3);
    assert_eq!(market.state_of(&paying).await, json!("open"));
    market.shop.look_around().await;
    assert_eq!(
        (market.shop.held().await, market.state_of(&paying).await),
        (0, json!("expired"))
    );
}

#[tokio::test]
async fn a_payment_of_the_last_second_is_an_order_however_late_it_is_heard_of() {
    let market = Market::open().await;
    let (_, paying) = market.ada().await;
    market.pass_minutes(59);
    market.pay(&paying).await;
    market.pass_minutes(10);
    market.shop.look_around().await;
    market.is_done(&paying).await;
}

#[tokio::test]
async fn a_session_that_ran_out_at_stripe_is_over_here_by_message() {
    let market = Market::open().await;
    let (mut ada, paying) = market.ada().await;
    market.stripe.expire(&paying.session).await;
    assert_eq!(market.tell("checkout.session.expired").await, 204);
    assert_eq!(
        (market.shop.held().await, market.state_of(&paying).await),
        (0, json!("expired"))
    );
    assert_eq!(ada.lines().await.len(), 2);
    let next = market.check_out(&mut ada).await;
    market.pay(&next).await;
    ada.get(&next.page("return")).await.must_be(303);
    market.is_done(&next).await;
}
