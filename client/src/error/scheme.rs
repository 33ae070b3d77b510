//! An endpoint whose scheme does not match the port behind it.

use std::fmt;

/// `https://` in front of a port without TLS, or `http://` in front of a port with it; see
/// [`Error::scheme_mismatch`](super::Error::scheme_mismatch).
///
/// ```
/// use astra_db::{Error, SchemeMismatch};
///
/// # fn handle(error: Error) {
/// if error.scheme_mismatch() == Some(SchemeMismatch::HttpsToHttp) {
///     eprintln!("DATA_API_URL has to begin with http://");
/// }
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SchemeMismatch {
    /// The endpoint begins with `https://`, and what answers is not TLS.
    HttpsToHttp,
    /// The endpoint begins with `http://`, and what answers is not HTTP, or asks for HTTPS.
    HttpToHttps,
}

impl fmt::Display for SchemeMismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::HttpsToHttp => {
                "the endpoint begins with https://, but the server seems to speak plain HTTP: write \
                 http://"
            }
            Self::HttpToHttps => {
                "the endpoint begins with http://, but the server seems to expect HTTPS: write \
                 https://"
            }
        })
    }
}
