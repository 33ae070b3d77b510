//! One error or warning of the server.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::ErrorCode;
use crate::value::DocumentId;

/// One error or warning object of an answer.
///
/// ```
/// use astra_db::{ApiError, ErrorCode, ErrorFamily};
///
/// let error: ApiError = serde_json::from_str(
///     r#"{"id": "5d2b…", "family": "REQUEST", "scope": "DOCUMENT", "title": "Already there",
///         "errorCode": "DOCUMENT_ALREADY_EXISTS", "message": "…", "documentIds": ["a"]}"#,
/// )?;
/// assert_eq!(error.code, ErrorCode::DocumentAlreadyExists);
/// assert_eq!(error.family, ErrorFamily::Request);
/// assert_eq!(error.document_ids, ["a".into()]);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ApiError {
    /// What went wrong.
    #[serde(rename = "errorCode")]
    pub code: ErrorCode,
    /// Who can do something about it.
    #[serde(default)]
    pub family: ErrorFamily,
    /// Which part of the request or of the server it concerns (`DOCUMENT`, `FILTER`, `DATABASE`,
    /// `WARNING`, …); empty when the server gives none.
    #[serde(default)]
    pub scope: String,
    /// A few words.
    #[serde(default)]
    pub title: String,
    /// The whole explanation, often several lines.
    #[serde(default)]
    pub message: String,
    /// Identifies this occurrence in the server's own log.
    #[serde(default)]
    pub id: String,
    /// The `_id`s of the documents concerned; only on per-document insert failures.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub document_ids: Vec<DocumentId>,
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = if self.message.is_empty() {
            &self.title
        } else {
            &self.message
        };
        write!(
            f,
            "{}: {}",
            self.code,
            text.trim_end().trim_end_matches('.')
        )
    }
}

/// Who can do something about an [`ApiError`].
///
/// ```
/// # fn handle(error: astra_db::Error) {
/// use astra_db::ErrorFamily;
///
/// if error.api().is_some_and(|error| error.family == ErrorFamily::Server) {
///     eprintln!("not our fault");
/// }
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[non_exhaustive]
pub enum ErrorFamily {
    /// The caller: the same request will fail again.
    Request,
    /// The server: the request may be fine.
    Server,
    /// The answer did not say, or says something newer than this crate.
    #[default]
    #[serde(other)]
    Unknown,
}
