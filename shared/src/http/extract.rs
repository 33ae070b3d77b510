//! What requests bring: ids in the path, and JSON.

use axum::body::Bytes;
use axum::extract::{FromRequest as _, FromRequestParts, Path, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;

use crate::http::Problem;

/// The id or ids in the path. A malformed one is an address that does not exist.
#[derive(Debug)]
pub struct PathId<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for PathId<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::from_request_parts(parts, state).await;
        path.map(|Path(id)| Self(id))
            .map_err(|_| Problem::nothing_here())
    }
}

/// The body of a request that is sent as JSON, for an extractor that reads it field by field.
///
/// # Errors
///
/// It is sent as something else, is too long or does not arrive.
pub async fn json_body<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Problem> {
    if !is_json(request.headers()) {
        return Err(unreadable(
            "Send the body as JSON, with content-type: application/json.",
        ));
    }
    let body = Bytes::from_request(request, state).await;
    body.map_err(|error| match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE).detail("Send at most 64 KiB.")
        }
        _ => unreadable(error.body_text()),
    })
}

/// The problem of a body that is not JSON at all.
pub fn not_json(error: &serde_json::Error) -> Problem {
    unreadable(format!("The body is not JSON: {error}."))
}

fn unreadable(sentence: impl Into<String>) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST).detail(sentence)
}

fn is_json(headers: &HeaderMap) -> bool {
    let media_type = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    media_type
        .split(';')
        .next()
        .is_some_and(|name| name.trim().eq_ignore_ascii_case("application/json"))
}
