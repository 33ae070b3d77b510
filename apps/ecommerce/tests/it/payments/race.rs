//! A hundred buyers and ten pieces.

use serde_json::json;
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use std::sync::Arc;

use super::Market;
use super::matrix::nothing_held;
use stripe_stand_in::PayWith;

const WANTED: &str = "orbit";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_buyers_race_for_ten_pieces_and_ten_get_one() {
    let market = Market::open().await;
    let stock = format!("stock.{WANTED}");
    market.set("products", WANTED, &stock, json!(10)).await;
    let gun = Arc::new(Barrier::new(100));
    let mut runners = JoinSet::new();
    for _ in 0..100 {
        let (mut buyer, gun) = (market.buyer(), Arc::clone(&gun));
        runners.spawn(async move {
            let added = buyer.add(WANTED, "1").await.unwrap();
            assert_eq!(added.status, 200, "{}", added.text);
            gun.wait().await;
            let page = buyer.check_out().await.unwrap();
            (buyer, page)
        });
    }
    let (lucky, late): (Vec<_>, Vec<_>) = runners
        .join_all()
        .await
        .into_iter()
        .partition(|(_, page)| page.session().is_some());
    assert_eq!((lucky.len(), late.len()), (10, 90));
    for (_, page) in &late {
        assert_eq!(page.status, 409, "{}", page.text);
        assert!(
            page.text.to_lowercase().contains("sold out"),
            "{}",
            page.text
        );
        assert!(
            page.text.contains("href=\"/cart\""),
            "a way forward: {}",
            page.text
        );
    }
    for (mut buyer, page) in lucky {
        let session = page.session().unwrap();
        market.stripe.pay(&session, PayWith::Visa).await.unwrap();
        let session = market.stripe.object(&session);
        let order = buyer.open(session["success_url"].as_str().unwrap()).await;
        let order = order.unwrap();
        assert!(order.text.contains("Thank you"), "{}", order.text);
    }
    assert_eq!(market.documents("orders").await.len(), 10);
    let product = market.product(WANTED).await;
    assert_eq!(product["stock"][WANTED], 0);
    assert!(nothing_held(&product), "{product}");
    assert_eq!(
        market.stripe.sessions().len(),
        10,
        "nobody else could have paid"
    );
}
