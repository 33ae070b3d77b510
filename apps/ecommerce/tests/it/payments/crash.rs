//! A buyer who has had enough when the shop goes down leaves nothing behind.

use serde_json::json;

use super::Market;
use super::database::Moment;
use super::matrix::nothing_held;

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
