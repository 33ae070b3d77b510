//! The app starts where lists of schemas never answer, as after the death of a node.

use astra_db::testing::{Fault, Faults};
use astra_db::{Database, DefaultRetryPolicy};
use reviews::{Settings, Store, start};
use shared::{Startup, connect};
use test_support::faulty;

/// Prepares this database as the program does when it starts.
async fn open(database: &Database) -> anyhow::Result<Store> {
    let settings = Settings::from_env(shared::env::of(&[]))?;
    connect::wait_for(database, &settings.data, &Startup::default(), start::store).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_app_starts_and_is_ready_while_lists_of_schemas_never_answer() {
    let faults = Faults::seeded(1).only([]).always(Fault::SchemaHang);
    faults.stop();
    let database = faulty(&faults, DefaultRetryPolicy::default()).await;
    open(&database).await.unwrap();
    faults.resume();
    let store = open(&database).await.unwrap();
    store.schema.answers().await.unwrap();
}
