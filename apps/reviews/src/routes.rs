//! Every address and every layer, on one page.

use axum::Router;
use axum::http::HeaderValue;
use axum::http::header::CACHE_CONTROL;
use shared::http::{HttpOptions, health, layers};
use tower_http::set_header::SetResponseHeaderLayer;
use utoipa::openapi::OpenApi;

use crate::api;
use crate::state::AppState;

/// The whole app: JSON API, its docs and health checks.
pub fn app(state: AppState) -> Router {
    let (api, openapi) = api::routes();
    let health = health::routes(state.store.database().clone());
    // Who logs in gets a token, and what a list says changes: nothing of it belongs on a disk.
    let fresh = SetResponseHeaderLayer::if_not_present(
        CACHE_CONTROL,
        HeaderValue::from_static("private, no-store"),
    );
    let app = api.layer(fresh).with_state(state);
    layers(
        app.merge(api::docs(openapi)).merge(health),
        HttpOptions::default(),
    )
}

/// The description of the JSON API, as served at `/api/openapi.json`.
pub fn openapi() -> OpenApi {
    api::routes().1
}
