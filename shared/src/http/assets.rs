//! Styles and pictures that are embedded in a binary, as browsers want them.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use axum::http::header::{CACHE_CONTROL, ETAG, VARY};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use rust_embed::EmbeddedFile;

use crate::http::has_current;
use crate::http::precompressed::Precompressed;

/// The files that have been asked for, by the hashes of their contents. There are no more than the binary embeds; in a
/// debug build, which reads them from disk, there is one more after each edit.
static KNOWN: LazyLock<Mutex<HashMap<[u8; 32], Arc<Precompressed>>>> =
    LazyLock::new(Mutex::default);

/// Answers with an embedded file. A browser keeps it for an hour and then asks whether it changed.
///
/// `path` is the file's name, which tells its media type; `headers` are the request's.
pub fn answer(path: &str, file: EmbeddedFile, headers: &HeaderMap) -> Response {
    // A weak one: compressed or not, it is the same file in other bytes.
    let etag = format!("W/\"{}\"", version(&file));
    let caching = [
        (CACHE_CONTROL, "public, max-age=3600".to_owned()),
        (ETAG, etag.clone()),
    ];
    if has_current(headers, &etag) {
        let vary = [(VARY, "accept-encoding")];
        return (StatusCode::NOT_MODIFIED, caching, vary).into_response();
    }
    let hash = file.metadata.sha256_hash();
    let known = Arc::clone(
        KNOWN
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .entry(hash)
            .or_insert_with(|| Arc::new(Precompressed::new(media_type(path), file.data))),
    );
    (caching, known.response(headers)).into_response()
}

fn media_type(path: &str) -> String {
    let media_type = mime_guess::from_path(path).first_or_octet_stream();
    if media_type.type_() == "text" {
        format!("{media_type}; charset=utf-8")
    } else {
        media_type.to_string()
    }
}

/// Sixteen hexadecimal digits that change with the file. In its address they make a new release seen at once.
pub fn version(file: &EmbeddedFile) -> String {
    let start = file.metadata.sha256_hash().into_iter().take(8);
    let digits = start.fold(0_u64, |digits, byte| (digits << 8) | u64::from(byte));
    format!("{digits:016x}")
}
