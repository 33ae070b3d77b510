//! The bot's questions to its database, one function each. Nothing else in the bot writes a command.
//!
//! Every function takes the guild and puts it into the filter, reading or writing, and what is
//! stored carries its guild in itself: there is no way to ask about documents without saying whose.

use astra_db::{CollectionDocument as _, Database};
use shared::schema::{NotMade, Schema, SchemaRecord};

mod conditions;
pub mod documents;
mod error;
pub mod searches;
mod time_order;

use crate::domain::document::Document;

pub use self::error::{StoreError, is_too_much_to_sort};

/// The bot's collections. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    /// What guilds keep.
    pub documents: documents::Documents,
    /// What people are leafing through.
    pub searches: searches::Searches,
    /// What has been made in the database.
    pub schema: SchemaRecord,
}

impl Store {
    /// Opens the collections, creating those that do not exist.
    pub async fn open(database: Database) -> Result<Self, NotMade> {
        let schema = Schema::begin(
            &database,
            Document::COLLECTION_NAME,
            &Document::definition(),
        )
        .await?;
        let opened = Self::of(&schema).await;
        schema.finish(opened).await
    }

    async fn of(schema: &Schema<'_>) -> Result<Self, NotMade> {
        Ok(Self {
            documents: documents::Documents::open(schema).await?,
            searches: searches::Searches::open(schema).await?,
            schema: schema.record(),
        })
    }
}
