//! What happens to a payment afterwards: refunds and disputes, in any order of events.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::database::Moment;
use super::{Admin, Market, PATIENCE};
use stripe_stand_in::{Event, PayWith};

/// A payment the shop has not heard of; answers session and order id.
async fn paid(market: &Market) -> (String, Value) {
    let mut ada = market.buyer();
    ada.add("orbit", "2").await.unwrap();
    let session = ada.check_out().await.unwrap().session().unwrap();
    market.stripe.pay(&session, PayWith::Visa).await.unwrap();
    let order = market.stripe.object(&session)["client_reference_id"].clone();
    (session, order)
}

async fn deliver(market: &Market, events: &[Event]) {
    for event in events {
        let status = market.deliver(event).await.unwrap();
        assert!((200..300).contains(&status), "{status}: {}", event.body());
    }
}

async fn order(market: &Market, id: &Value) -> Value {
    let orders = market.documents("orders").await;
    let order = orders.into_iter().find(|order| &order["_id"] == id);
    order.expect("there is an order")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn money_given_back_at_stripe_is_an_order_refunded_whatever_order_the_events_come_in() {
    let market = Market::open().await;
    for backwards in [false, true] {
        let (session, id) = paid(&market).await;
        let earlier = market.stripe.events().len() - 3;
        market.stripe.refund(&session, None).await;
        let mut events = market.stripe.events().split_off(earlier);
        if backwards {
            events.reverse();
        }
        for _ in 0..2 {
            deliver(&market, &events).await;
        }
        let order = order(&market, &id).await;
        assert_eq!(
            (&order["status"], &order["refunded"]["amount_cents"]),
            (&json!("refunded"), &json!(55_800)),
            "backwards: {backwards}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_part_given_back_is_noted_and_the_rest_can_follow() {
    let market = Market::open().await;
    let (session, id) = paid(&market).await;
    deliver(&market, &market.stripe.events()).await;
    for (cents, refunded, status) in [(20_000, 20_000, "paid"), (35_800, 55_800, "refunded")] {
        market.stripe.refund(&session, Some(cents)).await;
        deliver(&market, &market.stripe.events_of("charge.refunded")).await;
        let order = order(&market, &id).await;
        assert_eq!(
            (&order["refunded"]["amount_cents"], &order["status"]),
            (&json!(refunded), &json!(status))
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dispute_is_seen_on_the_order_whatever_order_the_events_come_in() {
    let market = Market::open().await;
    for backwards in [false, true] {
        let (session, id) = paid(&market).await;
        let earlier = market.stripe.events().len() - 3;
        market.stripe.dispute(&session).await;
        let mut events = market.stripe.events().split_off(earlier);
        if backwards {
            events.reverse();
        }
        deliver(&market, &events).await;
        assert_eq!(
            order(&market, &id).await["status"],
            "disputed",
            "backwards: {backwards}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_payment_given_back_before_the_shop_heard_of_it_is_an_order_refunded() {
    let mut market = Market::open().await;
    let (session, id) = paid(&market).await;
    market.stripe.refund(&session, None).await;
    // No event ever arrives: the shop asks.
    market.reopen().await;
    market.settle(|_| true).await;
    let start = Instant::now();
    while order(&market, &id).await["status"] != "refunded" {
        assert!(start.elapsed() < PATIENCE, "it is never looked at again");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_admin_who_presses_twice_gives_back_once() {
    let market = Market::open().await;
    let (_, id) = paid(&market).await;
    deliver(&market, &market.stripe.events()).await;
    let mut admin = Admin::log_in(&market).await;
    let form = admin.refund_form(id.as_str().unwrap()).await;
    let form = form.flatten().unwrap();
    let mut again = admin.clone();
    let (first, second) = tokio::join!(admin.press(&form), again.press(&form));
    let statuses = [first.unwrap().status, second.unwrap().status];
    assert!(statuses.contains(&200), "{statuses:?}");
    assert!(statuses.iter().all(|status| *status < 500), "{statuses:?}");
    assert_eq!(
        admin.press(&form).await.unwrap().status,
        422,
        "nothing is left"
    );
    assert_eq!(market.stripe.refunds().len(), 1);
    assert_eq!(order(&market, &id).await["status"], "refunded");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn money_is_given_back_once_whenever_the_shop_dies_over_it() {
    for moment in [Moment::BeforeWrite, Moment::AfterWrite] {
        for write in 1.. {
            let mut market = Market::open().await;
            let (_, id) = paid(&market).await;
            deliver(&market, &market.stripe.events()).await;
            let mut admin = Admin::log_in(&market).await;
            market.kill_at(write, moment);
            give_back(&mut market, &mut admin, &id).await;
            let killed = market.spare();
            deliver(&market, &market.stripe.events_of("charge.refunded")).await;
            let story = format!("killed {moment:?} {write}");
            let refunds = market.stripe.refunds();
            assert_eq!(
                (refunds.len(), &refunds[0]["amount"]),
                (1, &json!(55_800)),
                "{story}"
            );
            let order = order(&market, &id).await;
            assert_eq!(
                (&order["status"], &order["refunded"]["amount_cents"]),
                (&json!("refunded"), &json!(55_800)),
                "{story}"
            );
            if !killed {
                assert!(write > 1, "giving money back writes nothing");
                break;
            }
        }
    }
}

/// Presses until the order says that everything was refunded.
async fn give_back(market: &mut Market, admin: &mut Admin, id: &Value) {
    while order(market, id).await["status"] != "refunded" {
        let form = admin.refund_form(id.as_str().unwrap()).await;
        let pressed = match form {
            Some(Some(form)) => admin.press(&form).await,
            Some(None) => continue,
            None => None,
        };
        if pressed.is_none() {
            market.reopen().await;
            admin.0.moves_to(market.url());
        }
    }
    if market.is_closed() {
        market.reopen().await;
    }
}
