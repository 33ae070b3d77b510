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

/// A shop over a database that writes down what it is asked.
async fn listening_shop(heard: &Arc<Mutex<Vec<String>>>) -> TestShop {
    let transport = Listening {
        database: EmbeddedTransport::in_memory().unwrap(),
        heard: Arc::clone(heard),
    };
    let client = DataApiClient::builder()
        .environment(Environment::Other)
        .transport(transport);
    let database = client.build().unwrap().database("listening").unwrap();
    let database = database.keyspace("shop");
    database.create_keyspace("shop").await.unwrap();
    TestShop::on(database, None).await
}

#[tokio::test]
async fn every_page_asks_the_database_only_what_it_shows() {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let shop = listening_shop(&heard).await;
    let commands = || std::mem::take(&mut *heard.lock().unwrap());
    commands();

    let mut ada = shop.browser();
    ada.get("/").await.must_be(200);
    assert_eq!(commands(), ["find products"]);
    ada.get("/products?q=phone&sort=price-low")
        .await
        .must_be(200);
    assert_eq!(commands(), ["find products", "countDocuments products"]);
    ada.get("/products/orbit").await.must_be(200);
    assert_eq!(commands(), ["findOne products", "find products"]);
    ada.add("orbit", "1").await.must_be(303);
    assert_eq!(commands(), ["findOne products", "insertOne carts"]);
    ada.add("orbit", "1").await.must_be(303);
    assert_eq!(commands(), ["findOne products", "updateOne carts"]);
    ada.post("/cart/items/orbit", &[("quantity", "1")])
        .await
        .must_be(303);
    assert_eq!(commands(), ["updateOne carts"]);
    ada.get("/cart").await.must_be(200);
    assert_eq!(commands(), ["findOne carts", "find products"]);
    let till = ada.check_out().await.must_be(303).location().to_owned();
    let opening = [
        "findOne carts",
        "find products",
        "insertOne checkouts",
        "updateOne carts",
    ];
    assert_eq!(commands(), opening);
    let order = ada
        .post(&till, &[])
        .await
        .must_be(303)
        .location()
        .to_owned();
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
