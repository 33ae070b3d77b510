//! How each fault looks to a client.

use http::StatusCode;
use serde_json::json;

use super::command::Command;
use super::fault::Fault;
use crate::transport::{TransportError, TransportReply};

const OK: StatusCode = StatusCode::OK;

/// The lookup of a table that is not in the schema cache, told apart by this text alone.
const MISMATCH: &str = "Error Class: CompletionException\nError Message: \
    io.stargate.sgv2.jsonapi.service.schema.SchemaObjectFactory$SchemaObjectTypeMismatchException: \
    Expected schema object type Collection but got Table";
const CLOSED: &str = "Error Class: ClosedConnectionException\n\
    Error Message: Unexpected error on channel";

/// What a client gets instead of an answer.
pub(super) fn of(fault: Fault, command: &Command<'_>) -> Result<TransportReply, TransportError> {
    let database = "DATABASE";
    Ok(match fault {
        Fault::SchemaMismatch => error(OK, "UNEXPECTED_SERVER_ERROR", "", MISMATCH),
        Fault::Unavailable => error(
            OK,
            "UNAVAILABLE_DATABASE",
            database,
            "The number of nodes required was: 2.\nThe number of nodes available was: 1.\n\n\
             It is safe to retry this request.",
        ),
        Fault::LoginRefused => error(
            StatusCode::UNAUTHORIZED,
            "UNAUTHORIZED_ACCESS",
            database,
            "The command is not authorized to perform the action on the database.",
        ),
        Fault::CountFailed => error(
            OK,
            "COUNT_READ_FAILED",
            database,
            "The database error: TIMEOUT_READING_DATA.\n\nIt is safe to retry this request.",
        ),
        Fault::ReadTimeout => error(
            OK,
            "TIMEOUT_READING_DATA",
            database,
            "The number of nodes blocked for was: 2.\nThe number of nodes received was: 1.\n\n\
             It is safe to retry this request.",
        ),
        Fault::NodeDied => error(OK, "UNEXPECTED_DRIVER_ERROR", database, CLOSED),
        Fault::WriteTimeout => error(
            OK,
            "TIMEOUT_WRITING_DATA",
            database,
            &format!(
                "The write type was: {}.\n\nIt is safe to retry this request.",
                if command.is_on_table { "SIMPLE" } else { "CAS" }
            ),
        ),
        Fault::RaceLost => error(
            OK,
            "FAILED_CONCURRENT_OPERATIONS",
            database,
            "Other requests modified the same document.\n\nIt is safe to retry this request.",
        ),
        Fault::RaceLostSilently => reply(
            OK,
            r#"{"status": {"matchedCount": 1, "modifiedCount": 0}}"#.to_owned(),
        ),
        Fault::RateLimited => reply(StatusCode::TOO_MANY_REQUESTS, String::new()),
        Fault::GatewayUnavailable => reply(
            StatusCode::SERVICE_UNAVAILABLE,
            "<html><body><h1>503 Service Unavailable</h1></body></html>".to_owned(),
        ),
        Fault::ConnectionRefused => {
            return Err(TransportError::not_sent("connection refused"));
        }
        Fault::AnswerLost | Fault::Outage => {
            return Err(TransportError::interrupted("connection reset by peer"));
        }
        Fault::Hang | Fault::SlowSchema | Fault::SchemaHang => {
            return Err(TransportError::interrupted(
                "the connection broke before the server answered",
            ));
        }
    })
}

fn error(status: StatusCode, code: &str, scope: &str, message: &str) -> TransportReply {
    let family = if code == "UNAUTHORIZED_ACCESS" {
        "REQUEST"
    } else {
        "SERVER"
    };
    let title = code.to_lowercase().replace('_', " ");
    let error = json!({
        "message": message,
        "errorCode": code,
        "id": uuid::Uuid::nil().to_string(),
        "title": title,
        "family": family,
        "scope": scope,
    });
    reply(status, json!({ "errors": [error] }).to_string())
}

fn reply(status: StatusCode, body: String) -> TransportReply {
    TransportReply::new(status, body)
}
