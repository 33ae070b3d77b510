//! How often a password may be tried.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// So many wrong passwords in a row are forgiven,
const FREE_TRIES: u32 = 5;
/// and after that one more every so often.
const PAUSE_MS: i64 = 10_000;

/// A bucket of tries that fills up again with time: five at once, then one every ten seconds.
///
/// Tries are counted for everybody together: an address to count by is whatever a proxy, or a stranger, says it is. Who keeps
/// trying can thus keep others from logging in, but nobody from working who already has.
///
/// ```
/// use std::time::Duration;
/// use shared::tries::Tries;
///
/// let tries = Tries::default();
/// let now_ms = 1_790_000_000_000;
/// for _ in 0..5 {
///     assert_eq!(tries.take(now_ms), Ok(()));
/// }
/// assert_eq!(tries.take(now_ms), Err(Duration::from_secs(10)));
/// tries.forgive();
/// assert_eq!(tries.take(now_ms), Ok(()));
/// ```
#[derive(Debug)]
pub struct Tries(Mutex<Bucket>);

#[derive(Debug, Clone, Copy)]
struct Bucket {
    left: u32,
    /// When the bucket was last filled.
    since_ms: i64,
}

impl Default for Tries {
    fn default() -> Self {
        Self(Mutex::new(Bucket {
            left: FREE_TRIES,
            since_ms: 0,
        }))
    }
}

impl Tries {
    /// Takes a try out of the bucket, at `now_ms` milliseconds since 1970. To be called before the password is looked at, so
    /// that many tries at once are many tries.
    ///
    /// # Errors
    ///
    /// How long there will be none, in whole seconds.
    pub fn take(&self, now_ms: i64) -> Result<(), Duration> {
        let mut bucket = self.bucket();
        let earned = now_ms.saturating_sub(bucket.since_ms).max(0) / PAUSE_MS;
        let left = i64::from(bucket.left).saturating_add(earned);
        if left >= FREE_TRIES.into() {
            (bucket.left, bucket.since_ms) = (FREE_TRIES, now_ms);
        } else if earned > 0 {
            bucket.left = u32::try_from(left).unwrap_or(FREE_TRIES);
            bucket.since_ms = bucket.since_ms.saturating_add(earned * PAUSE_MS);
        }
        if bucket.left == 0 {
            let next_ms = bucket.since_ms.saturating_add(PAUSE_MS);
            let seconds = (next_ms.saturating_sub(now_ms) / 1_000).max(1);
            return Err(Duration::from_secs(seconds.unsigned_abs()));
        }
        bucket.left -= 1;
        Ok(())
    }

    /// The password was right: all tries are there again.
    pub fn forgive(&self) {
        self.bucket().left = FREE_TRIES;
    }

    fn bucket(&self) -> MutexGuard<'_, Bucket> {
        // Two numbers are never half written, so a panic elsewhere has spoilt nothing.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
