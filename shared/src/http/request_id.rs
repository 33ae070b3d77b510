//! A name for every request: in the answer, in every log line, and in every error a visitor may report.

use std::convert::Infallible;
use std::fmt;

use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use uuid::Uuid;

const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The id of the request being answered; handlers take it as an argument.
///
/// An id sent in `x-request-id` is kept if it is 1 to 64 letters, digits, `-`, `_` or `.`, so that a chain of services
/// can share one. Anything else is replaced: it would end up in logs and pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(String);

impl RequestId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn new() -> Self {
        Self(Uuid::now_v7().to_string())
    }

    fn sent(headers: &HeaderMap) -> Option<Self> {
        let text = headers.get(HEADER)?.to_str().ok()?;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        ((1..=64).contains(&text.len()) && text.bytes().all(plain)).then(|| Self(text.to_owned()))
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<S: Sync> FromRequestParts<S> for RequestId {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        // Without the layers there is no id to share, and one of its own is still one to report.
        Ok(parts.extensions.get().cloned().unwrap_or_else(Self::new))
    }
}

/// Gives the request its id and returns it in the response.
pub(crate) async fn assign(mut request: Request, next: Next) -> Response {
    let id = RequestId::sent(request.headers()).unwrap_or_else(RequestId::new);
    request.extensions_mut().insert(id.clone());
    let mut response = next.run(request).await;
    if let Ok(value) = HeaderValue::from_str(id.as_str()) {
        response.headers_mut().insert(HEADER, value);
    }
    response
}
