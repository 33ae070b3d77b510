//! What happens before the first request, and from time to time afterwards.

use std::time::Duration;

use anyhow::Context as _;
use astra_db::table::Timestamp;

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

/// Answers requests until asked to stop.
pub async fn serve(store: Store, settings: &Settings) -> anyhow::Result<()> {
    prepare(&store).await?;
    let state = AppState::new(store, Passwords::default_costs()?, settings);
    shared::serve::serve_announced(crate::app(state), &settings.serve, announce).await
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
    if store.vehicles.is_empty().await? {
        seed(store).await?;
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
