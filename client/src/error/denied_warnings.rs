//! Warnings of a call that denies them.

use std::fmt;

use bytes::Bytes;

use super::ApiError;
use crate::call_info::CallInfo;

/// A command succeeded with warnings, and [`Options::deny_warnings`](crate::Options::deny_warnings)
/// makes that an error. What it wrote is written.
///
/// ```
/// # fn handle(error: astra_db::Error) {
/// if let astra_db::Error::Warnings(denied) = error {
///     for warning in &denied.warnings {
///         eprintln!("{}: {warning}", denied.call);
///     }
/// }
/// # }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct DeniedWarnings {
    /// Which call it was and what it took.
    pub call: CallInfo,
    /// What the server wants to be known; at least one.
    pub warnings: Vec<ApiError>,
    /// The whole answer.
    pub(crate) body: Bytes,
}

impl fmt::Display for DeniedWarnings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} succeeded with a warning", self.call)?;
        match self.warnings.first() {
            Some(first) => write!(f, ": {first}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for DeniedWarnings {}
