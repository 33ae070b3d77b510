//! Content that is the same for everyone, compressed once rather than for every request.

use std::borrow::Cow;
use std::io::{self, Write as _};
use std::sync::OnceLock;

use axum::body::Bytes;
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE, VARY};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse as _, Response};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::http::accept::accepts_gzip;

/// A file or document, with its compressed form from the first request that accepts it.
#[derive(Debug)]
pub struct Precompressed {
    media_type: String,
    plain: Bytes,
    /// `None` where it would not be shorter.
    gzip: OnceLock<Option<Bytes>>,
}

impl Precompressed {
    /// Content of this type.
    pub fn new(media_type: impl Into<String>, content: Cow<'static, [u8]>) -> Self {
        Self {
            media_type: media_type.into(),
            plain: match content {
                Cow::Borrowed(bytes) => Bytes::from_static(bytes),
                Cow::Owned(bytes) => bytes.into(),
            },
            gzip: OnceLock::new(),
        }
    }

    /// The response to a request with these headers.
    pub fn response(&self, headers: &HeaderMap) -> Response {
        let gzip = accepts_gzip(headers).then(|| self.gzip.get_or_init(|| self.compress()));
        let gzip = gzip.and_then(Option::as_ref);
        let described = [
            (CONTENT_TYPE, self.media_type.as_str()),
            (VARY, "accept-encoding"),
        ];
        let mut response = (described, gzip.unwrap_or(&self.plain).clone()).into_response();
        if gzip.is_some() {
            let encoding = HeaderValue::from_static("gzip");
            response.headers_mut().insert(CONTENT_ENCODING, encoding);
        }
        response
    }

    fn compress(&self) -> Option<Bytes> {
        let compressed = || -> io::Result<Vec<u8>> {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
            encoder.write_all(&self.plain)?;
            encoder.finish()
        };
        let compressed = compressed().ok()?;
        (compressed.len() < self.plain.len()).then(|| compressed.into())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use axum::body::to_bytes;
    use axum::http::header::ACCEPT_ENCODING;
    use flate2::read::GzDecoder;

    use super::*;

    fn accepting(encoding: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static(encoding))])
    }

    #[tokio::test]
    async fn the_compressed_form_holds_the_same() {
        let text = "one and the same ".repeat(100);
        let file = Precompressed::new("text/plain", text.clone().into_bytes().into());
        let response = file.response(&accepting("gzip"));
        assert_eq!(response.headers()[CONTENT_ENCODING], "gzip");
        let bytes = to_bytes(response.into_body(), 10_000).await.unwrap();
        let mut read = String::new();
        GzDecoder::new(&*bytes).read_to_string(&mut read).unwrap();
        assert_eq!(read, text);
        let plain = file.response(&accepting("identity"));
        assert!(!plain.headers().contains_key(CONTENT_ENCODING));
        assert_eq!(to_bytes(plain.into_body(), 10_000).await.unwrap(), text);
    }

    #[test]
    fn what_would_not_be_shorter_stays_as_it_is() {
        let file = Precompressed::new("text/plain", Cow::Borrowed(b"short"));
        let response = file.response(&accepting("gzip"));
        assert!(!response.headers().contains_key(CONTENT_ENCODING));
    }
}
