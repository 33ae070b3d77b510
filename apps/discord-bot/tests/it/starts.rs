//! A bot starts, whatever its database does meanwhile.

use astra_db::testing::{Fault, Faults};
use astra_db::{Database, DefaultRetryPolicy};
use discord_bot::{AppState, Settings, seed, start};
use futures_util::future::join_all;
use shared::{Startup, connect};
use test_support::{faulty, quick_faults, say};

/// Starts a bot on this database as its program does in a terminal.
async fn open(database: &Database) -> anyhow::Result<AppState> {
    let settings = Settings::from_env(shared::env::of(&[]))?;
    let state = async |database| start::state(database, &settings).await;
    connect::wait_for(database, &settings.data, &Startup::default(), state).await
}

/// How many of the sample documents are missing.
async fn missing(app: &AppState) -> usize {
    seed::seed(&app.store, seed::GUILD).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_fresh_starts_in_a_row_succeed_on_a_cluster_in_trouble() {
    let starts = (0..20).map(async |seed| {
        // Lists that hang do so until somebody restarts the Data API.
        let faults = quick_faults(seed).without([Fault::SchemaHang]);
        let database = faulty(&faults, DefaultRetryPolicy::default()).await;
        let started = open(&database).await;
        let app = started.unwrap_or_else(|error| panic!("seed {seed}: {error:#}"));
        faults.stop();
        assert_eq!(missing(&app).await, 0, "seed {seed}");
        faults.played().total()
    });
    let played: u64 = join_all(starts).await.into_iter().sum();
    say(&format!(
        "20 of 20 starts of the bot, through {played} faults"
    ));
    assert!(played > 20, "{played}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_starts_and_is_ready_while_lists_of_schemas_never_answer() {
    let faults = Faults::seeded(1).only([]).always(Fault::SchemaHang);
    faults.stop();
    let database = faulty(&faults, DefaultRetryPolicy::default()).await;
    open(&database).await.unwrap();
    faults.resume();
    let app = open(&database).await.unwrap();
    app.store.schema.answers().await.unwrap();
}
