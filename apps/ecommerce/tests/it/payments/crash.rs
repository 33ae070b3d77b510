//! A buyer who has had enough when the shop goes down leaves nothing behind.

use serde_json::json;

use super::Market;
use super::database::Moment;
use super::matrix::nothing_held;
use stripe_stand_in::PayWith;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_buyer_who_leaves_when_the_shop_dies_takes_nothing_off_the_shelf() {
    for moment in [Moment::BeforeWrite, Moment::AfterWrite] {
        for write in 1.. {
            let mut market = Market::open().await;
            let before = market.product("iphone-12").await["stock"].clone();
            let mut ada = market.buyer();
            ada.add("iphone-12", "2").await.unwrap();
            market.kill_at(write, moment);
            let reached = ada.check_out().await.is_some();
            market.spare();
            market.an_hour_passes().await;
            let story = format!("killed {moment:?} {write}");
            let product = market.product("iphone-12").await;
            assert_eq!(product["stock"], before, "{story}");
            assert!(nothing_held(&product), "{story}: {product}");
            assert_eq!(market.documents("orders").await.len(), 0, "{story}");
            let carts = market.documents("carts").await;
            assert_eq!(carts[0]["items"], json!({ "iphone-12": 2 }), "{story}");
            if reached {
                assert!(write > 3, "a checkout has more than {write} writes");
                break;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn going_back_from_stripe_puts_everything_back_once_whenever_the_shop_dies() {
    for moment in [Moment::BeforeWrite, Moment::AfterWrite] {
        for write in 1.. {
            let mut market = Market::open().await;
            let before = market.product("iphone-12").await["stock"].clone();
            let mut ada = market.buyer();
            ada.add("iphone-12", "2").await.unwrap();
            let session = ada.check_out().await.unwrap().session().unwrap();
            let address = market.stripe.object(&session)["cancel_url"].clone();
            market.kill_at(write, moment);
            while ada.open(address.as_str().unwrap()).await.is_none() {
                market.reopen().await;
                ada.moves_to(market.url());
            }
            market.settle(|_| true).await;
            let killed = market.spare();
            let story = format!("killed {moment:?} {write}");
            let product = market.product("iphone-12").await;
            assert_eq!(product["stock"], before, "{story}");
            assert!(nothing_held(&product), "{story}: {product}");
            assert_eq!(
                market.stripe.object(&session)["status"],
                "expired",
                "{story}"
            );
            market
                .stripe
                .pay(&session, PayWith::Visa)
                .await
                .unwrap_err();
            let again = ada.check_out().await.unwrap().session();
            assert_ne!(again, Some(session), "{story}");
            assert!(again.is_some(), "{story}: the way to pay is open");
            if !killed {
                assert!(write > 2, "going back has more than {write} writes");
                break;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn paying_and_going_back_at_once_is_one_or_the_other() {
    let mut market = Market::open().await;
    let (mut paid, mut before) = (0, stock(&market).await);
    for round in 0..20 {
        let mut ada = market.buyer();
        ada.add("iphone-12", "1").await.unwrap();
        let session = ada.check_out().await.unwrap().session().unwrap();
        let address = market.stripe.object(&session)["cancel_url"].clone();
        let address = address.as_str().unwrap();
        let late = std::time::Duration::from_millis(round / 2);
        let pay = async {
            tokio::time::sleep(late).await;
            market.stripe.pay(&session, PayWith::Visa).await.is_ok()
        };
        let (went_through, page) = tokio::join!(pay, ada.open(address));
        assert!(page.unwrap().status < 500);
        market.settle(|_| true).await;
        paid += usize::from(went_through);
        before -= i64::from(went_through);
        let orders = market.documents("orders").await.len();
        assert_eq!(
            (orders, stock(&market).await),
            (paid, before),
            "round {round}"
        );
    }
}

async fn stock(market: &Market) -> i64 {
    let product = market.product("iphone-12").await;
    product["stock"]["iphone-12"].as_i64().unwrap()
}
