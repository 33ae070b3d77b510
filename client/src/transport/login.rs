//! Whether the server accepts the credentials of a client, and since when it does not.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

/// How long a refusal of credentials that have worked is taken for an outage.
const OUTAGE: Duration = Duration::from_secs(60);

const NEVER_WORKED: u64 = 0;
const WORKS: u64 = 1;

/// What is known of one set of credentials. A server whose nodes are down cannot look credentials
/// up and refuses them all, so the first refusals after a success say nothing about them.
#[derive(Debug)]
pub(crate) struct Login {
    made: Instant,
    /// One of the constants above, or [`Login::now`] of the first refusal.
    state: AtomicU64,
}

impl Default for Login {
    fn default() -> Self {
        Self {
            made: Instant::now(),
            state: AtomicU64::new(NEVER_WORKED),
        }
    }
}

impl Login {
    /// Every call that succeeds comes by here, so it writes only what changes.
    pub(crate) fn succeeded(&self) {
        if self.state.load(Ordering::Relaxed) != WORKS {
            self.state.store(WORKS, Ordering::Relaxed);
        }
    }

    /// Whether this refusal is taken for an outage.
    pub(crate) fn refused(&self) -> bool {
        let now = self.now();
        let first_refusal =
            self.state
                .compare_exchange(WORKS, now, Ordering::Relaxed, Ordering::Relaxed);
        match first_refusal {
            Ok(_) => true,
            Err(NEVER_WORKED) => false,
            Err(since) => Duration::from_millis(now.saturating_sub(since)) < OUTAGE,
        }
    }

    /// Milliseconds, above the constants.
    fn now(&self) -> u64 {
        u64::try_from(self.made.elapsed().as_millis()).map_or(u64::MAX, |now| now.saturating_add(2))
    }
}
