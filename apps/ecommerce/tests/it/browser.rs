//! The shop in a headless Chromium.

mod accessibility;
mod layout;
mod purchases;
mod stripe;

use std::process::Stdio;

use tempfile::TempDir;
use test_support::Running;
use test_support::browser::{Browser, Screen, Site};

use crate::crash;
use crate::payments::PUBLIC_URL;

fn site() -> Site {
    Site {
        url: PUBLIC_URL.to_owned(),
        folder: env!("CARGO_TARGET_TMPDIR"),
    }
}

/// Opens a window that reaches the shop under its public address.
async fn open(shop: &str, screen: Screen) -> Option<Browser> {
    Browser::open(site(), shop, screen).await
}

/// A shop of the embedded kind with the built-in till, as `cargo run -p ecommerce` opens it.
pub(crate) struct TillShop {
    pub(crate) url: String,
    _shop: Running,
    _data: TempDir,
}

impl TillShop {
    pub(crate) fn open(more: &[(&str, &str)]) -> Self {
        let data = tempfile::tempdir().unwrap();
        let settings = [
            ("DATA_DIR", data.path().to_str().unwrap()),
            ("PUBLIC_URL", PUBLIC_URL),
        ];
        let settings = [&settings, more].concat();
        let (shop, address) = crash::launch(&settings, Stdio::null());
        Self {
            url: address.read().expect("the shop opens"),
            _shop: shop,
            _data: data,
        }
    }
}
