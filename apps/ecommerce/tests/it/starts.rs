//! A shop starts, whatever its database does meanwhile.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use astra_db::http::StatusCode;
use astra_db::testing::{Fault, Faults};
use astra_db::{
    DataApiClient, Database, DefaultRetryPolicy, Environment, Transport, TransportError,
    TransportReply, TransportRequest,
};
use axum::body::Body;
use axum::http::Request;
use ecommerce::payments::Payments;
use ecommerce::{AppState, Settings, Store, start};
use futures_util::future::{BoxFuture, join_all};
use serde_json::{Value, json};
use shared::{EmbeddedTransport, Startup, connect};
use test_support::{faulty, quick_faults, say};
use tower::ServiceExt as _;

use crate::shop::TestShop;

/// Starts a shop on this database as its program does.
async fn open(database: &Database) -> anyhow::Result<AppState> {
    let settings = Settings::from_env(shared::env::of(&[]))?;
    let state = async |database| start::state(database, &settings, Payments::default()).await;
    connect::wait_for(database, &settings.data, &Startup::default(), state).await
}

/// How many of the sample products are missing.
async fn missing(store: &Store) -> usize {
    ecommerce::seed(store).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_fresh_starts_in_a_row_succeed_on_a_cluster_in_trouble() {
    let starts = (0..20).map(async |seed| {
        // Lists that hang do so until somebody restarts the Data API.
        let faults = quick_faults(seed).without([Fault::SchemaHang]);
        let database = faulty(&faults, DefaultRetryPolicy::default()).await;
        let started = open(&database).await;
        let state = started.unwrap_or_else(|error| panic!("seed {seed}: {error:#}"));
        faults.stop();
        assert_eq!(missing(&state.store).await, 0, "seed {seed}");
        faults.played().total()
    });
    let played: u64 = join_all(starts).await.into_iter().sum();
    say(&format!(
        "20 of 20 starts of the shop, through {played} faults"
    ));
    assert!(played > 20, "{played}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shop_starts_and_is_ready_while_lists_of_schemas_never_answer() {
    let faults = Faults::seeded(1).only([]).always(Fault::SchemaHang);
    faults.stop();
    let database = faulty(&faults, DefaultRetryPolicy::default()).await;
    open(&database).await.unwrap();
    faults.resume();
    let state = open(&database).await.unwrap();
    let ready = Request::get("/health/ready").body(Body::empty()).unwrap();
    assert_eq!(
        ecommerce::app(state).oneshot(ready).await.unwrap().status(),
        200
    );
}

#[tokio::test]
async fn samples_that_a_crash_cut_short_are_completed_and_edits_are_kept() {
    let database = connect::in_memory().await.unwrap();
    let store = open(&database).await.unwrap().store;
    let products = database.collection::<Value>("products");
    let half = json!({ "category": { "$ne": "phones" } });
    products.delete_many(half).await.unwrap();
    let edited = json!({ "$set": { "name": "Edited" } });
    products.update_one(json!({}), edited).await.unwrap();
    store.schema.set_seeding(true).await.unwrap();
    let store = open(&database).await.unwrap().store;
    assert_eq!(missing(&store).await, 0);
    assert!(!store.schema.is_seeding().await.unwrap());
    let edited = products
        .find_one(json!({ "name": "Edited" }))
        .await
        .unwrap();
    assert!(edited.is_some());
}

#[tokio::test]
async fn products_that_were_deleted_by_hand_stay_deleted() {
    let database = connect::in_memory().await.unwrap();
    open(&database).await.unwrap();
    let products = database.collection::<Value>("products");
    products.delete_one(json!({})).await.unwrap();
    let store = open(&database).await.unwrap().store;
    assert_eq!(missing(&store).await, 1);
}

/// Answers as Astra does while it resumes a database, when it is told to.
#[derive(Debug)]
struct Idle {
    database: EmbeddedTransport,
    is_idle: Arc<AtomicBool>,
}

impl Transport for Idle {
    fn send(
        &self,
        request: TransportRequest,
    ) -> BoxFuture<'_, Result<TransportReply, TransportError>> {
        if !self.is_idle.load(Ordering::Relaxed) {
            return self.database.send(request);
        }
        let body = r#"{"message":"Resuming your database, please try again shortly."}"#;
        let reply = TransportReply::new(StatusCode::SERVICE_UNAVAILABLE, body);
        Box::pin(std::future::ready(Ok(reply)))
    }
}

#[tokio::test]
async fn a_page_says_that_the_database_is_waking_up_and_reloads() {
    let is_idle = Arc::new(AtomicBool::new(false));
    let transport = Idle {
        database: EmbeddedTransport::in_memory().unwrap(),
        is_idle: Arc::clone(&is_idle),
    };
    let client = DataApiClient::builder().environment(Environment::Other);
    let database = client.transport(transport).build().unwrap();
    let database = database.database("embedded").unwrap().keyspace("shop");
    database.create_keyspace("shop").await.unwrap();
    let shop = TestShop::on(database, None).await;
    let mut ada = shop.browser();
    ada.add("orbit", "1").await.must_be(303);

    is_idle.store(true, Ordering::Relaxed);
    let page = ada.get("/cart").await.must_be(503);
    assert_eq!(page.headers["refresh"], "5");
    page.must_show("is waking up, which takes a minute or two")
        .must_show("This page reloads by itself");
    // What was sent is not sent again by itself.
    let sent = ada.add("orbit", "1").await.must_be(503);
    assert!(!sent.headers.contains_key("refresh"));
    sent.must_not_show("reloads by itself");

    is_idle.store(false, Ordering::Relaxed);
    ada.get("/cart").await.must_be(200);
}
