//! What goes wrong on a page, as an answer.

use astra_db::{Error, ErrorFamily, TransportError};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use shared::http::Problem;

/// Why there is no page.
#[derive(Debug)]
pub(super) enum ConsoleError {
    /// There is nothing at this address; the sentence says what.
    NotFound(String),
    /// Whoever asked may not.
    Forbidden(&'static str),
    /// What was sent makes no sense to us.
    Unreadable(String),
    /// The API refused, or did not answer.
    Api(Error),
    /// A command that was sent as it was typed has no answer.
    Unanswered(TransportError),
    /// What was being done ended without an answer.
    Ended(tokio::task::JoinError),
}

impl From<Error> for ConsoleError {
    fn from(error: Error) -> Self {
        Self::Api(error)
    }
}

impl From<TransportError> for ConsoleError {
    fn from(error: TransportError) -> Self {
        Self::Unanswered(error)
    }
}

impl IntoResponse for ConsoleError {
    fn into_response(self) -> Response {
        let problem = match self {
            Self::NotFound(sentence) => Problem::new(StatusCode::NOT_FOUND).detail(sentence),
            Self::Forbidden(sentence) => Problem::new(StatusCode::FORBIDDEN).detail(sentence),
            Self::Unreadable(sentence) => Problem::new(StatusCode::BAD_REQUEST).detail(sentence),
            Self::Unanswered(error) => Problem::new(StatusCode::BAD_GATEWAY)
                .detail(error.to_string())
                .source(error),
            Self::Ended(error) => Problem::new(StatusCode::INTERNAL_SERVER_ERROR).source(error),
            Self::Api(error) => Problem::new(status(&error))
                .detail(words(&error))
                .source(error),
        };
        problem.into_response()
    }
}

fn status(error: &Error) -> StatusCode {
    // A name that cannot be one, such as `..`, is not even sent.
    if error.is_not_found() || matches!(error, Error::Config(_)) {
        StatusCode::NOT_FOUND
    } else if error
        .api()
        .is_some_and(|said| said.family == ErrorFamily::Request)
    {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::BAD_GATEWAY
    }
}

fn words(error: &Error) -> String {
    match error.api() {
        Some(error) => format!("{} ({})", error.message, error.code),
        None => error.to_string(),
    }
}
