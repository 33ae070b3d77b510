//! Money that goes back.

use ecommerce::domain::money::{Currency, Money};
use ecommerce::domain::order::{Order, OrderStatus};
use ecommerce::error::AppError;
use ecommerce::use_cases::refund;

use super::{Market, Paying};
use crate::shop::{Answer, Browser, TestShop};
use stripe_stand_in::Trouble;

async fn paid(market: &Market) -> (Browser, Paying) {
    let (mut ada, paying) = market.ada().await;
    market.pay(&paying).await;
    ada.get(&paying.page("return")).await.must_be(303);
    (ada, paying)
}

async fn refund(shop: &TestShop, order: &Order, cents: Option<u64>) -> Result<Order, AppError> {
    let amount = cents.map(|cents| Money::new(cents, Currency::Usd));
    refund::refund(shop.state.shop(), (order.id, order.version), amount).await
}

#[tokio::test]
async fn all_of_an_order_is_given_back_once() {
    let market = Market::open().await;
    let (mut ada, paying) = paid(&market).await;
    let order = market.order(&paying).await;
    let refunded = refund(&market.shop, &order, None).await.unwrap();
    assert_eq!(
        (
            refunded.status,
            refunded.refunded,
            refunded.refundable().amount_cents
        ),
        (OrderStatus::Refunded, order.total, 0)
    );
    // The same form again.
    let again = refund(&market.shop, &order, None).await.unwrap_err();
    assert!(
        again
            .to_string()
            .contains("has changed since you looked at it"),
        "{again}"
    );
    let again = refund(&market.shop, &refunded, None).await.unwrap_err();
    assert!(
        again
            .to_string()
            .contains("more than can still be refunded"),
        "{again}"
    );
    assert_eq!(market.stripe.refunds().len(), 1);
    assert_eq!(market.tell("charge.refunded").await, 204);
    assert_eq!(market.order(&paying).await, refunded);
    ada.get(&paying.order())
        .await
        .must_show("paid back in full");
}

#[tokio::test]
async fn two_clicks_at_once_give_back_once() {
    let market = Market::open().await;
    let (_, paying) = paid(&market).await;
    let order = market.order(&paying).await;
    let (one, other) = tokio::join!(
        refund(&market.shop, &order, Some(1_000)),
        refund(&market.shop, &order, Some(1_000)),
    );
    assert!(one.is_ok() || other.is_ok());
    assert_eq!(market.stripe.refunds().len(), 1);
    assert_eq!(market.order(&paying).await.refunded.amount_cents, 1_000);
}

#[tokio::test]
async fn parts_of_an_order_are_given_back_until_nothing_is_left() {
    let market = Market::open().await;
    let (mut ada, paying) = paid(&market).await;
    let order = market.order(&paying).await;
    let order = refund(&market.shop, &order, Some(27_700)).await.unwrap();
    assert_eq!(
        (order.status, order.refunded.amount_cents),
        (OrderStatus::Paid, 27_700)
    );
    ada.get(&paying.order())
        .await
        .must_show("$277.00 paid back");
    refund(&market.shop, &order, Some(100_001))
        .await
        .unwrap_err();
    refund(&market.shop, &order, Some(0)).await.unwrap_err();
    let order = refund(&market.shop, &order, None).await.unwrap();
    let statuses: Vec<_> = order
        .history
        .iter()
        .map(|it| (it.status, it.refunded_cents))
        .collect();
    let expected = [
        (OrderStatus::Paid, 0),
        (OrderStatus::Paid, 27_700),
        (OrderStatus::Refunded, 127_700),
    ];
    assert_eq!(statuses, expected);
}

#[tokio::test]
async fn a_refund_whose_answer_was_lost_is_not_given_twice() {
    let market = Market::open().await;
    let (_, paying) = paid(&market).await;
    let order = market.order(&paying).await;
    market.stripe.trouble("/refunds", Trouble::AnswerLost);
    market.stripe.trouble("/refunds", Trouble::AnswerLost);
    refund(&market.shop, &order, None).await.unwrap_err();
    // The order does not know yet, so the same button is pressed once more.
    let order = market.order(&paying).await;
    let refunded = refund(&market.shop, &order, None).await.unwrap();
    assert_eq!(refunded.status, OrderStatus::Refunded);
    assert_eq!(market.stripe.refunds().len(), 1);
}

#[tokio::test]
async fn a_dispute_and_a_refund_made_at_stripe_come_by_message_in_any_order() {
    let market = Market::open().await;
    let (_, paying) = paid(&market).await;
    market.stripe.dispute(&paying.session).await;
    assert_eq!(market.tell("charge.dispute.created").await, 204);
    let disputed = market.order(&paying).await;
    assert_eq!(disputed.status, OrderStatus::Disputed);
    // Late and doubled: the first message, after everything.
    assert_eq!(market.tell("checkout.session.completed").await, 204);
    assert_eq!(market.tell("charge.dispute.created").await, 204);
    assert_eq!(market.order(&paying).await, disputed);
    assert_eq!(market.shop.count("orders").await, 1);
}

