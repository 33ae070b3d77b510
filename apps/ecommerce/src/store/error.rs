//! What can go wrong between the shop and its database.

use std::sync::Arc;

use shared::Unavailable;

use crate::domain::invalid::InvalidDocument;

/// Why the store could not answer.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The Data API refused or was not reached.
    #[error("a database command failed")]
    Database(#[from] astra_db::Error),
    /// Others changed the same document again and again.
    #[error("the document was changed by others {RACES} times in a row")]
    LostRaces,
    /// The one document that was asked for is not what the shop writes.
    #[error(transparent)]
    Invalid(InvalidDocument),
    /// The database takes too long.
    #[error("the database took too long to answer")]
    Slow,
    /// There is no catalog to show.
    #[error("the catalog could not be read")]
    Catalog(#[source] Arc<Self>),
}

impl StoreError {
    /// What it says about the database.
    pub fn unavailable(&self) -> Option<Unavailable> {
        match self {
            Self::Database(error) => Some(Unavailable::of(error)),
            Self::Slow => Some(Unavailable::Away),
            Self::Catalog(cause) => cause.unavailable(),
            Self::LostRaces | Self::Invalid(_) => None,
        }
    }

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
pub(super) const RACES: usize = 12;
