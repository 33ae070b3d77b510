//! Requests over HTTP, by reqwest.

use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use futures_util::future::BoxFuture;

use super::{HttpSettings, Transport, TransportError, TransportReply, TransportRequest};
use crate::error::{Result, SchemeMismatch};

/// The default [`Transport`]: HTTP/1.1 and HTTP/2 over one pool of connections, gzip, rustls.
///
/// Every handle made from one client shares the pool. Redirects are not followed, as the token
/// would go along. A proxy, certificates and versions are settings of the
/// [client](crate::DataApiClientBuilder::proxy). To change anything else, build the
/// [`reqwest::Client`] yourself, with the [`reqwest`](crate::reqwest) of this crate.
///
/// ```
/// use astra_db::{DataApiClient, HttpTransport, reqwest};
///
/// # fn run() -> Result<(), Box<dyn std::error::Error>> {
/// let http = reqwest::Client::builder()
///     .tcp_keepalive(std::time::Duration::from_secs(30))
///     .redirect(reqwest::redirect::Policy::none())
///     .build()?;
/// let client = DataApiClient::builder()
///     .token("AstraCS:…")
///     .transport(HttpTransport::from(http))
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct HttpTransport {
    http: reqwest::Client,
}

impl HttpTransport {
    /// A pool of its own, giving up on a connection after `connect_timeout`.
    ///
    /// # Errors
    /// [`Error::Config`](crate::Error::Config) when the TLS set-up of this machine is unusable.
    pub fn new(connect_timeout: Duration) -> Result<Self> {
        let settings = HttpSettings {
            connect_timeout: Some(connect_timeout),
            ..HttpSettings::default()
        };
        Self::with_settings(&settings)
    }

    pub(crate) fn with_settings(settings: &HttpSettings) -> Result<Self> {
        let http = settings.client()?;
        Ok(Self { http })
    }
}

impl From<reqwest::Client> for HttpTransport {
    fn from(http: reqwest::Client) -> Self {
        Self { http }
    }
}

impl Transport for HttpTransport {
    fn send(
        &self,
        request: TransportRequest,
    ) -> BoxFuture<'_, Result<TransportReply, TransportError>> {
        Box::pin(async move {
            let TransportRequest {
                root,
                path,
                headers,
                body,
                ..
            } = request;
            let url = if path.is_empty() {
                root.to_string()
            } else {
                format!("{root}/{path}")
            };
            let sent = self.http.post(url).headers(headers).body(body).send().await;
            let failure = |error| failure(error, &root);
            let mut response = sent.map_err(failure)?;
            let status = response.status();
            let headers = std::mem::take(response.headers_mut());
            let body = response.bytes().await.map_err(failure)?;
            Ok(TransportReply {
                status,
                headers,
                body,
            })
        })
    }
}

/// The URL is left out: the error above names the call, and URLs do not belong into logs.
fn failure(error: reqwest::Error, root: &str) -> TransportError {
    let before_sending = error.is_connect() || error.is_builder();
    let timed_out = error.is_timeout();
    let error = error.without_url();
    let scheme_mismatch = scheme_mismatch(&error, root);
    let mut failure = if before_sending {
        TransportError::not_sent(error)
    } else {
        TransportError::interrupted(error)
    };
    failure.scheme_mismatch = scheme_mismatch;
    if timed_out {
        failure.by_timeout()
    } else {
        failure
    }
}

/// What is not TLS where TLS was expected, or not HTTP where HTTP was: most often the other of the
/// two.
fn scheme_mismatch(error: &reqwest::Error, root: &str) -> Option<SchemeMismatch> {
    let mut causes = std::iter::successors(error.source(), |&cause| cause_of(cause));
    if root.starts_with("https:") {
        causes
            .any(is_not_tls)
            .then_some(SchemeMismatch::HttpsToHttp)
    } else {
        causes
            .any(is_not_http)
            .then_some(SchemeMismatch::HttpToHttps)
    }
}

/// The next error of a chain, also one that an `io::Error` wraps and leaves out of its `source`.
fn cause_of<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
    let wrapped = error
        .downcast_ref::<io::Error>()
        .and_then(io::Error::get_ref);
    match wrapped {
        Some(wrapped) => Some(wrapped),
        None => error.source(),
    }
}

fn is_not_tls(cause: &(dyn StdError + 'static)) -> bool {
    use rustls::{Error, InvalidMessage};
    matches!(
        cause.downcast_ref(),
        Some(Error::InvalidMessage(InvalidMessage::InvalidContentType))
    )
}

fn is_not_http(cause: &(dyn StdError + 'static)) -> bool {
    // What has a bad status or too many headers is HTTP nevertheless.
    // `is_parse_too_large` exists only with hyper's server.
    let is_foreign = |error: &hyper::Error| {
        error.is_parse()
            && !error.is_parse_status()
            && error.to_string() != "message head is too large"
    };
    cause.downcast_ref().is_some_and(is_foreign)
}