#[tokio::test]
async fn a_dispute_that_is_won_brings_the_order_back_to_where_it_was() {
    for (refunded, before) in [
        (None, OrderStatus::Paid),
        (Some(20_000), OrderStatus::Paid),
        (Some(127_700), OrderStatus::Refunded),
    ] {
        let market = Market::open().await;
        let (_, paying) = paid(&market).await;
        if let Some(cents) = refunded {
            market.stripe.refund(&paying.session, Some(cents)).await;
            assert_eq!(market.tell("charge.refunded").await, 204);
        }
        market.stripe.dispute(&paying.session).await;
        assert_eq!(market.tell("charge.dispute.created").await, 204);
        assert_eq!(market.order(&paying).await.status, OrderStatus::Disputed);
        market.stripe.close_dispute(&paying.session, "won").await;
        assert_eq!(market.tell("charge.dispute.closed").await, 204);
        let order = market.order(&paying).await;
        let given_back = refunded.unwrap_or_default();
        assert_eq!(
            (order.status, order.refunded.amount_cents),
            (before, given_back.unsigned_abs())
        );
        // Late: the first message once more.
        assert_eq!(market.tell("charge.dispute.created").await, 204);
        assert_eq!(market.order(&paying).await, order);
    }
}

#[tokio::test]
async fn of_a_dispute_that_is_lost_nothing_is_left_to_give_back() {
    let market = Market::open().await;
    let (_, paying) = paid(&market).await;
    market.stripe.dispute(&paying.session).await;
    market.stripe.close_dispute(&paying.session, "lost").await;
    assert_eq!(market.tell("charge.dispute.closed").await, 204);
    let order = market.order(&paying).await;
    assert_eq!(
        (order.status, order.refundable().amount_cents),
        (OrderStatus::Lost, 0)
    );
    market
        .shop
        .browser()
        .get(&paying.order())
        .await
        .must_show("went back to you by way of your bank");
}

#[tokio::test]
async fn of_several_disputes_the_open_one_counts() {
    let market = Market::open().await;
    let (_, paying) = paid(&market).await;
    market.stripe.dispute(&paying.session).await;
    market.stripe.close_dispute(&paying.session, "won").await;
    market.stripe.dispute(&paying.session).await;
    assert_eq!(market.tell("charge.dispute.closed").await, 204);
    assert_eq!(market.order(&paying).await.status, OrderStatus::Disputed);
}

#[tokio::test]
async fn money_given_back_before_the_shop_has_heard_of_it_is_an_order_given_back() {
    let market = Market::open().await;
    let (_, paying) = market.ada().await;
    market.pay(&paying).await;
    market.stripe.refund(&paying.session, None).await;
    assert_eq!(market.tell("charge.refunded").await, 204);
    let refunded = market.order(&paying).await;
    assert_eq!(
        (refunded.status, refunded.refunded),
        (OrderStatus::Refunded, refunded.total)
    );
    assert_eq!(market.tell("checkout.session.completed").await, 204);
    assert_eq!(market.order(&paying).await, refunded);
    assert_eq!(
        (market.shop.count("orders").await, market.shop.held().await),
        (1, 0)
    );
}

#[tokio::test]
async fn an_order_of_the_test_till_is_given_back_without_money() {
    let shop = TestShop::start().await;
    let mut ada = shop.browser();
    ada.add("orbit", "1").await.must_be(303);
    let till = ada.check_out().await.leads_to();
    let order = ada.post(&till, &[]).await.leads_to();
    let id = order.rsplit('/').next().unwrap().parse().unwrap();
    let stored = shop.store.orders.find(id).await.unwrap().unwrap();
    let refunded = refund(&shop, &stored, None).await.unwrap();
    assert_eq!(refunded.status, OrderStatus::Refunded);
    refund(&shop, &stored, None).await.unwrap_err();
    ada.get(&order).await.must_show("paid back in full");
}

#[tokio::test]
async fn two_tabs_that_decide_on_two_amounts_make_one_refund() {
    let market = Market::open().await;
    let (_, paying) = paid(&market).await;
    let order = market.order(&paying).await;
    let (one, other) = tokio::join!(
        refund(&market.shop, &order, Some(1_000)),
        refund(&market.shop, &order, Some(2_000)),
    );
    assert!(one.is_ok() != other.is_ok());
    let refunds = market.stripe.refunds();
    assert_eq!(refunds.len(), 1);
    let refunded = market.order(&paying).await;
    assert_eq!(
        refunded.refunded.amount_cents,
        refunds[0]["amount"].as_u64().unwrap()
    );
    assert_eq!(refunded.refunding, None);
}

