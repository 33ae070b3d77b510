//! What a test learns of requests, and what it can let go wrong with them.

use std::time::Duration;

use axum::http::Method;

/// A request as it came in.
#[derive(Debug, Clone)]
pub struct Seen {
    pub method: Method,
    /// With the query: `/v1/checkout/sessions`.
    pub path: String,
    pub body: String,
    pub version: Option<String>,
    pub idempotency_key: Option<String>,
}

/// What can go wrong with one request.
#[derive(Debug, Clone, Copy)]
pub enum Trouble {
    /// Nothing is done, and this status is answered, also to whoever asks again with the same key.
    Refused(u16),
    /// Nothing is done, because of this parameter.
    RefusedParameter(&'static str),
    /// It is done, and this status is answered.
    DoneAndFailed(u16),
    /// It is done after this long.
    Slow(Duration),
    /// It is done, and the connection breaks before the answer.
    AnswerLost,
}
