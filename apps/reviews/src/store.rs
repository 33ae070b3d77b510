//! The app's questions to its database, one function each. Nothing else in the app writes a
//! command.

pub mod accounts;
mod error;
pub mod ratings;
pub mod reviews;
pub mod sessions;
mod table;
pub mod vehicles;

use astra_db::Database;

pub use self::error::StoreError;

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
