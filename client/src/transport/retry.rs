//! When a call is tried again, and after which wait.

use std::time::Duration;

use crate::error::Error;
use crate::retry_class::Effect;

/// How often a call is tried and how long is waited between the tries.
///
/// Whether a failure may be repeated at all is not a matter of policy but of safety:
///
/// | Failure | Reads and repeatable writes | Writes of one document | Writes of many |
/// |---|---|---|---|
/// | the server was not reached | again | again | again |
/// | the server says nothing was written (`FAILED_CONCURRENT_OPERATIONS`, …) | again | again | – |
/// | other passing errors of the server (`TIMEOUT_READING_DATA`, …) | again | – | – |
/// | HTTP 429: the request was turned away, nothing was done | again | again | again |
/// | HTTP 502, 503, 504; a broken connection; an attempt that timed out | again | – | – |
///
/// Waits grow exponentially and are drawn at random from zero to the full step ("full jitter"), so
/// that clients which failed together do not come back together. `Retry-After` is honored. No wait
/// goes past the deadline of the request.
///
/// ```
/// use std::time::Duration;
/// use astra_db::{DataApiClient, Options, RetryPolicy};
///
/// let patient = RetryPolicy::default().max_attempts(6).max_wait(Duration::from_secs(20));
/// let client = DataApiClient::new("AstraCS:…").with_options(|options| options.retry(patient));
/// let never = Options::default().retry(RetryPolicy::never());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    max_attempts: u32,
    first_wait: Duration,
    max_wait: Duration,
}

impl Default for RetryPolicy {
    /// Three attempts, waits of up to 100 ms and 200 ms between them.
    fn default() -> Self {
        Self {
            max_attempts: 3,
            first_wait: Duration::from_millis(100),
            max_wait: Duration::from_secs(5),
        }
    }
}

impl RetryPolicy {
    /// One attempt, whatever happens.
    pub fn never() -> Self {
        Self {
            max_attempts: 1,
            ..Self::default()
        }
    }

    /// How often a call is tried in all; 0 counts as 1.
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts.max(1);
        self
    }

    /// The longest wait before the second attempt; it doubles from there.
    #[must_use]
    pub fn first_wait(mut self, wait: Duration) -> Self {
        self.first_wait = wait;
        self
    }

    /// The longest wait of all.
    #[must_use]
    pub fn max_wait(mut self, wait: Duration) -> Self {
        self.max_wait = wait;
        self
    }

    /// How long to wait after `attempts` failed attempts, `None` when that was the last one.
    pub(crate) fn wait_after(&self, attempts: u32, error: &Error) -> Option<Duration> {
        if attempts >= self.max_attempts {
            return None;
        }
        let doublings = (attempts - 1).min(20);
        let step = self
            .first_wait
            .saturating_mul(1 << doublings)
            .min(self.max_wait);
        let jittered = step.mul_f64(fastrand::f64());
        Some(
            error
                .retry_after()
                .map_or(jittered, |asked| asked.max(jittered)),
        )
    }
}

/// Whether repeating after this failure is safe and makes sense.
pub(crate) fn may_repeat(error: &Error, effect: Effect) -> bool {
    match error {
        Error::Connect(_) => true,
        // Repeated, the documents that were stored would come back as taken.
        Error::Api(errors) if errors.is_partial_insert() => false,
        _ if error.is_rate_limited() => true,
        Error::Transport(_) | Error::Timeout(_) | Error::Http(_) => {
            effect == Effect::Idempotent && error.is_retryable()
        }
        Error::Api(errors) => match effect {
            Effect::Idempotent => error.is_retryable(),
            Effect::SingleWrite => errors
                .errors()
                .iter()
                .all(|error| error.code.nothing_was_written()),
            Effect::ManyWrites => false,
        },
        _ => false,
    }
}
