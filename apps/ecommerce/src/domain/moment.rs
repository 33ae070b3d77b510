//! Moments of the shop's clock.

use std::time::Duration;

use astra_db::Timestamp;

/// A moment this much later.
pub(crate) fn after(now: Timestamp, time: Duration) -> Timestamp {
    let milliseconds = i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
    Timestamp::from_millis(now.as_millis().saturating_add(milliseconds))
}
