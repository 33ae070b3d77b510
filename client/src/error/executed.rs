//! The three things that can be said of a command whose call failed.

/// Whether a command was executed although its call failed.
///
/// ```
/// use astra_db::{ApiError, Executed};
///
/// let error: ApiError = serde_json::from_str(
///     r#"{"errorCode": "UNEXPECTED_DRIVER_ERROR", "family": "SERVER", "message": "…"}"#,
/// )?;
/// assert_eq!(error.executed(), Executed::Maybe);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Executed {
    /// Nothing was executed: any call can be sent again.
    No,
    /// It was executed, wholly or in part, or it was not: only reads and idempotent writes can be
    /// sent again.
    Maybe,
    /// It was executed, or the answer says for each part what became of it.
    Yes,
}
