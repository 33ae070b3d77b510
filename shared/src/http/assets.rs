//! Styles and pictures that are embedded in a binary, as browsers want them.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use axum::Router;
use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, ETAG, VARY};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use rust_embed::{Embed, EmbeddedFile};

use crate::http::precompressed::Precompressed;
use crate::http::{Problem, has_current};

/// The files that have been asked for, by the hashes of their contents. There are no more than the binary embeds; in a
/// debug build, which reads them from disk, there is one more after each edit.
static KNOWN: LazyLock<Mutex<HashMap<[u8; 32], Arc<Precompressed>>>> =
    LazyLock::new(Mutex::default);

/// The addresses of the files of `E`: `/static/{path}`, and at the root those that clients look for there.
pub fn routes<E: Embed>(at_root: &[&'static str]) -> Router {
    let one = |Path(path): Path<String>, headers: HeaderMap| async move {
        answer::<E>(&path, &headers).ok_or_else(Problem::nothing_here)
    };
    let routes = Router::new().route("/static/{*path}", get(one));
    at_root.iter().fold(routes, |routes, name| {
        let name = *name;
        let one = move |headers: HeaderMap| async move {
            answer::<E>(name, &headers).ok_or_else(Problem::nothing_here)
        };
        routes.route(&format!("/{name}"), get(one))
    })
}

/// The address of a file of `E` below `folder`, `/static` where [`routes`] answers. It changes with the file's content, so
/// that a new release is seen at once.
pub fn url<E: Embed>(folder: &str, path: &str) -> String {
    match E::get(path) {
        Some(file) => format!("{folder}/{path}?v={}", &version(&file)[..8]),
        None => format!("{folder}/{path}"),
    }
}

/// Answers with an embedded file, if there is one. A browser keeps it for an hour and then asks whether it changed.
pub fn answer<E: Embed>(path: &str, headers: &HeaderMap) -> Option<Response> {
    let file = E::get(path)?;
    // A weak one: compressed or not, it is the same file in other bytes.
    let etag = format!("W/\"{}\"", version(&file));
    let caching = [
        (CACHE_CONTROL, "public, max-age=3600".to_owned()),
        (ETAG, etag.clone()),
    ];
    if has_current(headers, &etag) {
        let vary = [(VARY, "accept-encoding")];
        return Some((StatusCode::NOT_MODIFIED, caching, vary).into_response());
    }
    let hash = file.metadata.sha256_hash();
    let known = Arc::clone(
        KNOWN
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .entry(hash)
            .or_insert_with(|| Arc::new(Precompressed::new(media_type(path), file.data))),
    );
    Some((caching, known.response(headers)).into_response())
}

fn media_type(path: &str) -> String {
    let media_type = mime_guess::from_path(path).first_or_octet_stream();
    if media_type.type_() == "text" {
        format!("{media_type}; charset=utf-8")
    } else {
        media_type.to_string()
    }
}

/// Sixteen hexadecimal digits that change with the file.
fn version(file: &EmbeddedFile) -> String {
    let start = file.metadata.sha256_hash().into_iter().take(8);
    let digits = start.fold(0_u64, |digits, byte| (digits << 8) | u64::from(byte));
    format!("{digits:016x}")
}
