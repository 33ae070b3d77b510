//! What one attempt comes to.

use std::time::Duration;

use bytes::Bytes;
use http::header::{LOCATION, RETRY_AFTER};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use super::Run;
use crate::command::{Envelope, decode_error};
use crate::deadline::AttemptLimit;
use crate::error::{
    BoxError, ConnectionError, Error, HttpError, Result, SchemeMismatch, TimeoutError,
};
use crate::transport::{TransportError, TransportReply};

impl Run<'_> {
    /// A body with `errors` is the Data API's own refusal whatever the HTTP status; any other
    /// answer that is no 2xx comes from something in between.
    pub(super) fn judge(&self, reply: TransportReply, secrets: &[HeaderValue]) -> Result<Envelope> {
        let TransportReply {
            status,
            headers,
            body,
        } = reply;
        match Envelope::parse(&body) {
            Ok(envelope) if !envelope.errors.is_empty() => {
                let retry_after = retry_after(&headers);
                Err(envelope.into_errors(self.info(), status.as_u16(), retry_after))
            }
            Ok(envelope) if status.is_success() => Ok(envelope),
            Err(source) if status.is_success() => {
                Err(decode_error(&self.info(), "the top level".into(), source))
            }
            _ => Err(self.http_error(status, &headers, &body, secrets)),
        }
    }

    pub(super) fn timed_out(&self, met: AttemptLimit, sent: bool) -> Error {
        let AttemptLimit {
            limit, category, ..
        } = met;
        Error::Timeout(Box::new(TimeoutError {
            call: self.info(),
            category,
            limit,
            sent,
        }))
    }

    pub(super) fn not_carried(&self, failure: TransportError) -> Error {
        let TransportError {
            sent,
            timed_out,
            scheme_mismatch,
            source,
        } = failure;
        let error = Box::new(ConnectionError {
            call: self.info(),
            timed_out,
            sent,
            scheme_mismatch,
            source,
        });
        if sent {
            Error::Transport(error)
        } else {
            Error::Connect(error)
        }
    }

    pub(super) fn no_credentials(&self, source: BoxError) -> Error {
        Error::Credentials {
            target: self.call.target.to_string(),
            source,
        }
    }

    fn http_error(
        &self,
        status: StatusCode,
        headers: &HeaderMap,
        body: &Bytes,
        secrets: &[HeaderValue],
    ) -> Error {
        let body = excerpt(body, secrets);
        let asks_for_https = status == StatusCode::BAD_REQUEST
            && self.route.root.starts_with("http://")
            && ["HTTPS", "requires TLS"]
                .iter()
                .any(|words| body.contains(words));
        Error::Http(Box::new(HttpError {
            call: self.info(),
            status: status.as_u16(),
            retry_after: retry_after(headers),
            location: text(headers, LOCATION)
                .filter(|_| status.is_redirection())
                .map(str::to_owned),
            scheme_mismatch: asks_for_https.then_some(SchemeMismatch::HttpToHttps),
            body,
        }))
    }
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

/// `Retry-After` in its form of whole seconds; the other form, a date, is not used by gateways
/// in front of Astra and would trust the clocks of two machines.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = text(headers, RETRY_AFTER)?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// The beginning of a foreign body, without any secret it may echo.
fn excerpt(body: &Bytes, secrets: &[HeaderValue]) -> String {
    let mut text = String::from_utf8_lossy(body).into_owned();
    for secret in secrets.iter().filter_map(|secret| secret.to_str().ok()) {
        if !secret.is_empty() {
            text = text.replace(secret, "[REDACTED]");
        }
    }
    text.chars().take(500).collect()
}
