//! What the server says when it refuses a command, or carries it out in part.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use serde::de::DeserializeOwned;

use super::{ApiError, Error, read_part};
use crate::call_info::CallInfo;

/// Everything an answer with `errors` holds: the errors, what was done nevertheless, the warnings.
///
/// Answers can be partial: an `insertMany` that stored two of three documents has `errors` *and*
/// a `status`. Both are kept, [`ApiErrors::status`] reads the second.
///
/// ```
/// # async fn run(db: astra_db::Database) -> Result<(), astra_db::Error> {
/// use serde_json::{json, Value};
///
/// let outcome = db.command(json!({"insertMany": {"documents": [{"_id": 1}, {"_id": 1}]}})).collection("c").await;
/// if let Err(astra_db::Error::Api(errors)) = outcome {
///     eprintln!("{}", errors.first().message);
///     let done: Option<Value> = errors.status()?;
///     eprintln!("stored nevertheless: {done:?}");
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct ApiErrors {
    /// In the order of the answer, never empty.
    pub(crate) errors: Vec<ApiError>,
    /// Warnings raised before the failure.
    pub warnings: Vec<ApiError>,
    /// The HTTP status; 200 for nearly every failure.
    pub http_status: u16,
    /// How long the server asked to wait.
    pub retry_after: Option<Duration>,
    /// Which call it was and what it took.
    pub call: CallInfo,
    pub(crate) data: Option<Bytes>,
    pub(crate) status: Option<Bytes>,
}

impl ApiErrors {
    /// Every error of the answer, in its order; there is at least one.
    pub fn errors(&self) -> &[ApiError] {
        &self.errors
    }

    /// The error that comes first in the answer; it decides the questions of [`Error`].
    pub fn first(&self) -> &ApiError {
        // Only made from a non-empty list, see `command::Reply`.
        &self.errors[0]
    }

    /// Whether this is an `insertMany` that tells of each document what became of it.
    pub(crate) fn is_partial_insert(&self) -> bool {
        self.call.command == "insertMany" && self.status.is_some()
    }

    /// The `data` that came with the errors.
    ///
    /// # Errors
    /// [`Error::Decode`] when it does not have the shape of `T`.
    pub fn data<T: DeserializeOwned>(&self) -> Result<Option<T>, Error> {
        self.data
            .as_ref()
            .map(|part| read_part(part, "data", &self.call))
            .transpose()
            .map_err(Error::Decode)
    }

    /// The `status` that came with the errors: what was done nevertheless.
    ///
    /// # Errors
    /// [`Error::Decode`] when it does not have the shape of `T`.
    pub fn status<T: DeserializeOwned>(&self) -> Result<Option<T>, Error> {
        self.status
            .as_ref()
            .map(|part| read_part(part, "status", &self.call))
            .transpose()
            .map_err(Error::Decode)
    }
}

impl fmt::Display for ApiErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} was refused: {}", self.call, self.first())?;
        match self.errors.len() {
            1 => Ok(()),
            2 => f.write_str(" (and 1 more error)"),
            n => write!(f, " (and {} more errors)", n - 1),
        }
    }
}

impl std::error::Error for ApiErrors {}
