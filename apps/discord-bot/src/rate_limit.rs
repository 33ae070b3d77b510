//! How often one person may ask.

use std::time::Duration;

use astra_db::Timestamp;
use shared::rate_limit::RateLimiter;

use crate::domain::id::UserId;

/// The limits of the bot, for people.
#[derive(Debug)]
pub struct RateLimits {
    requests: RateLimiter,
    completions: RateLimiter,
}

impl Default for RateLimits {
    fn default() -> Self {
        Self {
            requests: RateLimiter::new(10, Duration::from_secs(2)),
            completions: RateLimiter::new(30, Duration::from_millis(250)),
        }
    }
}

impl RateLimits {
    /// No limits, for somebody who is alone with the bot.
    pub fn none() -> Self {
        Self {
            requests: RateLimiter::new(1, Duration::ZERO),
            completions: RateLimiter::new(1, Duration::ZERO),
        }
    }

    /// Counts a command, button or modal: ten at once, then one in two seconds.
    ///
    /// # Errors
    ///
    /// How long to wait.
    pub fn request(&self, person: UserId) -> Result<(), Duration> {
        self.requests.take(&person, Timestamp::now().as_millis())
    }

    /// Counts a question for completions, which Discord asks while somebody types.
    ///
    /// # Errors
    ///
    /// How long to wait.
    pub fn completion(&self, person: UserId) -> Result<(), Duration> {
        self.completions.take(&person, Timestamp::now().as_millis())
    }
}
