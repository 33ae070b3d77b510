//! When a call is tried again, and after which wait.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::error::{ApiErrors, Error, Executed};

/// Decides whether a call that failed is tried again, and after which wait. [`DefaultRetryPolicy`]
/// does, unless [`Options::retry`](crate::Options::retry) gives another one.
///
/// Whatever it answers, no wait goes past the deadline of the request, and the retry budget of the
/// client limits how often calls are repeated ([`DefaultRetryPolicy`] tells of it).
///
/// ```
/// use std::time::Duration;
/// use astra_db::{DataApiClient, DefaultRetryPolicy, ErrorCode, FailedAttempt, RetryPolicy};
///
/// /// Tries again as usual, but leaves a provider alone that has reached its limit.
/// #[derive(Debug, Default)]
/// struct SpareTheProvider(DefaultRetryPolicy);
///
/// impl RetryPolicy for SpareTheProvider {
///     fn wait(&self, failed: &FailedAttempt<'_>) -> Option<Duration> {
///         match failed.error.code() {
///             Some(ErrorCode::EmbeddingProviderRateLimited) => None,
///             _ => self.0.wait(failed),
///         }
///     }
/// }
/// let client = DataApiClient::new("AstraCS:…")
///     .with_options(|options| options.retry(SpareTheProvider::default()));
/// ```
pub trait RetryPolicy: fmt::Debug + Send + Sync + 'static {
    /// Whether to repeat after this failure. Unless you write it, [`FailedAttempt::is_safe_to_retry`]
    /// decides.
    fn allows(&self, failed: &FailedAttempt<'_>) -> bool {
        failed.is_safe_to_retry()
    }

    /// How long to wait before the next attempt, `None` to give up.
    fn wait(&self, failed: &FailedAttempt<'_>) -> Option<Duration>;
}

impl<P: RetryPolicy + ?Sized> RetryPolicy for Arc<P> {
    fn allows(&self, failed: &FailedAttempt<'_>) -> bool {
        (**self).allows(failed)
    }

    fn wait(&self, failed: &FailedAttempt<'_>) -> Option<Duration> {
        (**self).wait(failed)
    }
}

/// What a [`RetryPolicy`] decides by.
///
/// ```
/// fn is_worth_a_line_in_the_log(failed: &astra_db::FailedAttempt<'_>) -> bool {
///     failed.attempts > 2 && !failed.is_idempotent
/// }
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct FailedAttempt<'a> {
    /// Why it failed. [`Error::call`] tells of the command and of the time it has taken.
    pub error: &'a Error,
    /// How often the call was tried, this attempt included.
    pub attempts: u32,
    /// Whether the command can be executed twice without harm: a read, for example, or the insert of
    /// a document with its own `_id`; what [`Options::idempotent`](crate::Options::idempotent) says
    /// comes first.
    pub is_idempotent: bool,
}

impl FailedAttempt<'_> {
    /// Whether repeating is safe and makes sense, by the table of [`DefaultRetryPolicy`].
    pub fn is_safe_to_retry(&self) -> bool {
        let safe = match self.error.executed() {
            Executed::No => true,
            Executed::Maybe => self.is_idempotent && !stored_in_part(self.error),
            Executed::Yes => false,
        };
        safe && self.error.is_retryable()
    }
}

/// The [`RetryPolicy`] of a client that is given no other: how often a call is tried and how long is
/// waited between the tries.
///
/// Which failures are repeated follows from whether the command was executed ([`Error::executed`])
/// and whether the failure passes ([`Error::is_retryable`]):
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
/// use astra_db::{DataApiClient, DefaultRetryPolicy, Options};
///
/// let patient = DefaultRetryPolicy::default().max_attempts(6).max_wait(Duration::from_secs(20));
/// let client = DataApiClient::new("AstraCS:…").with_options(|options| options.retry(patient));
/// let never = Options::default().retry(DefaultRetryPolicy::never());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DefaultRetryPolicy {
    max_attempts: u32,
    first_wait: Duration,
    max_wait: Duration,
}

impl Default for DefaultRetryPolicy {
    /// Three attempts, waits of up to 100 ms and 200 ms between them.
    fn default() -> Self {
        Self {
            max_attempts: 3,
            first_wait: Duration::from_millis(100),
            max_wait: Duration::from_secs(5),
        }
    }
}

impl DefaultRetryPolicy {
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
}

impl RetryPolicy for DefaultRetryPolicy {
    fn wait(&self, failed: &FailedAttempt<'_>) -> Option<Duration> {
        if failed.attempts >= self.max_attempts {
            return None;
        }
        let doublings = failed.attempts.saturating_sub(1).min(20);
        let step = self
            .first_wait
            .saturating_mul(1 << doublings)
            .min(self.max_wait);
        let jittered = step.mul_f64(fastrand::f64());
        let asked = failed.error.retry_after();
        Some(asked.map_or(jittered, |asked| asked.max(jittered)))
    }
}

/// Repeated, the documents that were stored would come back as taken.
fn stored_in_part(error: &Error) -> bool {
    error.api_errors().is_some_and(ApiErrors::is_partial_insert)
}
