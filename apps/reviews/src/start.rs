//! What happens before the first request, and from time to time afterwards.

use std::time::Duration;

use anyhow::Context as _;
use astra_db::Database;
use astra_db::table::Timestamp;
use axum::Router;
use shared::Startup;
use shared::serve::serve_prepared;

use crate::carry_over::carry_over;
use crate::error::AppError;
use crate::passwords::Passwords;
use crate::settings::Settings;
use crate::state::AppState;
use crate::store::Store;
use crate::use_cases::change_review;

/// Half as long as a change may take before it is abandoned: ratings and lists are right again within two minutes.
const HOUSEKEEPING: Duration = Duration::from_secs(30);
const ROUNDS_AN_HOUR: u32 = 120;

/// Answers requests until asked to stop. While its database is waited for, its pages say so.
pub async fn serve(settings: &Settings) -> anyhow::Result<()> {
    let startup = Startup::default();
    let starting = crate::routes::starting(&startup);
    let app = Box::pin(open(settings, &startup));
    serve_prepared(app, starting, &settings.serve, announce).await
}

async fn open(settings: &Settings, startup: &Startup) -> anyhow::Result<Router> {
    let passwords = Passwords::default_costs()?;
    let store = shared::connect(&settings.data, startup, store).await?;
    Ok(crate::app(AppState::new(store, passwords, settings)))
}

/// The app's database, ready for requests. It can be repeated until it succeeds.
pub async fn store(database: Database) -> anyhow::Result<Store> {
    let store = Store::open(database).await?;
    prepare(&store).await?;
    Ok(store)
}

/// Adds the samples that are missing to the database that the settings name.
pub async fn add_samples(settings: &Settings) -> anyhow::Result<()> {
    let add = async |database| seed(&Store::open(database).await?).await;
    shared::connect(&settings.data, &Startup::default(), add).await
}

/// Adds what is missing of the sample vehicles and reviews.
pub async fn seed(store: &Store) -> anyhow::Result<()> {
    take_over_earlier(store).await?;
    let added = crate::seed::seed(store)
        .await
        .context("adding the samples")?;
    tracing::info!(
        added,
        "the samples are there; those that already were are unchanged"
    );
    Ok(())
}

async fn take_over_earlier(store: &Store) -> anyhow::Result<()> {
    carry_over(store, Timestamp::now())
        .await
        .context("carrying over what an earlier version left in tables")
}

/// Says where to look, once the address is known.
pub fn announce(url: &str) {
    tracing::info!("vehicles and reviews: {url}/   the API and its docs: {url}/api/docs/");
}

/// Carries over what an earlier version left, fills an empty database, and does the housekeeping from then on.
pub async fn prepare(store: &Store) -> anyhow::Result<()> {
    take_over_earlier(store).await?;
    if store.vehicles.is_empty().await? || store.schema.is_seeding().await? {
        // Should this process end before all of them are there, the next start adds the others.
        store.schema.set_seeding(true).await?;
        seed(store).await?;
        store.schema.set_seeding(false).await?;
    }
    let store = store.clone();
    tokio::spawn(async move {
        for round in 0_u32.. {
            let is_hourly = round % ROUNDS_AN_HOUR == 0;
            if let Err(error) = housekeep(&store, is_hourly, Timestamp::now()).await {
                tracing::error!(%error, "housekeeping failed and is tried again");
            }
            tokio::time::sleep(HOUSEKEEPING).await;
        }
    });
    Ok(())
}

/// Finishes changes of reviews that were abandoned. Each hour it also deletes expired sessions, and carries over what an
/// instance of an earlier version has written since.
pub async fn housekeep(store: &Store, is_hourly: bool, now: Timestamp) -> Result<(), AppError> {
    let pending = store.ratings.all_pending().await?;
    change_review::finish_abandoned(store, &pending, now).await?;
    if is_hourly {
        let expired = store.sessions.delete_expired(now).await?;
        if expired > 0 {
            tracing::info!(expired, "deleted expired sessions");
        }
        carry_over(store, now).await?;
    }
    Ok(())
}
