//! When a call is tried again, and after which wait.

use std::time::Duration;

use crate::error::{ApiErrors, Error, Executed};
use crate::retry_class::Effect;

/// How often a call is tried and how long is waited between the tries.
///
/// Which failures are repeated is not a matter of policy but of safety. It follows from whether the
/// command was executed ([`Error::executed`]) and whether the failure passes
/// ([`Error::is_retryable`]):
///
/// | Executed | Failures that pass | Reads and idempotent writes | Other writes |
/// |---|---|---|---|
/// | no | the server was not reached; HTTP 429 | again | again |
/// | no | HTTP 401 and refused credentials that have worked | again | again |
/// | no | `UNEXPECTED_SERVER_ERROR` around `SchemaObjectTypeMismatchException` | again | again |
/// | no | `FAILED_CONCURRENT_OPERATIONS`, `FAILED_TO_CONNECT_TO_DATABASE`, `FAILED_TO_READ_METADATA`, a limit or timeout of an embedding provider | again | again, if of one document |
/// | no | `COUNT_READ_FAILED`, a limit or timeout of a reranker | again | – |
/// | maybe | `UNEXPECTED_DRIVER_ERROR`, `UNAVAILABLE_DATABASE`, `TIMEOUT_READING_DATA`, `TIMEOUT_WRITING_DATA`, `FAILED_READ_REQUEST`, `FAILED_WRITE_REQUEST`, `FAILED_COMPARE_AND_SET`, `FAILED_TRUNCATION` | again | – |
/// | maybe | HTTP 502, 503, 504; a broken connection; an attempt that timed out | again | – |
///
/// Nothing else is repeated. `UNAUTHORIZED_ACCESS` counts as "maybe" for a write of several
/// documents, as some may have been written before the refusal.
///
/// **Refused credentials.** A database with too few live nodes refuses all credentials. So after a
/// call with the same credentials has succeeded, a refusal is an outage for one minute: it is
/// repeated, and [`Error::is_retryable`] is true. Then, or if no call has succeeded before, it is
/// final.
///
/// **Waits** grow exponentially and are drawn at random from zero to the full step ("full jitter"),
/// so that clients which failed together do not come back together. `Retry-After` is honored. No
/// wait goes past the deadline of the request.
///
/// **Budget.** All handles of a client share a budget of 100 retries, so that an outage is not
/// multiplied by them. A success after a retry puts that retry back; five calls that succeed at once
/// add one. While the budget is empty, calls are tried once.
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
    let safe = match error.executed() {
        Executed::No => true,
        Executed::Maybe => effect == Effect::Idempotent && !stored_in_part(error),
        Executed::Yes => false,
    };
    safe && error.is_retryable()
}

/// Repeated, the documents that were stored would come back as taken.
fn stored_in_part(error: &Error) -> bool {
    error.api_errors().is_some_and(ApiErrors::is_partial_insert)
}
