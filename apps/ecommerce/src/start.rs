//! What happens before the door opens, and once an hour while it is open.

use std::time::Duration;

use anyhow::Context as _;
use astra_db::Timestamp;

use crate::domain::checkout;
use crate::error::AppError;
use crate::store::Store;

const HOUSEKEEPING: Duration = Duration::from_hours(1);

/// What the program was asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Open the shop.
    Serve,
    /// Add the sample products that are missing, and end.
    Seed,
}

impl Command {
    /// Reads the command line without the program's own name.
    pub fn from_args(args: impl IntoIterator<Item = String>) -> anyhow::Result<Self> {
        let args: Vec<String> = args.into_iter().collect();
        match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            [] => Ok(Self::Serve),
            ["seed"] => Ok(Self::Seed),
            _ => anyhow::bail!(
                "usage: ecommerce [seed]   (the rest is set by the environment, see .env.example)"
            ),
        }
    }
}

/// Adds the sample products that are missing.
pub async fn seed(store: &Store) -> anyhow::Result<()> {
    let added = crate::seed::seed(store)
        .await
        .context("adding the sample products")?;
    tracing::info!(
        added,
        "the sample products are there; those that already were are unchanged"
    );
    Ok(())
}

/// Fills an empty shop, finishes what a crash left half done, and keeps house from then on.
pub async fn prepare(store: &Store) -> anyhow::Result<()> {
    if store.products.is_empty().await? {
        seed(store).await?;
        tracing::info!(
            "first start: open the address below and buy something, then see README.md, Make it yours"
        );
    }
    keep_house(store)
        .await
        .context("finishing paid checkouts")?;
    let store = store.clone();
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(HOUSEKEEPING).await;
            if let Err(error) = keep_house(&store).await {
                tracing::error!(%error, "housekeeping failed and is tried again in an hour");
            }
        }
    });
    Ok(())
}

async fn keep_house(store: &Store) -> Result<(), AppError> {
    let finished = checkout::resume_paid(store).await?;
    if finished > 0 {
        tracing::warn!(finished, "orders were paid but not finished, and are now");
    }
    store.forget_expired(Timestamp::now()).await?;
    Ok(())
}
