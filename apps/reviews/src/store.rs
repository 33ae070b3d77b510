//! The app's questions to its database, one function each. Nothing else in the app writes a
//! command.
//!
//! What there may be only one of, and what has to be exact, is a document of a collection: an insert with an `_id` and a
//! guarded update are lightweight transactions on every server. What is listed is a row of a table.

pub mod accounts;
mod document;
pub mod earlier;
mod error;
pub mod moderation;
pub mod pending_marker;
pub mod ratings;
pub mod reviews;
pub mod sessions;
mod table;
pub mod vehicles;

use astra_db::Database;
use shared::schema::{NotMade, Schema, SchemaRecord};

pub use self::error::StoreError;

/// The collections and tables. Cheap to clone.
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
    /// What moderators have hidden and whom they have blocked.
    pub moderation: moderation::Moderation,
    /// What an earlier version left in tables.
    pub earlier: earlier::Earlier,
    /// What has been made in the database.
    pub schema: SchemaRecord,
    database: Database,
}

impl Store {
    /// Opens the collections and tables, creating those that do not exist.
    pub async fn open(database: Database) -> Result<Self, NotMade> {
        let schema = Schema::begin(&database, accounts::NAME, &accounts::definition()).await?;
        let opened = Self::of(&schema).await;
        schema.finish(opened).await
    }

    async fn of(schema: &Schema<'_>) -> Result<Self, NotMade> {
        let database = schema.database();
        document::create_reviews_and_ratings(schema).await?;
        let reviews = reviews::Reviews::open(schema).await?;
        Ok(Self {
            vehicles: vehicles::Vehicles::open(schema).await?,
            ratings: ratings::Ratings::of(database, reviews.clone()),
            reviews,
            accounts: accounts::Accounts::open(schema).await?,
            sessions: sessions::Sessions::open(schema).await?,
            moderation: moderation::Moderation::open(schema).await?,
            earlier: earlier::Earlier::of(database),
            schema: schema.record(),
            database: database.clone(),
        })
    }

    /// The database itself.
    pub fn database(&self) -> &Database {
        &self.database
    }
}
