//! The shop's questions to its database, one function each. Nothing else in the shop writes a
//! command.

use std::time::Duration;

use astra_db::{Database, ErrorCode, Timestamp, UpdateResult};

use crate::domain::invalid::InvalidDocument;

pub mod carts;
pub mod checked;
pub mod checkouts;
pub mod orders;
pub mod products;
pub mod secrets;
pub mod stock;

/// The five collections. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    /// What is sold.
    pub products: products::Products,
    /// How much of it there is.
    pub stock: stock::Stock,
    /// What people have picked.
    pub carts: carts::Carts,
    /// What people are about to pay.
    pub checkouts: checkouts::Checkouts,
    /// What people have bought.
    pub orders: orders::Orders,
    /// What its instances agree on.
    pub secrets: secrets::Secrets,
    database: Database,
}

impl Store {
    /// Opens the collections, creating those that do not exist.
    pub async fn open(database: Database) -> Result<Self, StoreError> {
        let products = products::Products::open(&database).await?;
        Ok(Self {
            stock: stock::Stock::of(database.collection("products")),
            products,
            carts: carts::Carts::open(&database).await?,
            checkouts: checkouts::Checkouts::open(&database).await?,
            orders: orders::Orders::open(&database).await?,
            secrets: secrets::Secrets::open(&database).await?,
            database,
        })
    }

    /// The database itself, for the health check.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// Deletes carts whose time is over.
    pub async fn forget_carts(&self, now: Timestamp) -> Result<(), StoreError> {
        self.carts.delete_expired(now).await
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
    /// The one document that was asked for is not what the shop writes.
    #[error(transparent)]
    Invalid(InvalidDocument),
}

impl StoreError {
    /// Whether something may have been written although this error was the answer.
    pub fn may_have_written(&self) -> bool {
        let Self::Database(error) = self else {
            return false;
        };
        let is_read = error
            .call()
            .is_some_and(|call| matches!(&*call.command, "find" | "findOne" | "countDocuments"));
        error.is_outcome_unknown() && !is_read
    }
}

/// How often an update that lost a race is sent again.
const RACES: usize = 12;

/// Sends a conditional update until it is clear what became of it: `true` when it is stored,
/// `false` when no document satisfies its condition.
///
/// A Data API tells a writer in two ways that another one was faster and nothing has been stored:
/// by "matched 1, modified 0" and no error, and by the error `FAILED_CONCURRENT_OPERATIONS`. Either
/// way the question has to be put again. So an update sent this way must change its document
/// whenever it matches.
async fn guarded<F>(update: impl Fn() -> F) -> Result<bool, StoreError>
where
    F: IntoFuture<Output = Result<UpdateResult, astra_db::Error>>,
{
    for attempt in 0..RACES {
        match update().await {
            Ok(outcome) if outcome.modified_count > 0 => return Ok(true),
            Ok(outcome) if outcome.matched_count == 0 => return Ok(false),
            Err(error) if error.code() != Some(&ErrorCode::FailedConcurrentOperations) => {
                return Err(error.into());
            }
            Ok(_) | Err(_) => tokio::time::sleep(pause(attempt)).await,
        }
    }
    Err(StoreError::LostRaces)
}

/// A pause that grows to a fifth of a second and differs from one writer to the next, so that they
/// do not meet again.
pub(crate) fn pause(attempt: usize) -> Duration {
    let longest_ms = 200.min(2_u64 << attempt.min(8));
    Duration::from_millis(fastrand::u64(1..=longest_ms))
}
