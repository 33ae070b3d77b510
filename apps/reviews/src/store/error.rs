//! Why the store could not answer.

/// Why the store could not answer.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The Data API refused or was not reached.
    #[error("a database command failed")]
    Database(#[from] astra_db::Error),
    /// Others changed the same document each time this was tried.
    #[error("others changed the same document at the same time, again and again")]
    LostRaces,
}
