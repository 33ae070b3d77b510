//! A Data API on which other writers are always a little faster.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use astra_db::http::StatusCode;
use astra_db::{
    DataApiClient, Environment, Transport, TransportError, TransportReply, TransportRequest,
};
use shared::EmbeddedTransport;
use tokio::task::JoinSet;

use crate::shop::{TestShop, line};

/// Lets one update in so many through and answers the others as a Data API answers a writer that
/// came too late: nothing is stored.
#[derive(Debug)]
struct Contended {
    database: EmbeddedTransport,
    /// Of how many updates one gets through.
    one_in: Arc<AtomicUsize>,
    updates: AtomicUsize,
}

const LOST: &str = r#"{"status": {"matchedCount": 1, "modifiedCount": 0}}"#;
const CONCURRENT: &str = r#"{"errors": [{"id": "0", "family": "SERVER", "scope": "DATABASE",
    "errorCode": "FAILED_CONCURRENT_OPERATIONS", "title": "Lost", "message": "Others were faster."}]}"#;

impl Transport for Contended {
    fn send(
        &self,
        request: TransportRequest,
    ) -> Pin<Box<dyn Future<Output = Result<TransportReply, TransportError>> + Send + '_>> {
        let is_update = request.body.starts_with(b"{\"updateOne\"");
        let number = self
            .updates
            .fetch_add(usize::from(is_update), Ordering::Relaxed)
            + 1;
        if !is_update || number.is_multiple_of(self.one_in.load(Ordering::Relaxed)) {
            return self.database.send(request);
        }
        let answer = if number.is_multiple_of(3) {
            CONCURRENT
        } else {
            LOST
        };
        Box::pin(async move { Ok(TransportReply::new(StatusCode::OK, answer)) })
    }
}

async fn contended_shop() -> (TestShop, Arc<AtomicUsize>) {
    let one_in = Arc::new(AtomicUsize::new(1));
    let database = EmbeddedTransport::in_memory().unwrap();
    let transport = Contended {
        database,
        one_in: Arc::clone(&one_in),
        updates: AtomicUsize::new(0),
    };
    let client = DataApiClient::builder()
        .environment(Environment::Other)
        .transport(transport)
        .build()
        .unwrap();
    let database = client.database("contended").unwrap().keyspace("shop");
    database.create_keyspace("shop").await.unwrap();
    (TestShop::on(database, None).await, one_in)
}

#[tokio::test]
async fn an_update_that_lost_a_race_without_an_error_is_sent_again() {
    let (shop, one_in) = contended_shop().await;
    one_in.store(4, Ordering::Relaxed);
    let mut ada = shop.browser();
    for quantity in 1..=4 {
        ada.add("orbit", "1").await.must_be(303);
        assert_eq!(ada.lines().await, [line("orbit", quantity)]);
    }
    ada.add("drift", "2").await.must_be(303);
    ada.post("/cart/items/drift", &[("quantity", "7")])
        .await
        .must_be(303);
    ada.post("/cart/items/orbit/remove", &[]).await.must_be(303);
    assert_eq!(ada.lines().await, [line("drift", 7)]);
    let till = ada.check_out().await.leads_to();
    assert_eq!(ada.check_out().await.must_be(303).location(), till);
    ada.submit(&till, &[])
        .await
        .must_be(200)
        .must_show("$1,743.00");
    assert_eq!(
        (ada.lines().await.len(), shop.count("orders").await),
        (0, 1)
    );
}

#[tokio::test]
async fn writers_that_keep_losing_races_count_every_piece_once() {
    let (shop, one_in) = contended_shop().await;
    let mut ada = shop.browser();
    ada.add("orbit", "1").await.must_be(303);
    one_in.store(4, Ordering::Relaxed);
    let mut tabs = JoinSet::new();
    for _ in 0..6 {
        let mut tab = ada.clone();
        tabs.spawn(async move {
            for _ in 0..5 {
                // With bad luck one of them loses every turn it is given: nothing is stored, and he presses again.
                while tab.add("orbit", "1").await.status == 409 {}
            }
        });
    }
    tabs.join_all().await;
    assert_eq!(ada.lines().await, [line("orbit", 31)]);
}

#[tokio::test]
async fn a_race_lost_over_and_over_is_a_409_and_nothing_is_stored() {
    let (shop, one_in) = contended_shop().await;
    let mut ada = shop.browser();
    ada.add("orbit", "1").await.must_be(303);
    one_in.store(usize::MAX, Ordering::Relaxed);
    let page = ada.add("orbit", "1").await.must_be(409);
    page.must_show("Somebody else was changing the same thing")
        .must_show("Go to your cart");
    one_in.store(1, Ordering::Relaxed);
    assert_eq!(ada.lines().await, [line("orbit", 1)]);
}
