//! A database that carries out a write and whose answer is lost: nobody is invited to do it twice.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use astra_db::{
    DataApiClient, Environment, Transport, TransportError, TransportReply, TransportRequest,
};
use futures_util::future::BoxFuture;
use serde_json::json;
use shared::EmbeddedTransport;

use crate::shop::{TestShop, line};

/// Carries everything, and loses the answers to updates while it is told to.
#[derive(Debug, Clone)]
struct Losing {
    engine: EmbeddedTransport,
    loses: Arc<AtomicBool>,
}

impl Transport for Losing {
    fn send(
        &self,
        request: TransportRequest,
    ) -> BoxFuture<'_, Result<TransportReply, TransportError>> {
        let is_lost = request.body.starts_with(b"{\"update") && self.loses.load(Ordering::Relaxed);
        let sent = self.engine.send(request);
        Box::pin(async move {
            let reply = sent.await?;
            if is_lost {
                return Err(TransportError::interrupted("the connection broke"));
            }
            Ok(reply)
        })
    }
}

#[tokio::test]
async fn what_may_be_in_the_cart_is_not_asked_for_again() {
    let loses = Arc::new(AtomicBool::new(false));
    let transport = Losing {
        engine: EmbeddedTransport::in_memory().unwrap(),
        loses: Arc::clone(&loses),
    };
    let client = DataApiClient::builder().environment(Environment::Other);
    let database = client.transport(transport).build().unwrap();
    let database = database.database("embedded").unwrap().keyspace("shop");
    database.create_keyspace("shop").await.unwrap();
    let shop = TestShop::on(database, None).await;
    let mut ada = shop.browser();
    ada.add("orbit", "1").await.must_be(303);

    loses.store(true, Ordering::Relaxed);
    let page = ada.add("orbit", "1").await.must_be(503);
    page.must_show("may have been done")
        .must_not_show("please try again");
    let items = format!("/api/carts/{}/items", ada.cart_id());
    let one_more = json!({ "sku": "orbit", "quantity": 1 });
    let problem = ada.api_post(&items, one_more).await.must_be(503);
    problem
        .must_show("may have been done")
        .must_not_show("please try again");
    loses.store(false, Ordering::Relaxed);
    assert_eq!(ada.lines().await, [line("orbit", 3)]);
}
