//! How often one person may ask: a bucket of tokens for each, of which every request takes one and
//! which fills again with time.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::domain::id::UserId;

/// Buckets kept at once. One that has filled up again is forgotten, and a new one is as full.
const MAX_BUCKETS: usize = 10_000;

/// The limits of the bot, for people.
#[derive(Debug)]
pub struct RateLimits {
    /// Commands, buttons and modals: ten at once, then one in two seconds.
    pub requests: Buckets<UserId>,
    /// Completions, which Discord asks for while somebody types.
    pub completions: Buckets<UserId>,
}

impl Default for RateLimits {
    fn default() -> Self {
        Self {
            requests: Buckets::new(10, Duration::from_secs(2)),
            completions: Buckets::new(30, Duration::from_millis(250)),
        }
    }
}

impl RateLimits {
    /// No limits, for somebody who is alone with the bot.
    pub fn none() -> Self {
        Self {
            requests: Buckets::new(1, Duration::ZERO),
            completions: Buckets::new(1, Duration::ZERO),
        }
    }
}

/// Token buckets for whoever asks, in bounded memory.
#[derive(Debug)]
pub struct Buckets<Id> {
    tokens: u32,
    refill: Duration,
    /// When each bucket will be full again; one that is not here is full.
    full_at: Mutex<HashMap<Id, Instant>>,
}

impl<Id: Copy + Eq + Hash> Buckets<Id> {
    /// Buckets of so many tokens, of which one comes back after each `refill`.
    pub fn new(tokens: u32, refill: Duration) -> Self {
        Self {
            tokens,
            refill,
            full_at: Mutex::default(),
        }
    }

    /// Takes a token at `now`.
    ///
    /// # Errors
    ///
    /// How long to wait for the next one, where there is none.
    pub fn take(&self, id: Id, now: Instant) -> Result<(), Duration> {
        // A panic elsewhere leaves whole values behind.
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        let missing = full_at
            .get(&id)
            .map_or(Duration::ZERO, |full| full.saturating_duration_since(now));
        let after = missing + self.refill;
        let capacity = self.refill * self.tokens;
        let wait = after.saturating_sub(capacity);
        if wait > Duration::ZERO {
            return Err(wait);
        }
        if full_at.len() >= MAX_BUCKETS && !full_at.contains_key(&id) {
            make_room(&mut full_at, now);
        }
        full_at.insert(id, now + after);
        Ok(())
    }

    /// How many buckets are kept.
    pub fn len(&self) -> usize {
        self.full_at
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .len()
    }

    /// Whether none is kept.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Forgets full buckets, and a quarter of them all if that is not enough: whoever is forgotten early
/// may ask a little more, which is better than memory without an end.
fn make_room<Id: Copy + Eq + Hash>(full_at: &mut HashMap<Id, Instant>, now: Instant) {
    full_at.retain(|_, full| *full > now);
    if full_at.len() >= MAX_BUCKETS {
        let some: Vec<Id> = full_at.keys().take(MAX_BUCKETS / 4).copied().collect();
        for id in some {
            full_at.remove(&id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_is_emptied_and_fills_again_with_time() {
        let buckets = Buckets::new(3, Duration::from_secs(2));
        let start = Instant::now();
        for _ in 0..3 {
            assert_eq!(buckets.take('a', start), Ok(()));
        }
        assert_eq!(buckets.take('a', start), Err(Duration::from_secs(2)));
        assert_eq!(buckets.take('b', start), Ok(()));
        let later = start + Duration::from_secs(2);
        assert_eq!(buckets.take('a', later), Ok(()));
        assert_eq!(buckets.take('a', later), Err(Duration::from_secs(2)));
        let much_later = start + Duration::from_hours(1);
        for _ in 0..3 {
            assert_eq!(buckets.take('a', much_later), Ok(()));
        }
        assert!(buckets.take('a', much_later).is_err());
    }

    #[test]
    fn a_crowd_takes_bounded_memory() {
        let buckets = Buckets::new(3, Duration::from_secs(2));
        let now = Instant::now();
        for person in 0..50_000_u32 {
            assert_eq!(buckets.take(person, now), Ok(()));
        }
        assert!(buckets.len() <= MAX_BUCKETS, "{}", buckets.len());
    }
}
