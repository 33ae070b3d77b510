//! The app's questions to its database, one function each. Nothing else in the app writes a
//! command.

use astra_db::model::TableRow;
use astra_db::{Database, Table};

pub mod accounts;
pub mod ratings;
pub mod reviews;
pub mod sessions;
pub mod vehicles;

/// The tables. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    /// What is reviewed.
    pub vehicles: vehicles::Vehicles,
    /// What people think of it.
    pub reviews: reviews::Reviews,
    /// How many stars that makes.
    pub ratings: ratings::Ratings,
    /// Who may write.
    pub accounts: accounts::Accounts,
    /// Who is logged in.
    pub sessions: sessions::Sessions,
    database: Database,
}

impl Store {
    /// Opens the tables, creating those that do not exist.
    pub async fn open(database: Database) -> Result<Self, StoreError> {
        let reviews = reviews::Reviews::open(&database).await?;
        Ok(Self {
            vehicles: vehicles::Vehicles::open(&database).await?,
            ratings: ratings::Ratings::open(&database, reviews.clone()).await?,
            reviews,
            accounts: accounts::Accounts::open(&database).await?,
            sessions: sessions::Sessions::open(&database).await?,
            database,
        })
    }

    /// The database itself, for the health check.
    pub fn database(&self) -> &Database {
        &self.database
    }
}

/// Why the store could not answer.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The Data API refused or was not reached.
    #[error(transparent)]
    Database(#[from] astra_db::Error),
}

/// The table of a row, made or completed if it has to be.
///
/// Every write of this app may be repeated: it puts values where they are already, or deletes what
/// is gone. So the client may send it again after a lost answer.
async fn open<R: TableRow + 'static>(database: &Database) -> Result<Table<R>, StoreError> {
    let synced = database.sync_table::<R>().await?;
    for drift in &synced.drift {
        tracing::warn!(%drift, "a table is not as this version expects it");
    }
    let table = database.table::<R>(R::TABLE_NAME);
    Ok(table.with_options(|options| options.idempotent(true)))
}
