//! The bot's questions to its database, one function each. Nothing else in the bot writes a command.
//!
//! Every function takes the guild and puts it into the filter, reading or writing, and what is
//! stored carries its guild in itself: there is no way to ask about documents without saying whose.

use astra_db::Database;

mod conditions;
pub mod documents;
mod error;
pub mod searches;
mod time_order;

pub use self::error::{StoreError, is_too_much_to_sort};

/// The bot's collections. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    /// What guilds keep.
    pub documents: documents::Documents,
    /// What people are leafing through.
    pub searches: searches::Searches,
    database: Database,
}

impl Store {
    /// Opens the collections, creating those that do not exist.
    pub async fn open(database: Database) -> Result<Self, StoreError> {
        Ok(Self {
            documents: documents::Documents::open(&database).await?,
            searches: searches::Searches::open(&database).await?,
            database,
        })
    }

    /// The database itself, for the health check.
    pub fn database(&self) -> &Database {
        &self.database
    }
}
