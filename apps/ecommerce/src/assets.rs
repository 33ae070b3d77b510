//! Styles and pictures, embedded in the binary. A debug build reads them from disk, so that an edit
//! shows on reload.

use rust_embed::Embed;
use shared::http::assets;

#[derive(Embed)]
#[folder = "static/"]
pub(crate) struct Assets;

/// The address of a style or picture of the pages.
pub(crate) fn url(path: &str) -> String {
    assets::url::<Assets>("/static", path)
}

/// Whether there is a file at this address of the shop.
pub(crate) fn is_served(address: &str) -> bool {
    let path = address.strip_prefix("/static/");
    path.is_some_and(|path| Assets::get(path).is_some())
}
