//! What happens before the door opens, and once an hour while it is open.

use std::time::Duration;

use anyhow::Context as _;
use astra_db::table::Timestamp;

use crate::passwords::Passwords;
use crate::settings::Settings;
use crate::state::AppState;
use crate::store::Store;

const HOUSEKEEPING: Duration = Duration::from_hours(1);

/// Answers requests until asked to stop.
pub async fn serve(store: Store, settings: &Settings) -> anyhow::Result<()> {
    prepare(&store).await?;
    let state = AppState::new(store, Passwords::default_costs()?, settings);
    shared::serve::serve_announced(crate::app(state), &settings.serve, announce).await
}

/// Adds what is missing of the sample vehicles and reviews.
pub async fn seed(store: &Store) -> anyhow::Result<()> {
    let added = crate::seed::seed(store)
        .await
        .context("adding the samples")?;
    tracing::info!(
        added,
        "the samples are there; those that already were are unchanged"
    );
    Ok(())
}

/// Says where to look, once the address is known.
pub fn announce(url: &str) {
    tracing::info!("vehicles and reviews: {url}/   the API and its docs: {url}/api/docs/");
}

/// Fills an empty database, and keeps house from then on.
pub async fn prepare(store: &Store) -> anyhow::Result<()> {
    if store.vehicles.is_empty().await? {
        seed(store).await?;
    }
    let store = store.clone();
    tokio::spawn(async move {
        loop {
            match store.sessions.delete_expired(Timestamp::now()).await {
                Ok(0) => {}
                Ok(expired) => tracing::info!(expired, "sessions whose time was over are deleted"),
                Err(error) => {
                    tracing::error!(%error, "housekeeping failed and is tried again in an hour");
                }
            }
            tokio::time::sleep(HOUSEKEEPING).await;
        }
    });
    Ok(())
}
