//! How connections are made: through a proxy, with which certificates and versions.

use std::fmt;
use std::time::Duration;

/// The oldest version of TLS that is accepted.
///
/// ```
/// # #[cfg(feature = "http")]
/// # fn run() -> Result<(), astra_db::Error> {
/// use astra_db::{DataApiClient, TlsVersion};
///
/// let client = DataApiClient::builder().token("AstraCS:…").min_tls(TlsVersion::Tls13).build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TlsVersion {
    /// TLS 1.2, the oldest there is here.
    Tls12,
    /// TLS 1.3.
    Tls13,
}

/// Settings of the connections of a client.
#[derive(Clone, Default)]
pub(crate) struct HttpSettings {
    pub(crate) connect_timeout: Option<Duration>,
    /// It may hold a password.
    pub(crate) proxy: Option<String>,
    pub(crate) root_certificates: Vec<Vec<u8>>,
    pub(crate) min_tls: Option<TlsVersion>,
    pub(crate) http2_prior_knowledge: bool,
}

impl HttpSettings {
    /// The first setting that was made, by the name of its method.
    pub(crate) fn first_given(&self) -> Option<&'static str> {
        [
            ("connect_timeout", self.connect_timeout.is_some()),
            ("proxy", self.proxy.is_some()),
            ("root_certificate_pem", !self.root_certificates.is_empty()),
            ("min_tls", self.min_tls.is_some()),
            ("http2_prior_knowledge", self.http2_prior_knowledge),
        ]
        .into_iter()
        .find_map(|(name, given)| given.then_some(name))
    }
}

impl fmt::Debug for HttpSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpSettings")
            .field("connect_timeout", &self.connect_timeout)
            .field("proxy", &self.proxy.as_ref().map(|_| "[REDACTED]"))
            .field("root_certificates", &self.root_certificates.len())
            .field("min_tls", &self.min_tls)
            .field("http2_prior_knowledge", &self.http2_prior_knowledge)
            .finish()
    }
}

#[cfg(feature = "http")]
mod client {
    use reqwest::{Certificate, ClientBuilder, Proxy, redirect, tls};

    use super::{Duration, HttpSettings, TlsVersion};
    use crate::error::{ConfigError, Error, Result};

    impl HttpSettings {
        /// A pool of connections with these settings. Redirects are not followed, as the token would
        /// go along.
        pub(crate) fn client(&self) -> Result<reqwest::Client> {
            let connect_timeout = self.connect_timeout.unwrap_or(Duration::from_secs(10));
            let mut builder = ClientBuilder::new()
                .connect_timeout(connect_timeout)
                .redirect(redirect::Policy::none())
                .gzip(true)
                .referer(false)
                .tcp_nodelay(true);
            if let Some(proxy) = &self.proxy {
                builder = builder.proxy(parse_proxy(proxy)?);
            }
            for pem in &self.root_certificates {
                builder = builder.tls_certs_merge(certificates(pem)?);
            }
            if let Some(version) = self.min_tls {
                builder = builder.tls_version_min(match version {
                    TlsVersion::Tls12 => tls::Version::TLS_1_2,
                    TlsVersion::Tls13 => tls::Version::TLS_1_3,
                });
            }
            if self.http2_prior_knowledge {
                builder = builder.http2_prior_knowledge();
            }
            builder.build().map_err(|source| {
                failed(
                    "HTTP cannot be set up on this machine: check its TLS certificates, and those \
                     given with root_certificate_pem",
                    source,
                )
            })
        }
    }

    /// The error of the URL may repeat its password.
    fn parse_proxy(url: &str) -> Result<Proxy> {
        let is_http = ["http://", "https://"]
            .iter()
            .any(|scheme| url.starts_with(scheme));
        let proxy = Proxy::all(url).ok().filter(|_| is_http);
        proxy.ok_or_else(|| {
            Error::config(
                "the proxy is not a valid URL: expected something like http://proxy.internal:3128",
            )
        })
    }

    fn certificates(pem: &[u8]) -> Result<Vec<Certificate>> {
        const EXPECTED: &str = "the root certificate is not valid PEM: expected text that begins \
                                with -----BEGIN CERTIFICATE-----";
        let certificates =
            Certificate::from_pem_bundle(pem).map_err(|source| failed(EXPECTED, source))?;
        if certificates.is_empty() {
            return Err(Error::config(EXPECTED));
        }
        Ok(certificates)
    }

    fn failed(message: &str, source: reqwest::Error) -> Error {
        Error::Config(Box::new(ConfigError::new(message).caused_by(source)))
    }
}
