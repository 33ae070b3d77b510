//! Every address and every layer, on one page.

use axum::Router;
use axum::routing::get;
use shared::Startup;
use shared::http::{ClientIpHeader, HttpOptions, api_docs, assets, health, kept, layers};
use utoipa::openapi::OpenApi;

use crate::assets::Assets;
use crate::handlers;
use crate::state::AppState;
use crate::views;
use crate::{api, brand};

/// The whole app: pages, JSON API, its docs and health checks.
pub fn app(state: AppState) -> Router {
    let (api, openapi) = api::routes();
    let schema = state.store.schema.clone();
    let health = health::routes(move || {
        let schema = schema.clone();
        async move { schema.answers().await }
    });
    // Who logs in gets a token, and what a list says changes: nothing of it belongs on a disk.
    let fresh = kept("private, no-store");
    // A page may be kept if the browser asks before showing it again.
    let asked = kept("private, no-cache");
    let options = options(state.client_ip_header.clone());
    let app = api
        .layer(fresh)
        .merge(pages().layer(asked))
        .with_state(state);
    let everything = app
        .merge(assets::routes::<Assets>(&["favicon.svg", "robots.txt"]))
        .merge(api_docs::routes(brand::NAME, &openapi))
        .merge(health);
    layers(everything, options)
}

/// What the app answers while it starts.
pub(crate) fn starting(startup: &Startup) -> Router {
    shared::http::starting(startup, options(None))
}

fn options(client_ip_header: Option<ClientIpHeader>) -> HttpOptions {
    HttpOptions {
        problem_page: Some(views::problem_page),
        client_ip_header,
        ..HttpOptions::default()
    }
}

fn pages() -> Router<AppState> {
    Router::new()
        .route("/", get(handlers::vehicles))
        .route("/vehicles/{vehicle_id}", get(handlers::vehicle))
}

/// The description of the JSON API, as served at `/api/openapi.json`.
pub fn openapi() -> OpenApi {
    api::routes().1
}
