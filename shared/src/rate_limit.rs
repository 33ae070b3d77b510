//! How often something may be done: a bucket of tokens for each key, such as a client's network.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hash};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Buckets that are kept at once.
const MAX_BUCKETS: usize = 100_000;

/// Token buckets: each key has a few tokens, which come back one by one with time.
///
/// The buckets are in memory: a restart fills them, and two processes count separately. Their number is bounded. Beyond it
/// the fullest ones are dropped, whose owners lose nothing or get a few tokens early.
///
/// ```
/// use std::time::Duration;
/// use shared::rate_limit::RateLimiter;
///
/// let limiter = RateLimiter::new(2, Duration::from_secs(10));
/// let now_ms = 1_790_000_000_000;
/// assert_eq!(limiter.take(&"203.0.113.7", now_ms), Ok(()));
/// assert_eq!(limiter.take(&"203.0.113.7", now_ms), Ok(()));
/// assert_eq!(limiter.take(&"203.0.113.7", now_ms), Err(Duration::from_secs(10)));
/// assert_eq!(limiter.take(&"203.0.113.8", now_ms), Ok(()));
/// ```
#[derive(Debug)]
pub struct RateLimiter {
    tokens: i64,
    refill_ms: i64,
    hasher: RandomState,
    /// When the bucket of a key will be full again; one that is not here is full. Keys are kept as their hashes, so that
    /// a long one takes no more memory than a short one.
    full_at: Mutex<HashMap<u64, i64>>,
}

impl RateLimiter {
    /// Buckets of up to `tokens`, of which one comes back after each `refill`. There is always at least one token.
    pub fn new(tokens: u32, refill: Duration) -> Self {
        Self {
            tokens: tokens.max(1).into(),
            refill_ms: i64::try_from(refill.as_millis()).unwrap_or(i64::MAX),
            hasher: RandomState::new(),
            full_at: Mutex::default(),
        }
    }

    /// Buckets of up to `tokens`, all of which come back within `window`.
    pub fn within(window: Duration, tokens: u32) -> Self {
        Self::new(tokens, window / tokens.max(1))
    }

    /// Takes a token of `key`, at `now_ms` milliseconds since 1970. To be called before the work that is limited, so that
    /// many requests at once are counted.
    ///
    /// # Errors
    ///
    /// How long to wait for the next token.
    pub fn take(&self, key: &impl Hash, now_ms: i64) -> Result<(), Duration> {
        let key = self.hasher.hash_one(key);
        let capacity_ms = self.refill_ms.saturating_mul(self.tokens);
        let mut full_at = self.buckets();
        let missing_ms = full_at
            .get(&key)
            .map_or(0, |full_at| full_at.saturating_sub(now_ms));
        // No bucket takes longer than that to fill: the clock has been set back.
        let missing_ms = if missing_ms > capacity_ms {
            0
        } else {
            missing_ms.max(0)
        };
        let after_ms = missing_ms.saturating_add(self.refill_ms);
        if after_ms > capacity_ms {
            let wait_ms = after_ms - capacity_ms;
            return Err(Duration::from_millis(wait_ms.unsigned_abs()));
        }
        if full_at.len() >= MAX_BUCKETS && !full_at.contains_key(&key) {
            drop_fullest(&mut full_at);
        }
        full_at.insert(key, now_ms.saturating_add(after_ms));
        Ok(())
    }

    /// Returns a token of `key` that was taken.
    pub fn give_back(&self, key: &impl Hash) {
        if let Some(full_at) = self.buckets().get_mut(&self.hasher.hash_one(key)) {
            *full_at = full_at.saturating_sub(self.refill_ms);
        }
    }

    /// Returns all tokens of `key`.
    pub fn reset(&self, key: &impl Hash) {
        self.buckets().remove(&self.hasher.hash_one(key));
    }

    fn buckets(&self) -> MutexGuard<'_, HashMap<u64, i64>> {
        // Numbers are never half written, so a panic elsewhere has spoilt nothing.
        self.full_at.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Drops a quarter of the buckets, those that are full first.
fn drop_fullest(full_at: &mut HashMap<u64, i64>) {
    let mut times: Vec<i64> = full_at.values().copied().collect();
    let quarter = times.len() / 4;
    let (_, latest, _) = times.select_nth_unstable(quarter);
    full_at.retain(|_, full_at| *full_at > *latest);
}

/// A wait in whole seconds, rounded up, as `Retry-After` has it.
///
/// ```
/// use std::time::Duration;
/// use shared::rate_limit::retry_after;
///
/// assert_eq!(retry_after(Duration::from_millis(1_001)), 2);
/// ```
pub fn retry_after(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crowd_takes_bounded_memory() {
        let limiter = RateLimiter::new(3, Duration::from_secs(2));
        for person in 0..150_000_i64 {
            assert_eq!(limiter.take(&person, person / 1_000), Ok(()));
        }
        let kept = limiter.buckets().len();
        assert!((MAX_BUCKETS / 2..=MAX_BUCKETS).contains(&kept), "{kept}");
    }
}
