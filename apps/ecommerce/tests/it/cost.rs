//! What a page costs: which commands reach the database, and that none of them reads a whole collection.

use std::pin::Pin;
use std::sync::{Arc, Mutex};

use astra_db::{
    DataApiClient, Environment, Transport, TransportError, TransportReply, TransportRequest,
};
use shared::EmbeddedTransport;

use crate::shop::TestShop;

/// Writes down every command: `findOne carts`.
#[derive(Debug)]
struct Listening {
    database: EmbeddedTransport,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Transport for Listening {
    fn send(
        &self,
        request: TransportRequest,
    ) -> Pin<Box<dyn Future<Output = Result<TransportReply, TransportError>> + Send + '_>> {
        let body = String::from_utf8_lossy(&request.body);
        let command = body.split('"').nth(1).unwrap_or_default();
        let collection = request.path.rsplit('/').next().unwrap_or_default();
        self.heard
            .lock()
            .unwrap()
            .push(format!("{command} {collection}"));
        self.database.send(request)
    }
}

/// A shop, and what takes away the commands heard since the last time.
async fn listening_shop() -> (TestShop, impl Fn() -> Vec<String>) {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let database = EmbeddedTransport::in_memory().unwrap();
    let transport = Listening {
        database,
        heard: Arc::clone(&heard),
    };
    let client = DataApiClient::builder()
        .environment(Environment::Other)
        .transport(transport);
    let database = client
        .build()
        .unwrap()
        .database("listening")
        .unwrap()
        .keyspace("shop");
    database.create_keyspace("shop").await.unwrap();
    let shop = TestShop::on(database, None).await;
    let commands = move || std::mem::take(&mut *heard.lock().unwrap());
    commands();
    (shop, commands)
}

#[tokio::test]
async fn a_page_to_browse_reads_only_what_it_shows() {
    let (shop, commands) = listening_shop().await;
    let mut ada = shop.browser();
    ada.get("/").await.must_be(200);
    assert_eq!(commands(), ["find products"]);
    ada.get("/products?q=phone&sort=price-low")
        .await
        .must_be(200);
    assert_eq!(commands(), ["find products", "countDocuments products"]);
    ada.get("/products/orbit").await.must_be(200);
    assert_eq!(commands(), ["findOne products", "find products"]);
}

#[tokio::test]
async fn a_change_of_the_cart_is_one_look_at_the_stock_and_one_update() {
    let (shop, commands) = listening_shop().await;
    let mut ada = shop.browser();
    ada.add("orbit", "1").await.must_be(303);
    assert_eq!(commands(), ["findOne products", "insertOne carts"]);
    ada.add("orbit", "1").await.must_be(303);
    assert_eq!(commands(), ["findOne products", "updateOne carts"]);
    ada.post("/cart/items/orbit", &[("quantity", "1")])
        .await
        .must_be(303);
    assert_eq!(commands(), ["findOne products", "updateOne carts"]);
    ada.get("/cart").await.must_be(200);
    assert_eq!(commands(), ["findOne carts", "find products"]);
}

#[tokio::test]
async fn an_order_is_fourteen_commands_from_the_form_to_the_end() {
    let (shop, commands) = listening_shop().await;
    let mut ada = shop.browser();
    ada.add("orbit", "1").await.must_be(303);
    commands();
    let till = ada.check_out().await.leads_to();
    let opening = [
        "findOne carts",
        "find products",
        "insertOne checkouts",
        "updateOne carts",
        "updateOne products",
        "updateOne checkouts",
        "updateOne products",
    ];
    assert_eq!(commands(), opening);
    let order = ada.post(&till, &[]).await.leads_to();
    let paying = [
        "findOne checkouts",
        "updateOne checkouts",
        "findOne checkouts",
    ];
    let finishing = [
        "insertOne orders",
        "findOne carts",
        "deleteOne carts",
        "updateOne checkouts",
    ];
    assert_eq!(commands(), [&paying[..], &finishing[..]].concat());
    ada.get(&order).await.must_be(200);
    assert_eq!(commands(), ["findOne carts", "findOne orders"]);
}
