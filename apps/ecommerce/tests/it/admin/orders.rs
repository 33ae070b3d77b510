//! What an admin sees of orders, and giving money back.

use super::{logged_in, token, value};
use crate::shop::{Browser, TestShop};

/// Somebody who has bought one piece, and the order's id.
pub(super) async fn buy(shop: &TestShop, sku: &str) -> String {
    let mut buyer: Browser = shop.browser();
    buyer.add(sku, "1").await.must_be(303);
    let till = buyer.check_out().await.leads_to();
    let order = buyer.post(&till, &[]).await.must_be(303);
    order.location().rsplit('/').next().unwrap().to_owned()
}

fn number(id: &str) -> String {
    let digits = id.to_uppercase();
    format!("{}-{}", &digits[..4], &digits[4..8])
}

#[tokio::test]
async fn orders_are_listed_newest_first_page_by_page() {
    let shop = TestShop::start().await;
    let mut admin = logged_in(&shop).await;
    admin
        .get("/admin/orders")
        .await
        .must_be(200)
        .must_show("Nobody has bought anything yet.");
    let mut ids = Vec::new();
    for _ in 0..21 {
        ids.push(buy(&shop, "braid-cable").await);
        shop.pass_minutes(1);
    }
    let page = admin.get("/admin/orders").await.must_be(200);
    let at = |id: &str| page.text.find(&number(id));
    assert!(at(&ids[20]).unwrap() < at(&ids[19]).unwrap());
    assert_eq!(at(&ids[0]), None);
    let last = admin
        .get("/admin/orders?status=&page=2")
        .await
        .must_be(200)
        .must_show("Ada Lovelace")
        .must_show("Previous")
        .must_not_show("rel=\"next\"");
    last.must_show(&number(&ids[0]))
        .must_not_show(&number(&ids[1]));
}

#[tokio::test]
async fn orders_are_filtered_by_status() {
    let shop = TestShop::start().await;
    let mut admin = logged_in(&shop).await;
    let id = buy(&shop, "orbit").await;
    let other = buy(&shop, "drift").await;
    give_back(&mut admin, &id, "").await.must_be(303);
    let page = admin.get("/admin/orders?status=refunded").await;
    page.must_show(&number(&id)).must_not_show(&number(&other));
    let page = admin.get("/admin/orders?status=paid").await;
    page.must_show(&number(&other)).must_not_show(&number(&id));
    admin
        .get("/admin/orders?status=failed")
        .await
        .must_show("No order has this status.");
    for odd in ["?status=nonsense", "?page=0", "?page=-1", "?page=%24ne"] {
        let page = admin.get(&format!("/admin/orders{odd}")).await.must_be(200);
        page.must_show(&number(&id));
    }
}

/// Goes through the confirmation, as its form does.
pub(super) async fn give_back(admin: &mut Browser, id: &str, amount: &str) -> crate::shop::Answer {
    let path = format!("/admin/orders/{id}/refund");
    let page = admin
        .get(&format!("{path}?amount={amount}"))
        .await
        .must_be(200);
    let (token, version) = (token(&page), value(&page, "version"));
    let amount = value(&page, "amount");
    let fields = [
        ("token", token.as_str()),
        ("version", version.as_str()),
        ("amount", amount.as_str()),
    ];
    admin.post(&path, &fields).await
}

#[tokio::test]
async fn money_is_given_back_in_parts_after_asking_once_more() {
    let shop = TestShop::start().await;
    let mut admin = logged_in(&shop).await;
    let id = buy(&shop, "orbit").await;
    let path = format!("/admin/orders/{id}");
    admin
        .get(&path)
        .await
        .must_be(200)
        .must_show("Ada Lovelace")
        .must_show("up to $279.00");
    let answer = give_back(&mut admin, &id, "79").await.must_be(303);
    assert_eq!(answer.location(), format!("{path}?refunded=true"));
    admin
        .get(answer.location())
        .await
        .must_show("The money is on its way back.")
        .must_show("Refunded: <strong>$79.00</strong> of $279.00")
        .must_show("up to $200.00");
    give_back(&mut admin, &id, "").await.must_be(303);
    admin
        .get(&path)
        .await
        .must_show("status refunded")
        .must_show("$279.00 refunded by then")
        .must_not_show("Give money back…");
    let page = admin.get(&format!("{path}/refund")).await.must_be(422);
    page.must_show("Nothing of this order is left to refund");
}

#[tokio::test]
async fn a_refund_sent_twice_or_decided_on_an_old_page_gives_back_once() {
    let shop = TestShop::start().await;
    let mut admin = logged_in(&shop).await;
    let id = buy(&shop, "orbit").await;
    let path = format!("/admin/orders/{id}/refund");
    let page = admin.get(&format!("{path}?amount=50")).await.must_be(200);
    let (token, version) = (token(&page), value(&page, "version"));
    let fields = [
        ("token", token.as_str()),
        ("version", version.as_str()),
        ("amount", "50"),
    ];
    admin.post(&path, &fields).await.must_be(303);
    admin
        .post(&path, &fields)
        .await
        .must_be(409)
        .must_show("This order has changed since you looked at it")
        .must_show("up to $229.00");
    let order = admin.get(&format!("/admin/orders/{id}")).await;
    order.must_show("Refunded: <strong>$50.00</strong>");
}

#[tokio::test]
async fn an_amount_that_is_none_or_too_large_gives_nothing_back() {
    let shop = TestShop::start().await;
    let mut admin = logged_in(&shop).await;
    let id = buy(&shop, "orbit").await;
    let path = format!("/admin/orders/{id}/refund");
    for amount in ["279.01", "0", "-5", "all", "1e2"] {
        let page = admin.get(&format!("{path}?amount={amount}")).await;
        let page = page.must_be(422).must_show("aria-invalid");
        let (token, version) = (token(&page), value(&page, "version"));
        let fields = [
            ("token", token.as_str()),
            ("version", version.as_str()),
            ("amount", amount),
        ];
        admin.post(&path, &fields).await.must_be(422);
    }
    // Emptied after the form was opened.
    let page = admin.get(&path).await.must_be(200);
    let (token, version) = (token(&page), value(&page, "version"));
    for amount in ["", " "] {
        let fields = [
            ("token", token.as_str()),
            ("version", version.as_str()),
            ("amount", amount),
        ];
        let page = admin.post(&path, &fields).await.must_be(422);
        page.must_show("Enter an amount up to $279.00");
    }
    let fields = [("version", "1"), ("amount", "5")];
    admin.post(&path, &fields).await.must_be(403);
    let order = admin.get(&format!("/admin/orders/{id}")).await;
    order.must_show("status paid").must_not_show("Refunded:");
    let unknown = "/admin/orders/00000000000000000000000000000000";
    admin.get(unknown).await.must_be(404);
}
