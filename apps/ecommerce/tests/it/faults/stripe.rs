//! Paying at Stripe while the database has faults.

use astra_db::Database;
use astra_db::testing::Faults;
use ecommerce::domain::order::OrderStatus;
use ecommerce::use_cases::refund;
use stripe_stand_in::WEBHOOK_SECRET;

use super::buyer::Buyer;
use super::journeys::{open, reconcile};
use crate::paying::{ADDRESS, Market, Paying, connected};

/// One who is paid for by a message of Stripe's, one who comes back before it, and a refund.
pub(super) async fn all(database: &Database, faults: &Faults) {
    let secret = ("STRIPE_WEBHOOK_SECRET", WEBHOOK_SECRET);
    let (stripe, payments) = connected(&[secret]).await;
    let shop = open(database, faults, payments, Some(ADDRESS)).await;
    let market = Market { shop, stripe };

    let (mut ada, ada_pays) = at_stripe(&market, faults).await;
    market.pay(&ada_pays).await;
    deliver(&market, "checkout.session.completed").await;
    assert_eq!(ada.lines().await, []);
    let (mut bob, bob_pays) = at_stripe(&market, faults).await;
    market.pay(&bob_pays).await;
    let order = bob.get(&bob_pays.page("return")).await.leads_to();
    assert_eq!(order, bob_pays.order());
    assert_eq!(bob.lines().await, []);
    deliver(&market, "checkout.session.completed").await;
    refund_once(&market, &ada_pays).await;

    market.pass_minutes(2 * 24 * 60);
    reconcile(&market.shop).await;
    faults.stop();
    market.shop.look_around().await;
    let left = 200 - 2 * 2;
    assert_eq!(
        (
            market.shop.left("iphone-12").await,
            market.shop.held().await,
            market.shop.count("orders").await,
        ),
        (left, 0, 2)
    );
    assert_eq!(market.order(&bob_pays).await.status, OrderStatus::Paid);
    assert_eq!(market.order(&ada_pays).await.status, OrderStatus::Refunded);
}

/// A buyer of two phones, at Stripe's page.
async fn at_stripe(market: &Market, faults: &Faults) -> (Buyer, Paying) {
    let mut buyer = Buyer::of(&market.shop, faults);
    buyer.add("iphone-12", 2).await;
    let path = buyer.check_out().await;
    let page = buyer.get(&path).await.must_be(200);
    let sessions = market.stripe.sessions();
    let leads_there = |session: &&serde_json::Value| {
        session["url"]
            .as_str()
            .is_some_and(|url| page.text.contains(url))
    };
    let session = sessions.iter().find(leads_there).unwrap();
    let paying = Paying {
        id: path.split('/').nth(2).unwrap().to_owned(),
        session: session["id"].as_str().unwrap().to_owned(),
    };
    (buyer, paying)
}

/// Stripe delivers its last message of this kind until the shop accepts it.
async fn deliver(market: &Market, kind: &str) {
    for _ in 0..60 {
        match market.tell(kind).await {
            204 => return,
            status => assert_eq!(status, 503),
        }
    }
    panic!("the shop never accepts {kind}");
}

/// Refunds all of an order, however often that has to be asked for.
async fn refund_once(market: &Market, paying: &Paying) {
    let store = &market.shop.state.store;
    let id = paying.id.parse().unwrap();
    for _ in 0..60 {
        let Ok(Some(order)) = store.orders.find(id).await else {
            continue;
        };
        if order.status == OrderStatus::Refunded {
            let refunds = market.stripe.refunds();
            let total = order.total.amount_cents;
            assert_eq!(
                (refunds.len(), refunds[0]["amount"].as_u64()),
                (1, Some(total))
            );
            return;
        }
        let whole = refund::refund(market.shop.state.shop(), (id, order.version), None);
        if whole.await.is_err() {
            reconcile(&market.shop).await;
        }
    }
    panic!("the order is never refunded");
}