#[tokio::test]
async fn another_amount_after_a_lost_answer_waits_for_the_first() {
    let market = Market::open().await;
    let (_, paying) = paid(&market).await;
    let order = market.order(&paying).await;
    market.stripe.trouble("/refunds", Trouble::AnswerLost);
    market.stripe.trouble("/refunds", Trouble::AnswerLost);
    refund(&market.shop, &order, Some(1_000)).await.unwrap_err();
    let order = market.order(&paying).await;
    assert_eq!(order.under_way(), Some(Money::new(1_000, Currency::Usd)));
    let other = refund(&market.shop, &order, Some(1_100)).await.unwrap_err();
    assert!(other.to_string().contains("is not finished"), "{other}");
    // The next look around settles it, whoever comes first.
    market.shop.look_around().await;
    let settled = market.order(&paying).await;
    assert_eq!(
        (settled.refunded.amount_cents, &settled.refunding),
        (1_000, &None)
    );
    let both = refund(&market.shop, &settled, Some(1_100)).await.unwrap();
    assert_eq!(both.refunded.amount_cents, 2_100);
    assert_eq!(market.stripe.refunds().len(), 2);
}

#[tokio::test]
async fn a_refund_that_stripe_failed_or_refused_can_be_made_after_all() {
    for (trouble, made) in [
        (Trouble::Refused(500), false),
        (Trouble::Refused(400), false),
        (Trouble::DoneAndFailed(500), true),
    ] {
        let market = Market::open().await;
        let (_, paying) = paid(&market).await;
        let order = market.order(&paying).await;
        market.stripe.trouble("/refunds", trouble);
        let first = refund(&market.shop, &order, Some(1_000)).await;
        assert_eq!(first.is_ok(), made, "{trouble:?}");
        let order = market.order(&paying).await;
        assert_eq!(order.refunding, None, "{trouble:?}");
        if !made {
            refund(&market.shop, &order, Some(1_000)).await.unwrap();
        }
        assert_eq!(market.stripe.refunds().len(), 1, "{trouble:?}");
        assert_eq!(market.order(&paying).await.refunded.amount_cents, 1_000);
    }
}

#[tokio::test]
async fn a_refund_with_a_key_that_is_refused_is_finished_with_the_right_one() {
    let market = Market::open().await;
    let (_, paying) = paid(&market).await;
    let order = market.order(&paying).await;
    // Neither the refund nor the question whether there is one.
    market.stripe.trouble("/refunds", Trouble::Refused(401));
    market.stripe.trouble("/refunds", Trouble::Refused(401));
    refund(&market.shop, &order, Some(1_000)).await.unwrap_err();
    assert!(market.order(&paying).await.refunding.is_some());
    for _ in 0..2 {
        market.shop.look_around().await;
    }
    assert_eq!(market.stripe.refunds().len(), 1);
    assert_eq!(market.order(&paying).await.refunded.amount_cents, 1_000);
}

#[tokio::test]
async fn an_admin_reads_why_a_refund_was_not_made_and_finishes_it() {
    let market = Market::open().await;
    let (_, paying) = paid(&market).await;
    let password = "a password of the tests".to_owned().into();
    let mut admin = market.shop.elsewhere(|state| state.with_admin(&password));
    let value = |page: &Answer, name: &str| {
        let rest = page.text.split(&format!("name=\"{name}\"")).nth(1).unwrap();
        let tag = rest.split('>').next().unwrap();
        tag.split("value=\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap()
            .to_owned()
    };
    let door = admin.get("/admin/login").await.must_be(200);
    let token = value(&door, "token");
    let fields = [
        ("token", token.as_str()),
        ("password", "a password of the tests"),
    ];
    admin.post("/admin/login", &fields).await.must_be(303);
    let path = format!("/admin/orders/{}/refund", paying.id);
    let mut press = async |amount: &str, status: u16, says: &str| {
        let page = admin.get(&path).await.must_be(200);
        let (token, version) = (value(&page, "token"), value(&page, "version"));
        let fields = [
            ("token", token.as_str()),
            ("version", version.as_str()),
            ("amount", amount),
        ];
        let answer = admin.post(&path, &fields).await.must_be(status);
        answer.must_show(says).must_not_show("e-mail")
    };
    market.stripe.trouble("/refunds", Trouble::Refused(400));
    press("10", 502, "Stripe refused this refund").await;
    market.stripe.trouble("/refunds", Trouble::Refused(500));
    press("10", 502, "nothing was refunded").await;
    market.stripe.trouble("/refunds", Trouble::AnswerLost);
    market.stripe.trouble("/refunds", Trouble::AnswerLost);
    press("10", 502, "it is not known whether this refund was made").await;
    press("11", 422, "A refund of $10.00 is not finished").await;
    press("10", 303, "").await;
    assert_eq!(market.stripe.refunds().len(), 1);
    assert_eq!(market.order(&paying).await.refunded.amount_cents, 1_000);
}
