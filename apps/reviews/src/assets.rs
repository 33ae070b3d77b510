//! Styles and pictures, embedded in the binary. A debug build reads them from disk, so that an edit
//! shows on reload.

use axum::extract::Path;
use axum::http::HeaderMap;
use axum::response::Response;
use rust_embed::Embed;
use shared::http::assets::{answer, version};

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
    Ok(answer(path, file, headers))
}

/// The address of a style or picture of the pages, changing with its content so that a new release
/// is seen at once.
pub(crate) fn url(path: &str) -> String {
    match Assets::get(path) {
        Some(file) => format!("/static/{path}?v={}", &version(&file)[..8]),
        None => format!("/static/{path}"),
    }
}

#[cfg(test)]
pub(crate) fn exists(path: &str) -> bool {
    Assets::get(path).is_some()
}
