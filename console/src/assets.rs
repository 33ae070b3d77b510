//! Style, script and icon, embedded in the program. A debug build reads them from disk, so that an edit shows on reload.

use axum::Router;
use axum::extract::Path;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use rust_embed::Embed;
use shared::http::assets;

use super::error::ConsoleError;
use super::state::Console;

#[derive(Embed)]
#[folder = "static/"]
struct Assets;

pub(super) fn routes() -> Router<Console> {
    Router::new().route("/console/static/{*path}", get(file))
}

async fn file(Path(path): Path<String>, headers: HeaderMap) -> Result<Response, ConsoleError> {
    let answer = assets::answer::<Assets>(&path, &headers);
    answer.ok_or_else(|| ConsoleError::NotFound("There is no such file.".to_owned()))
}

/// The address of a file, changing with its content so that a new version is seen at once.
pub(super) fn url(path: &str) -> String {
    assets::url::<Assets>("/console/static", path)
}
