//! The shop's questions to its database, one function each. Nothing else in the shop writes a command.

use std::time::Duration;

use astra_db::{Database, Timestamp};

pub mod carts;
pub mod checkouts;
pub mod orders;
pub mod products;

/// The four collections. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    /// What is sold.
    pub products: products::Products,
    /// What people have picked.
    pub carts: carts::Carts,
    /// What people are about to pay.
    pub checkouts: checkouts::Checkouts,
    /// What people have bought.
    pub orders: orders::Orders,
    database: Database,
}

impl Store {
    /// Opens the collections, creating those that do not exist.
    pub async fn open(database: Database) -> Result<Self, StoreError> {
        Ok(Self {
            products: products::Products::open(&database).await?,
            carts: carts::Carts::open(&database).await?,
            checkouts: checkouts::Checkouts::open(&database).await?,
            orders: orders::Orders::open(&database).await?,
            database,
        })
    }

    /// The database itself, for the health check.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// Deletes carts and checkout sessions whose time is over.
    pub async fn forget_expired(&self, now: Timestamp) -> Result<(), StoreError> {
        self.carts.delete_expired(now).await?;
        self.checkouts.delete_expired(now).await
    }
}

/// Why the store could not answer.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The Data API refused or was not reached.
    #[error(transparent)]
    Database(#[from] astra_db::Error),
    /// Others changed the same document again and again.
    #[error("the document was changed by others {RACES} times in a row")]
    LostRaces,
}

/// How often an update that lost a race is sent again.
const RACES: u32 = 20;

/// Sends a conditional update until it is clear what became of it: `true` when it is stored, `false` when no document satisfies
/// its condition.
///
/// A Data API answers "matched 1, modified 0" and no error when another writer got in between its reading and its writing: nothing
/// has been stored then, and the question has to be put again. So an update sent this way must change its document whenever it
/// matches.
async fn guarded<F>(update: impl Fn() -> F) -> Result<bool, StoreError>
where
    F: IntoFuture<Output = Result<astra_db::UpdateResult, astra_db::Error>>,
{
    for attempt in 1..=RACES {
        let outcome = update().await?;
        if outcome.modified_count > 0 {
            return Ok(true);
        }
        if outcome.matched_count == 0 {
            return Ok(false);
        }
        tokio::time::sleep(Duration::from_millis(u64::from(attempt))).await;
    }
    Err(StoreError::LostRaces)
}
