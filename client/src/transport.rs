//! How a request gets to a Data API: one small trait, and what is layered above it once.

mod auth;
#[cfg(feature = "http")]
mod http;
mod http_settings;
mod login;
mod retry;
mod retry_budget;

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use ::http::{HeaderMap, StatusCode};
use bytes::Bytes;
use futures_util::future::BoxFuture;

pub use auth::{
    AwsEmbeddingKeys, EmbeddingKey, HeaderProvider, ProvidedHeaders, RerankingKey, Token,
    TokenProvider, UsernamePassword,
};
pub(crate) use auth::{TOKEN, secret_value};
#[cfg(feature = "http")]
pub use http::HttpTransport;
pub(crate) use http_settings::HttpSettings;
#[cfg(feature = "http")]
pub use http_settings::TlsVersion;
pub(crate) use login::Login;
pub use retry::{DefaultRetryPolicy, FailedAttempt, RetryPolicy};
pub(crate) use retry_budget::RetryBudget;

use crate::error::{BoxError, SchemeMismatch};

/// Carries one request to a Data API and brings back whatever answers, good or bad.
///
/// Retries, time limits, credentials and events are above this trait, so an implementation only
/// carries: over HTTP ([`HttpTransport`]), to an engine in the same process, or to a recorded
/// answer in a test. Dropping the returned future gives the request up.
///
/// ```
/// use astra_db::{Transport, TransportError, TransportReply, TransportRequest};
/// use futures_util::future::BoxFuture;
///
/// /// Answers every command the same.
/// #[derive(Debug)]
/// struct Canned(&'static str);
///
/// impl Transport for Canned {
///     fn send(&self, _: TransportRequest) -> BoxFuture<'_, Result<TransportReply, TransportError>> {
///         Box::pin(async { Ok(TransportReply::new(http::StatusCode::OK, self.0)) })
///     }
/// }
/// # fn main() -> Result<(), astra_db::Error> {
/// let client = astra_db::DataApiClient::builder()
///     .transport(Canned(r#"{"status": {"keyspaces": ["shop"]}}"#))
///     .build()?;
/// # Ok(())
/// # }
/// ```
pub trait Transport: fmt::Debug + Send + Sync + 'static {
    /// Carries one request.
    fn send(
        &self,
        request: TransportRequest,
    ) -> BoxFuture<'_, Result<TransportReply, TransportError>>;
}

impl<T: Transport + ?Sized> Transport for Arc<T> {
    fn send(
        &self,
        request: TransportRequest,
    ) -> BoxFuture<'_, Result<TransportReply, TransportError>> {
        (**self).send(request)
    }
}

/// What is to be sent: always a `POST`.
#[derive(Clone)]
#[non_exhaustive]
pub struct TransportRequest {
    /// The API root, `https://…/api/json/v1` for example, without a slash at the end. A transport
    /// that has but one place to go may ignore it.
    pub root: Arc<str>,
    /// The path below the root: empty, `keyspace` or `keyspace/collection`, percent-encoded.
    pub path: String,
    /// Token, provider keys, content type and user agent. Secrets are marked sensitive.
    pub headers: HeaderMap,
    /// The command as JSON.
    pub body: Bytes,
    /// When nobody waits for the answer any more; `None` for no limit.
    pub deadline: Option<Instant>,
}

impl TransportRequest {
    /// A request of a program's own, with a command as it was typed, for example. It has no root, no
    /// headers and no deadline unless they are set.
    ///
    /// ```
    /// let request = astra_db::TransportRequest::new("shop/products", r#"{"find": {}}"#);
    /// assert_eq!(request.path, "shop/products");
    /// ```
    pub fn new(path: impl Into<String>, body: impl Into<Bytes>) -> Self {
        Self {
            root: "".into(),
            path: path.into(),
            headers: HeaderMap::new(),
            body: body.into(),
            deadline: None,
        }
    }
}

impl fmt::Debug for TransportRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransportRequest")
            .field("root", &self.root)
            .field("path", &self.path)
            .field("headers", &self.headers)
            .field("body_bytes", &self.body.len())
            .field("deadline", &self.deadline)
            .finish()
    }
}

/// What came back.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TransportReply {
    /// The HTTP status.
    pub status: StatusCode,
    /// The answer's headers.
    pub headers: HeaderMap,
    /// The whole body, decompressed.
    pub body: Bytes,
}

impl TransportReply {
    /// An answer without headers.
    pub fn new(status: StatusCode, body: impl Into<Bytes>) -> Self {
        Self {
            status,
            headers: HeaderMap::new(),
            body: body.into(),
        }
    }

    /// The same answer with these headers.
    #[must_use]
    pub fn with_headers(mut self, headers: HeaderMap) -> Self {
        self.headers = headers;
        self
    }
}

/// Why nothing came back.
///
/// ```
/// use astra_db::TransportError;
///
/// let refused = TransportError::not_sent("connection refused");
/// assert_eq!(refused.to_string(), "the server was not reached");
/// ```
///
/// The distinction decides whether a write may be repeated, so be sure before saying
/// [`TransportError::not_sent`].
#[derive(Debug, thiserror::Error)]
#[error("{}", if *.sent { "the request was sent, but no complete answer came" } else { "the server was not reached" })]
pub struct TransportError {
    pub(crate) sent: bool,
    pub(crate) timed_out: bool,
    pub(crate) scheme_mismatch: Option<SchemeMismatch>,
    #[source]
    pub(crate) source: BoxError,
}

impl TransportError {
    /// The server certainly received nothing: no address, no connection, no TLS session.
    pub fn not_sent(source: impl Into<BoxError>) -> Self {
        Self {
            sent: false,
            timed_out: false,
            scheme_mismatch: None,
            source: source.into(),
        }
    }

    /// The request, or a part of it, left; the server may have carried it out.
    pub fn interrupted(source: impl Into<BoxError>) -> Self {
        Self {
            sent: true,
            timed_out: false,
            scheme_mismatch: None,
            source: source.into(),
        }
    }

    /// The same error, caused by a time limit of the transport's own.
    #[must_use]
    pub fn by_timeout(mut self) -> Self {
        self.timed_out = true;
        self
    }
}
