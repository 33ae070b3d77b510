//! Documents that a load could not store.

use std::fmt;

use serde_json::value::RawValue;

use crate::error::{ApiError, EncodeError};

/// A document, or row, that [`InsertManyStream`](crate::InsertManyStream) could not store.
///
/// ```
/// # fn handle(rejected: astra_db::RejectedDocument) {
/// eprintln!("{rejected}: {}", rejected.document.as_deref().unwrap_or_default());
/// # }
/// ```
#[doc(alias = "RejectedRow")]
#[derive(Debug)]
#[non_exhaustive]
pub struct RejectedDocument {
    /// Its place in the stream, counted from 0.
    pub index: u64,
    /// The JSON that was sent; `None` for a document that cannot be written as JSON.
    pub document: Option<String>,
    /// Why it was not stored.
    pub reason: RejectionReason,
}

/// Why a document was rejected.
///
/// ```
/// use astra_db::{RejectedDocument, RejectionReason};
///
/// fn is_duplicate(rejected: &RejectedDocument) -> bool {
///     matches!(&rejected.reason, RejectionReason::Refused(error) if error.code.as_str() == "DOCUMENT_ALREADY_EXISTS")
/// }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum RejectionReason {
    /// The server refused it. `DOCUMENT_ALREADY_EXISTS` says that another document has its `_id`.
    Refused(ApiError),
    /// The answer was lost, and as the document brings no `_id` it cannot be looked for.
    OutcomeUnknown,
    /// It cannot be written as JSON.
    Encode(EncodeError),
}

impl RejectedDocument {
    pub(super) fn new(
        index: u64,
        document: Option<Box<RawValue>>,
        reason: RejectionReason,
    ) -> Self {
        let text = |json: Box<RawValue>| Box::<str>::from(json).into_string();
        Self {
            index,
            document: document.map(text),
            reason,
        }
    }
}

impl fmt::Display for RejectedDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "document {} was not stored: {}", self.index, self.reason)
    }
}

impl fmt::Display for RejectionReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(error) => write!(f, "{error}"),
            Self::OutcomeUnknown => f.write_str(
                "the answer was lost, and without an _id of its own it cannot be sent again: it \
                 may be stored",
            ),
            Self::Encode(error) => write!(f, "{error}"),
        }
    }
}
