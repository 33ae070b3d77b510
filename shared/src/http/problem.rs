//! Errors as answers: RFC 9457, `application/problem+json`.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::field_errors::FieldErrors;
use crate::http::RequestId;
use crate::rate_limit::retry_after;
use crate::unavailable::Unavailable;

/// How soon a page tries again by itself.
pub(crate) const RELOAD: Duration = Duration::from_secs(5);

/// Draws an error for a person; see [`HttpOptions::problem_page`](crate::http::HttpOptions::problem_page).
///
/// Only the body and its content type are used: status and other headers come from the response in error.
pub type ProblemPage = fn(&Problem, &RequestId) -> Response;

/// An error to be answered: what the caller may know, and what only the log may.
///
/// Returned from a handler it is logged once, by the layers, and written in the form the caller accepts.
///
/// ```
/// use axum::http::StatusCode;
/// use shared::http::Problem;
///
/// let problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY)
///     .detail("2 fields are not valid")
///     .member("errors", &[("quantity", "must be at least 1"), ("email", "is missing")]);
/// assert_eq!(problem.title(), "Unprocessable Entity");
/// ```
#[derive(Debug, Clone)]
pub struct Problem {
    status: StatusCode,
    detail: Option<String>,
    members: Vec<(String, Value)>,
    headers: Vec<(HeaderName, HeaderValue)>,
    reload: Option<Duration>,
    is_logged: bool,
    source: Option<Arc<dyn Error + Send + Sync>>,
}

impl Problem {
    /// A problem with nothing but its status.
    pub fn new(status: StatusCode) -> Self {
        Self {
            status,
            detail: None,
            members: Vec::new(),
            headers: Vec::new(),
            reload: None,
            is_logged: false,
            source: None,
        }
    }

    /// One sentence for the caller: what is wrong and what to do about it.
    #[must_use]
    pub fn detail(mut self, sentence: impl Into<String>) -> Self {
        self.detail = Some(sentence.into());
        self
    }

    /// A member of the JSON form beside the standard ones, such as the fields that were refused.
    ///
    /// A value that JSON cannot hold (a map with keys that are no text) becomes `null`.
    #[must_use]
    pub fn member(mut self, name: &str, value: impl Serialize) -> Self {
        let value = serde_json::to_value(value).unwrap_or_default();
        self.members.push((name.to_owned(), value));
        self
    }

    /// Nothing has this address.
    pub fn nothing_here() -> Self {
        Self::new(StatusCode::NOT_FOUND).detail("There is nothing at this address.")
    }

    /// A header of the response.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: impl Into<HeaderValue>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// When to try again: `Retry-After`.
    #[must_use]
    pub fn retry_after(self, wait: Duration) -> Self {
        self.header(RETRY_AFTER, retry_after(wait))
    }

    /// It passes by itself: `Retry-After`, and a page that was opened loads itself again then.
    #[must_use]
    pub fn reload_after(mut self, wait: Duration) -> Self {
        self.reload = Some(wait);
        self.retry_after(wait)
    }

    /// The database could not do its part: 503 and why. A page reloads by itself while that is an outage.
    pub fn unavailable(reason: Unavailable) -> Self {
        let problem = Self::new(StatusCode::SERVICE_UNAVAILABLE).detail(reason.to_string());
        if reason.is_outage() {
            problem.reload_after(RELOAD)
        } else {
            problem
        }
    }

    /// The error behind it. It is logged with its causes and never sent.
    #[must_use]
    pub fn source(mut self, error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(Arc::from(error.into()));
        self
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The status in words.
    pub fn title(&self) -> &'static str {
        self.status.canonical_reason().unwrap_or("Error")
    }

    /// Whether the page of this problem loads itself again. A form that was sent is not sent again.
    pub fn reloads(&self) -> bool {
        self.reload.is_some()
    }

    /// How a browser is told to load the page again.
    pub(crate) fn refresh(&self) -> Option<HeaderValue> {
        self.reload.map(|wait| retry_after(wait).into())
    }

    pub(crate) fn without_reload(self) -> Self {
        Self {
            reload: None,
            ..self
        }
    }

    /// The sentence for the caller, if there is one.
    pub fn sentence(&self) -> Option<&str> {
        self.detail.as_deref()
    }

    /// What is behind it is in the log already, so it is not logged as an error for each request that meets it.
    #[must_use]
    pub(crate) fn already_logged(mut self) -> Self {
        self.is_logged = true;
        self
    }

    /// Logs the problem: one of ours as an error with all its causes, one of the caller's only where debugging asks.
    pub(crate) fn log(&self) {
        let status = self.status.as_u16();
        let detail = self.detail.as_deref().unwrap_or(self.title());
        let causes = self.source.as_deref().map(causes);
        let causes = causes.as_deref();
        if self.status.is_server_error() && !self.is_logged {
            tracing::error!(http.status = status, error = causes, "{detail}");
        } else {
            tracing::debug!(http.status = status, error = causes, "{detail}");
        }
    }

    /// The JSON form. The `type` member is left out, which means `about:blank`: the status says it all.
    pub(crate) fn to_json(&self, id: Option<&RequestId>) -> Response {
        let mut body = Map::new();
        body.insert("status".to_owned(), self.status.as_u16().into());
        body.insert("title".to_owned(), self.title().into());
        if let Some(detail) = &self.detail {
            body.insert("detail".to_owned(), detail.as_str().into());
        }
        if let Some(id) = id {
            body.insert("request_id".to_owned(), id.as_str().into());
        }
        body.extend(self.members.clone());
        let mut response = (self.status, Value::Object(body).to_string()).into_response();
        let json = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(CONTENT_TYPE, json);
        response
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.to_json(None);
        response.headers_mut().extend(self.headers.iter().cloned());
        response.extensions_mut().insert(self);
        response
    }
}

/// Fields that are not valid: each sentence in the detail, and by field in the member `errors`.
impl From<FieldErrors> for Problem {
    fn from(fields: FieldErrors) -> Self {
        let sentences: Vec<&str> = fields.iter().map(|(_, sentence)| sentence).collect();
        Self::new(StatusCode::UNPROCESSABLE_ENTITY)
            .detail(sentences.join(". "))
            .member("errors", &fields)
    }
}

/// An error and what caused it, in one line.
fn causes(error: &(dyn Error + Send + Sync + 'static)) -> String {
    let first: &(dyn Error + 'static) = error;
    std::iter::successors(Some(first), |error| (**error).source())
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(": ")
}
