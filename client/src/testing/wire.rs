//! Errors as the server writes them.

use http::StatusCode;
use serde_json::{Value, json};

use crate::error::ErrorCode;
use crate::transport::TransportReply;

/// The answer to a command that a test did not prepare: a refusal that no client repeats.
pub(super) fn refusal(problem: &str) -> TransportReply {
    let code = ErrorCode::from("NOT_PREPARED_BY_THE_TEST");
    TransportReply::new(StatusCode::OK, error(&code, problem).to_string())
}

/// An answer with one error.
pub(super) fn error(code: &ErrorCode, message: &str) -> Value {
    json!({ "errors": [error_object(code, message)] })
}

/// One error of an answer.
pub(super) fn error_object(code: &ErrorCode, message: &str) -> Value {
    let of_server = matches!(
        code,
        ErrorCode::UnexpectedServerError | ErrorCode::InternalServerError
    );
    let (family, scope) = match code {
        ErrorCode::UnauthorizedAccess | ErrorCode::UnauthenticatedRequest => {
            ("REQUEST", "SECURITY")
        }
        _ if of_server => ("SERVER", ""),
        _ if code.is_retryable() => ("SERVER", "DATABASE"),
        _ => ("REQUEST", ""),
    };
    json!({
        "message": message,
        "errorCode": code.as_str(),
        "id": uuid::Uuid::nil().to_string(),
        "title": code.as_str().to_lowercase().replace('_', " "),
        "family": family,
        "scope": scope,
    })
}
