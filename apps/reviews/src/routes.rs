//! Every address and every layer, on one page.

use axum::Router;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use shared::Startup;
use shared::http::{ClientIpHeader, HttpOptions, api_docs, assets, health, kept, layers};
use tower_http::csrf::{CsrfLayer, ProtectionError};
use utoipa::openapi::OpenApi;

use crate::assets::Assets;
use crate::error::AppError;
use crate::handlers::{self, account, moderation, review, session};
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
        .merge(pages().layer(asked).layer(same_origin(&state)))
        .merge(
            forms()
                .layer(kept("private, no-store"))
                .layer(same_origin(&state)),
        )
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

fn forms() -> Router<AppState> {
    Router::new()
        .route(
            "/sign-up",
            get(session::sign_up_form).post(session::sign_up),
        )
        .route(
            "/sign-in",
            get(session::sign_in_form).post(session::sign_in),
        )
        .route("/sign-out", post(session::sign_out))
        .route("/account", get(account::show))
        .route(
            "/account/password",
            get(account::password_form).post(account::change_password),
        )
        .route(
            "/account/delete",
            get(account::deletion_form).post(account::delete),
        )
        .route(
            "/vehicles/{vehicle_id}/review",
            get(review::form).post(review::save),
        )
        .route("/vehicles/{vehicle_id}/review/delete", post(review::delete))
        .route("/moderation", get(moderation::show))
        .route(
            "/moderation/reviews/{vehicle_id}/{review_id}/hide",
            post(moderation::hide),
        )
        .route(
            "/moderation/reviews/{vehicle_id}/{review_id}/unhide",
            post(moderation::unhide),
        )
        .route("/moderation/users/{user_id}/block", post(moderation::block))
        .route(
            "/moderation/users/{user_id}/unblock",
            post(moderation::unblock),
        )
}

/// Refuses changes that another site asks a visitor's browser to make. Browsers say where a request comes from and a page
/// cannot make them lie; together with the cookie's `SameSite` that makes tokens in forms unnecessary.
fn same_origin(state: &AppState) -> CsrfLayer<fn(ProtectionError) -> Response> {
    shared::http::same_origin(state.public_url.as_deref()).with_rejection_response(from_elsewhere)
}

fn from_elsewhere(_: ProtectionError) -> Response {
    let sentence =
        "This came from another site, so nothing was changed. Send the form on this site.";
    AppError::Forbidden(sentence).into_response()
}

/// The description of the JSON API, as served at `/api/openapi.json`.
pub fn openapi() -> OpenApi {
    api::routes().1
}
