//! How each fault looks to a client.

use http::StatusCode;

use super::command::Command;
use super::fault::Fault;
use crate::error::ErrorCode;
use crate::testing::wire;
use crate::transport::{TransportError, TransportReply};

/// What a client gets instead of an answer.
pub(super) fn of(fault: Fault, command: &Command<'_>) -> Result<TransportReply, TransportError> {
    let reply = TransportReply::new;
    if let Some((code, message)) = reported(fault, command.is_on_table) {
        let status = match fault {
            Fault::LoginRefused => StatusCode::UNAUTHORIZED,
            _ => StatusCode::OK,
        };
        return Ok(reply(status, wire::error(&code, message).to_string()));
    }
    match fault {
        Fault::RaceLostSilently => {
            let nothing_done = r#"{"status": {"matchedCount": 1, "modifiedCount": 0}}"#;
            Ok(reply(StatusCode::OK, nothing_done.to_owned()))
        }
        Fault::RateLimited => Ok(reply(StatusCode::TOO_MANY_REQUESTS, String::new())),
        Fault::GatewayUnavailable => {
            let page = "<html><body><h1>503 Service Unavailable</h1></body></html>";
            Ok(reply(StatusCode::SERVICE_UNAVAILABLE, page.to_owned()))
        }
        Fault::ConnectionRefused => Err(TransportError::not_sent("connection refused")),
        Fault::AnswerLost | Fault::Outage => {
            Err(TransportError::interrupted("connection reset by peer"))
        }
        _ => Err(TransportError::interrupted(
            "the connection broke before the server answered",
        )),
    }
}

/// Code and text of a fault that the server itself reports.
fn reported(fault: Fault, is_on_table: bool) -> Option<(ErrorCode, &'static str)> {
    Some(match fault {
        // Known by this text alone.
        Fault::SchemaMismatch => (
            ErrorCode::UnexpectedServerError,
            "Error Class: CompletionException\nError Message: \
             io.stargate.sgv2.jsonapi.service.schema.SchemaObjectFactory\
             $SchemaObjectTypeMismatchException: \
             Expected schema object type Collection but got Table",
        ),
        Fault::Unavailable => (
            ErrorCode::UnavailableDatabase,
            "The number of nodes required was: 2.\nThe number of nodes available was: 1.",
        ),
        Fault::LoginRefused => (
            ErrorCode::UnauthorizedAccess,
            "The command is not authorized to perform the action on the database.",
        ),
        Fault::CountFailed => (
            ErrorCode::CountReadFailed,
            "The database error: TIMEOUT_READING_DATA.",
        ),
        Fault::ReadTimeout => (
            ErrorCode::TimeoutReadingData,
            "The number of nodes blocked for was: 2.\nThe number of nodes received was: 1.",
        ),
        Fault::NodeDied => (
            ErrorCode::UnexpectedDriverError,
            "Error Class: ClosedConnectionException\n\
             Error Message: Unexpected error on channel",
        ),
        Fault::WriteTimeout if is_on_table => (
            ErrorCode::TimeoutWritingData,
            "The write type was: SIMPLE.\n\nIt is safe to retry this request.",
        ),
        Fault::WriteTimeout => (
            ErrorCode::TimeoutWritingData,
            "The write type was: CAS.\n\nIt is safe to retry this request.",
        ),
        Fault::RaceLost => (
            ErrorCode::FailedConcurrentOperations,
            "Other requests modified the same document.\n\nIt is safe to retry this request.",
        ),
        _ => return None,
    })
}
