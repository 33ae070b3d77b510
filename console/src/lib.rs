#![doc = include_str!("../README.md")]

mod access;
mod address;
#[cfg(test)]
mod adversarial;
mod answer;
mod assets;
mod backup;
mod collection;
mod collection_path;
mod commands;
mod confirm;
mod connect;
pub mod connection;
mod document;
mod error;
mod flash;
mod format;
mod frame;
mod gate;
mod history;
mod json;
mod json_field;
mod keyspace;
mod overview;
mod sign_in;
mod state;
mod tables;
mod target;
pub mod this_machine;
mod tree;
mod user_types;

use axum::Router;
use axum::http::HeaderValue;
use axum::http::header::CACHE_CONTROL;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse as _, Response};
use axum::routing::any;
use shared::http::{HttpOptions, layers};
use tower_http::csrf::{CsrfLayer, ProtectionError};
use tower_http::set_header::SetResponseHeaderLayer;

pub use access::Access;
use error::ConsoleError;
pub use state::{Console, Server};

/// Bytes a form may have: 20 MiB of JSON, as much as a request to the API, when every third of them is written as `%22`.
const FORM_LIMIT: usize = 64 * 1024 * 1024;

/// Nothing but our own style and script; no frame, no other server, nothing inline.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; \
     base-uri 'none'; frame-ancestors 'none'";

/// Every page: `/`, and what is below `/console/`.
pub fn router(console: Console) -> Router {
    let pages = overview::routes()
        .merge(keyspace::routes())
        .merge(collection::routes())
        .merge(document::routes())
        .merge(commands::routes())
        .merge(tables::routes())
        .merge(user_types::routes())
        .merge(connect::routes())
        .merge(backup::routes())
        .route("/console/{*rest}", any(no_such_page))
        .layer(from_fn_with_state(console.clone(), gate::signed_in))
        .merge(sign_in::routes())
        .merge(assets::routes())
        .layer(from_fn_with_state(console.clone(), gate::host))
        .layer(CsrfLayer::new().with_rejection_response(from_elsewhere))
        .layer(SetResponseHeaderLayer::if_not_present(
            CACHE_CONTROL,
            HeaderValue::from_static("no-store"),
        ))
        .with_state(console);
    let options = HttpOptions {
        body_limit: FORM_LIMIT,
        content_security_policy: HeaderValue::from_static(POLICY),
        problem_page: Some(frame::problem_page),
        ..HttpOptions::default()
    };
    layers(pages, options)
}

async fn no_such_page() -> ConsoleError {
    ConsoleError::NotFound("There is no such page.".to_owned())
}

/// Browsers say which site a request comes from, and no page can make them lie.
fn from_elsewhere(_: ProtectionError) -> Response {
    ConsoleError::Forbidden(
        "This came from another site, so nothing was done. Use the pages of the console itself.",
    )
    .into_response()
}
