//! How much a client may repeat, so that its retries do not multiply an outage.

use std::sync::atomic::{AtomicU32, Ordering};

/// What a client starts with and never has more of: enough for 100 retries.
const FULL: u32 = 500;
/// What a retry takes, and what its success puts back.
const RETRY: u32 = 5;
/// What a call earns that succeeds at once.
const SUCCESS: u32 = 1;

/// A token bucket that all calls of a client share.
#[derive(Debug)]
pub(crate) struct RetryBudget(AtomicU32);

impl Default for RetryBudget {
    fn default() -> Self {
        Self(AtomicU32::new(FULL))
    }
}

impl RetryBudget {
    /// Takes a retry; answers whether there was one.
    pub(crate) fn spend(&self) -> bool {
        let spent = |left: u32| left.checked_sub(RETRY);
        self.0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, spent)
            .is_ok()
    }

    /// Enters a success after this many attempts. A full bucket, the usual case, is only read.
    pub(crate) fn earn(&self, attempts: u32) {
        let earned = if attempts > 1 { RETRY } else { SUCCESS };
        let more = |left: u32| (left < FULL).then(|| left.saturating_add(earned).min(FULL));
        let _ = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
    }
}
