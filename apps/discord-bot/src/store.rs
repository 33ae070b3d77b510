//! The bot's questions to its database, one function each. Nothing else in the bot writes a command.
//!
//! Every function takes the guild and puts it into the filter, reading or writing, and what is
//! stored carries its guild in itself: there is no way to ask about documents without saying whose.

use astra_db::{Database, ErrorCode};

mod conditions;
pub mod documents;
pub mod searches;
mod timely;

/// Why the store could not answer.
pub type StoreError = astra_db::Error;

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

/// Whether the database gave up because more than 10,000 documents were to be sorted.
pub fn is_too_much_to_sort(error: &StoreError) -> bool {
    error.code() == Some(&ErrorCode::OverloadedSortRowLimit)
}
