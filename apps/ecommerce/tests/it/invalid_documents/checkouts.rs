//! Reservations and checkouts that cannot be read: they keep no other from its end.

use serde_json::json;

use test_support::Log;

use crate::shop::TestShop;

/// Checks out with one orbit; answers the id of the checkout.
async fn check_out(shop: &TestShop) -> String {
    let mut buyer = shop.browser();
    buyer.add("orbit", "1").await.must_be(303);
    let till = buyer.check_out().await.leads_to();
    let id = till.strip_prefix("/checkout/").unwrap();
    id.trim_end_matches("/pay").to_owned()
}

#[tokio::test]
async fn an_odd_reservation_keeps_nothing_from_its_end() {
    let odd = [
        json!({ "held": "x" }),
        json!({ "held": null }),
        json!({ "held": { "Bad Sku": { "nope": 1 } } }),
        json!({ "held": { "drift": { "0123456789abcdef0123456789abcdef": 1.5 } } }),
        json!({ "pending": "x", "pending_count": 1 }),
        json!({ "pending": { "drift": { "zzz": { "a": 1 } } }, "pending_count": 1 }),
    ];
    for odd in odd {
        let shop = TestShop::start().await;
        let before = shop.left("orbit").await;
        let log = Log::default();
        let _logging = log.start();
        shop.edit("products", "drift", json!({ "$set": odd })).await;
        check_out(&shop).await;
        assert_eq!(shop.left("orbit").await, before - 1);
        shop.restart().await;
        shop.pass_minutes(16);
        shop.look_around().await;
        assert_eq!(shop.left("orbit").await, before, "{odd}");
        let skipped = super::skipped(&log);
        assert!(skipped.iter().any(|line| line.contains("drift")), "{odd}");
    }
}

#[tokio::test]
async fn a_checkout_that_is_paid_by_nothing_keeps_no_other_from_its_end() {
    for state in ["paid", "pending", "late"] {
        let shop = TestShop::start().await;
        let before = shop.left("orbit").await;
        let log = Log::default();
        let _logging = log.start();
        let odd = check_out(&shop).await;
        shop.edit("checkouts", &odd, json!({ "$set": { "state": state } }))
            .await;
        check_out(&shop).await;
        shop.restart().await;
        shop.pass_minutes(16);
        shop.look_around().await;
        assert_eq!(shop.left("orbit").await, before - 1, "{state}");
        let skipped = super::skipped(&log);
        assert!(
            skipped.iter().any(|line| line.contains("has no payment")),
            "{skipped:#?}"
        );
        let pay = format!("/checkout/{odd}/pay");
        shop.browser().post(&pay, &[]).await.must_be(404);
    }
}
