//! What every command may use: handles only, cheap to clone.

use crate::store::Store;

/// The state behind every door.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct AppState {
    /// The database.
    pub store: Store,
}

impl AppState {
    /// A bot on this store.
    pub fn new(store: Store) -> Self {
        Self { store }
    }
}
