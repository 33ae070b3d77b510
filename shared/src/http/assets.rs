//! Styles and pictures that are embedded in a binary, as browsers want them.

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, VARY};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use rust_embed::EmbeddedFile;

use crate::http::has_current;

/// Answers with an embedded file. A browser keeps it for an hour and then asks whether it changed.
///
/// `path` is the file's name, which tells its media type; `headers` are the request's.
pub fn answer(path: &str, file: EmbeddedFile, headers: &HeaderMap) -> Response {
    // A weak one: compressed or not, it is the same file in other bytes.
    let etag = format!("W/\"{}\"", version(&file));
    let caching = [
        (CACHE_CONTROL, "public, max-age=3600".to_owned()),
        (ETAG, etag.clone()),
        (VARY, "accept-encoding".to_owned()),
    ];
    if has_current(headers, &etag) {
        return (StatusCode::NOT_MODIFIED, caching).into_response();
    }
    let media_type = mime_guess::from_path(path).first_or_octet_stream();
    let media_type = if media_type.type_() == "text" {
        format!("{media_type}; charset=utf-8")
    } else {
        media_type.to_string()
    };
    (caching, [(CONTENT_TYPE, media_type)], file.data).into_response()
}

/// Sixteen hexadecimal digits that change with the file. In its address they make a new release seen at once.
pub fn version(file: &EmbeddedFile) -> String {
    let start = file.metadata.sha256_hash().into_iter().take(8);
    let digits = start.fold(0_u64, |digits, byte| (digits << 8) | u64::from(byte));
    format!("{digits:016x}")
}
