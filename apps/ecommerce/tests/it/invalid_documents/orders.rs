//! Orders that cannot be read.

use serde_json::json;

use test_support::Log;

use crate::admin::logged_in;
use crate::shop::TestShop;

/// Buys something; answers the id of the order.
async fn buy(shop: &TestShop) -> String {
    let mut buyer = shop.browser();
    buyer.add("orbit", "1").await.must_be(303);
    let till = buyer.check_out().await.leads_to();
    let order = buyer.post(&till, &[]).await.must_be(303);
    order.location().trim_start_matches("/orders/").to_owned()
}

#[tokio::test]
async fn an_order_that_cannot_be_read_takes_nothing_from_the_others() {
    let shop = TestShop::start().await;
    let other = buy(&shop).await;
    let mut admin = logged_in(&shop).await;
    let changes = [
        json!({ "total": { "amount_cents": 2.5, "currency": "USD" } }),
        json!({ "status": "eaten" }),
        json!({ "customer": { "email": "ada@example.com" } }),
        json!({ "lines": "none" }),
        json!({ "placed_at": "ada@example.com" }),
    ];
    for change in changes {
        let log = Log::default();
        let _logging = log.start();
        let order = buy(&shop).await;
        shop.edit("orders", &order, json!({ "$set": change })).await;
        let list = admin.get("/admin/orders").await.must_be(200);
        list.must_show(&format!("/admin/orders/{other}"))
            .must_show("Orders that cannot be read")
            .must_show(&order[..8])
            .must_not_show(&order);
        for pages in ["/orders", "/admin/orders", "/api/orders"] {
            let page = admin.get(&format!("{pages}/{order}")).await.must_be(404);
            page.must_show("cannot be shown");
        }
        admin.get(&format!("/orders/{other}")).await.must_be(200);
        let skipped = super::skipped(&log);
        assert_eq!(skipped.len(), 1, "{change}: {skipped:#?}");
        // Neither the link that opens it nor a value about a person.
        assert!(
            !skipped[0].contains(&order) && !skipped[0].contains('@'),
            "{skipped:#?}"
        );
    }
}
