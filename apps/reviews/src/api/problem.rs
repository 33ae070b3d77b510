//! Errors, as the description has them.

use serde::Serialize;
use utoipa::ToSchema;

/// An error (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(super) struct ProblemBody {
    /// The HTTP status.
    #[schema(example = 422)]
    status: u16,
    /// The status in words.
    #[schema(example = "Unprocessable Entity")]
    title: String,
    /// What is wrong and what to do about it.
    #[schema(example = "Give a whole number of stars from 1 to 5")]
    detail: Option<String>,
    /// Names this request in the logs.
    request_id: Option<String>,
    /// Field → what is wrong with it.
    #[schema(value_type = Option<std::collections::BTreeMap<String, String>>)]
    errors: Option<()>,
    /// The review that is there already.
    #[schema(value_type = Option<String>, format = "uuid")]
    review_id: Option<()>,
}
