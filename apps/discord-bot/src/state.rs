//! What every command may use: handles only, cheap to clone.

use std::sync::Arc;

use crate::domain::quota::Quota;
use crate::rate_limit::RateLimits;
use crate::store::Store;
use crate::unsettled::Unsettled;

/// The state behind every entry point.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct AppState {
    /// The database.
    pub store: Store,
    /// How often one person may ask.
    pub limits: Arc<RateLimits>,
    /// How many documents a server may keep.
    pub quota: Quota,
    /// Inserts that may have been carried out.
    pub unsettled: Arc<Unsettled>,
}

impl AppState {
    /// A bot on this store.
    pub fn new(store: Store) -> Self {
        Self {
            store,
            limits: Arc::default(),
            quota: Quota::default(),
            unsettled: Arc::default(),
        }
    }

    /// The same with limits of one's own.
    #[must_use]
    pub fn with_limits(mut self, limits: RateLimits) -> Self {
        self.limits = Arc::new(limits);
        self
    }
}
