//! Styles and pictures, embedded in the binary. A debug build reads them from disk, so that an edit
//! shows on reload.

use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use rust_embed::Embed;

use crate::error::{AppError, Missing};

#[derive(Embed)]
#[folder = "static/"]
struct Assets;

/// Answers `/static/{path}`. A browser keeps a file for an hour and then asks whether it changed.
pub(crate) async fn serve(
    Path(path): Path<String>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    file(&path, &headers)
}

/// Answers `/favicon.svg`.
pub(crate) async fn favicon(headers: HeaderMap) -> Result<Response, AppError> {
    file("favicon.svg", &headers)
}

/// Answers `/robots.txt`.
pub(crate) async fn robots(headers: HeaderMap) -> Result<Response, AppError> {
    file("robots.txt", &headers)
}

fn file(path: &str, headers: &HeaderMap) -> Result<Response, AppError> {
    let file = Assets::get(path).ok_or(AppError::NotFound(Missing::Page))?;
    let etag = etag(&file);
    let caching = [
        (CACHE_CONTROL, "public, max-age=3600".to_owned()),
        (ETAG, etag.clone()),
    ];
    if headers
        .get(IF_NONE_MATCH)
        .is_some_and(|known| known.as_bytes() == etag.as_bytes())
    {
        return Ok((StatusCode::NOT_MODIFIED, caching).into_response());
    }
    let media_type = mime_guess::from_path(path).first_or_octet_stream();
    let media_type = if media_type.type_() == "text" {
        format!("{media_type}; charset=utf-8")
    } else {
        media_type.to_string()
    };
    Ok((caching, [(CONTENT_TYPE, media_type)], file.data).into_response())
}

/// The address of a style or picture of the pages, changing with its content so that a new release
/// is seen at once.
pub(crate) fn url(path: &str) -> String {
    match Assets::get(path) {
        Some(file) => format!("/static/{path}?v={}", &etag(&file).trim_matches('"')[..8]),
        None => format!("/static/{path}"),
    }
}

fn etag(file: &rust_embed::EmbeddedFile) -> String {
    let start = file.metadata.sha256_hash().into_iter().take(8);
    let digits = start.fold(0_u64, |digits, byte| (digits << 8) | u64::from(byte));
    format!("\"{digits:016x}\"")
}

#[cfg(test)]
pub(crate) fn exists(path: &str) -> bool {
    Assets::get(path).is_some()
}
