//! What the variants of [`Error`](super::Error) carry.

use std::fmt;
use std::time::Duration;

use super::{BoxError, Error, SchemeMismatch};
use crate::call_info::CallInfo;
use crate::timeouts::TimeoutCategory;

/// A value that cannot be written as JSON, such as a map whose keys are no strings.
#[derive(Debug)]
#[non_exhaustive]
pub struct EncodeError {
    /// The command it was meant for.
    pub command: String,
    /// What serde said; it is in the message.
    pub source: serde_json::Error,
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} cannot be written as JSON: {}",
            self.command, self.source
        )
    }
}

impl std::error::Error for EncodeError {}

/// A connection that could not be made, or broke.
///
/// ```
/// # fn handle(error: astra_db::Error) {
/// if let astra_db::Error::Connect(error) | astra_db::Error::Transport(error) = error {
///     eprintln!("{error}: {}; sent: {}", error.source, error.sent);
/// }
/// # }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct ConnectionError {
    /// Which call it was and what it took.
    pub call: CallInfo,
    /// Whether a time limit ended it.
    pub timed_out: bool,
    /// Whether the request had been sent, so that it may have been carried out.
    pub sent: bool,
    /// Which scheme the endpoint has and which one it seems to need.
    pub scheme_mismatch: Option<SchemeMismatch>,
    /// What the transport said.
    pub source: BoxError,
}

impl fmt::Display for ConnectionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = if self.sent {
            "the connection broke"
        } else {
            "the server was not reached"
        };
        write!(f, "{}: {what} ({})", self.call, self.call.effort())?;
        match self.scheme_mismatch {
            Some(mismatch) => write!(f, ": {mismatch}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for ConnectionError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&*self.source)
    }
}

/// No answer in time.
///
/// ```
/// # fn handle(error: astra_db::Error) {
/// if let astra_db::Error::Timeout(error) = error {
///     eprintln!("the {} limit of {:?} was met by {}", error.category, error.limit, error.call);
/// }
/// # }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct TimeoutError {
    /// Which call it was and what it took.
    pub call: CallInfo,
    /// Which limit was met.
    pub category: TimeoutCategory,
    /// That limit.
    pub limit: Duration,
    /// Whether a request was under way, so that it may have been carried out.
    pub sent: bool,
}

impl fmt::Display for TimeoutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} met the {} timeout of {:?} ({})",
            self.call,
            self.category,
            self.limit,
            self.call.effort()
        )
    }
}

/// An HTTP answer that is no success and not the Data API's.
///
/// ```
/// # fn handle(error: astra_db::Error) {
/// if let astra_db::Error::Http(error) = error {
///     eprintln!("HTTP {}, which begins with {}", error.status, error.body);
/// }
/// # }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct HttpError {
    /// Which call it was and what it took.
    pub call: CallInfo,
    /// The HTTP status.
    pub status: u16,
    /// How long the server asked to wait.
    pub retry_after: Option<Duration>,
    /// Where a redirect pointed; it is never followed, as the token would go along.
    pub location: Option<String>,
    /// Which scheme the endpoint has and which one the server asks for.
    pub scheme_mismatch: Option<SchemeMismatch>,
    /// The beginning of the body, as text, at most 500 characters.
    pub body: String,
}

impl fmt::Display for HttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} was answered with HTTP {}", self.call, self.status)?;
        match (&self.location, self.status) {
            (Some(to), _) => write!(f, ", a redirect to {to}: use the final address as endpoint"),
            (None, 404 | 405) => f.write_str(": check the endpoint and its API path"),
            (None, 413) => f.write_str(": the request is too large, send less at once"),
            (None, _) => match self.scheme_mismatch {
                Some(mismatch) => write!(f, ": {mismatch}"),
                None => Ok(()),
            },
        }
    }
}

/// What `update_many` had done when it failed.
///
/// ```
/// # async fn run(products: astra_db::Collection) -> Result<(), astra_db::Error> {
/// use astra_db::Error;
/// use serde_json::json;
///
/// match products.update_many(json!({"old": true}), json!({"$inc": {"version": 1}})).await {
///     Err(Error::UpdateMany(partial)) => println!("{} at least", partial.modified_count),
///     outcome => println!("{}", outcome?.modified_count),
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, thiserror::Error)]
#[error("update_many stopped after it had modified {modified_count} documents")]
#[non_exhaustive]
pub struct PartialUpdate {
    /// Documents matched by the requests that succeeded.
    pub matched_count: u64,
    /// Documents modified by the requests that succeeded.
    pub modified_count: u64,
    /// Why the next request failed.
    #[source]
    pub cause: Error,
}

/// What `delete_many` had done when it failed. What is left can be deleted by the same call.
///
/// ```
/// # async fn run(products: astra_db::Collection) -> Result<(), astra_db::Error> {
/// use astra_db::Error;
/// use serde_json::json;
///
/// if let Err(Error::DeleteMany(partial)) = products.delete_many(json!({"old": true})).await {
///     println!("{} are gone, then: {}", partial.deleted_count, partial.cause);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, thiserror::Error)]
#[error("delete_many stopped after it had deleted {deleted_count} documents")]
#[non_exhaustive]
pub struct PartialDelete {
    /// Documents deleted by the requests that succeeded.
    pub deleted_count: u64,
    /// Why the next request failed.
    #[source]
    pub cause: Error,
}

impl std::error::Error for TimeoutError {}

impl std::error::Error for HttpError {}
