//! Every address of the shop and every layer, on one page.

use axum::Router;
use axum::http::HeaderValue;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use shared::Startup;
use shared::http::api_docs; // cut: json-api
use shared::http::{
    CONTENT_SECURITY_POLICY, ClientIpHeader, HttpOptions, assets, health, kept, layers, same_origin,
};
use tower_http::csrf::ProtectionError;
use utoipa::openapi::OpenApi; // cut: json-api

use crate::api; // cut: json-api
use crate::assets::Assets;
use crate::brand; // cut: json-api
use crate::error::AppError;
use crate::handlers::page_cache::{self, PageCache};
use crate::handlers::webhook; // cut: stripe
use crate::handlers::{admin, cart, checkout, home, legal, orders, products, robots};
use crate::state::AppState;
use crate::views;

/// The whole shop: pages, JSON API, pictures and health checks.
pub fn app(state: AppState) -> Router {
    let schema = state.store.schema.clone();
    let health = health::routes(move || {
        let schema = schema.clone();
        async move { schema.answers().await }
    });
    // A page to browse may be kept if the browser asks before showing it again: the cart's badge
    // changes.
    let browsing = browsing(&state).layer(kept("private, no-cache"));
    // A cart or an order is nobody else's business, on no disk either.
    let buying = buying();
    let buying = buying.merge(api::routes().0); // cut: json-api
    let mut shop = browsing.merge(buying.layer(kept("private, no-store")));
    if state.admin.is_some() {
        shop = shop.merge(administering().layer(kept("private, no-store")));
    }
    let shop = shop
        .layer(same_origin(state.public_url.as_deref()).with_rejection_response(from_elsewhere))
        .with_state(state.clone());
    let options = options(state.client_ip_header.clone());
    let webhooks: Router = Router::new();
    let webhooks = webhooks.merge(from_stripe(state, options.clone())); // cut: stripe
    let everything = shop
        .merge(assets::routes::<Assets>(&["favicon.svg"]))
        .merge(health);
    let everything = everything.merge(api_docs::routes(brand::NAME, &openapi())); // cut: json-api
    layers(everything, options).merge(webhooks)
}

// cut: stripe
/// Messages of Stripe do not come from a visitor's browser: their signature says where they come from.
fn from_stripe(state: AppState, options: HttpOptions) -> Router {
    let webhooks = Router::new().route("/webhooks/stripe", post(webhook::stripe));
    let options = HttpOptions {
        body_limit: webhook::LARGEST,
        ..options
    };
    layers(webhooks.with_state(state), options)
}
// end: stripe

/// What the shop answers while it starts.
pub(crate) fn starting(startup: &Startup) -> Router {
    shared::http::starting(startup, options(None))
}

fn options(client_ip_header: Option<ClientIpHeader>) -> HttpOptions {
    HttpOptions {
        problem_page: Some(views::problem_page),
        client_ip_header,
        content_security_policy: policy(),
        ..HttpOptions::default()
    }
}

/// Pictures of products can be on other sites.
fn policy() -> HeaderValue {
    let policy = CONTENT_SECURITY_POLICY.replace("img-src 'self'", "img-src 'self' https:");
    HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static(CONTENT_SECURITY_POLICY))
}

// cut: json-api
/// The description of the JSON API, as served at `/api/openapi.json`.
pub fn openapi() -> OpenApi {
    api::routes().1
}
// end: json-api

fn browsing(state: &AppState) -> Router<AppState> {
    let kept = (state.clone(), PageCache::default());
    Router::new()
        .route("/", get(home::show))
        .route("/products", get(products::list))
        .route("/products/{product_id}", get(products::show))
        .route_layer(from_fn_with_state(kept, page_cache::keep))
        .route("/imprint", get(legal::imprint))
        .route("/returns", get(legal::returns))
        .route("/privacy", get(legal::privacy))
        .route("/terms", get(legal::terms))
        .route("/robots.txt", get(robots::robots))
        .route("/sitemap.xml", get(robots::sitemap))
}

fn buying() -> Router<AppState> {
    Router::new()
        .route("/cart", get(cart::show))
        .route("/cart/items", post(cart::add))
        .route("/cart/items/{sku}", post(cart::set_quantity))
        .route("/cart/items/{sku}/remove", post(cart::remove))
        .route("/checkout", get(checkout::form).post(checkout::open))
        .route(
            "/checkout/{checkout_id}/pay",
            get(checkout::till).post(checkout::pay),
        )
        .route("/checkout/{checkout_id}/return", get(checkout::returned))
        .route("/checkout/{checkout_id}/cancel", post(checkout::cancel))
        .route(
            "/checkout/{checkout_id}/cancelled",
            get(checkout::cancelled),
        )
        .route("/orders", get(orders::find))
        .route("/orders/{order_id}", get(orders::show))
}

/// Only where there is a password. Without one these are addresses like any that leads nowhere.
fn administering() -> Router<AppState> {
    Router::new()
        .route("/admin", get(|| async { Redirect::to("/admin/orders") }))
        .route(
            "/admin/login",
            get(admin::session::form).post(admin::session::log_in),
        )
        .route("/admin/logout", post(admin::session::log_out))
        .route("/admin/orders", get(admin::orders::list))
        .route("/admin/orders/{order_id}", get(admin::orders::show))
        .route(
            "/admin/orders/{order_id}/refund",
            get(admin::orders::confirm_refund).post(admin::orders::refund),
        )
        .route("/admin/orders/{order_id}/ship", post(admin::orders::ship))
        .route("/admin/products", get(admin::products::list))
        .route(
            "/admin/products/new",
            get(admin::products::new).post(admin::products::create),
        )
        .route(
            "/admin/products/{product_id}",
            get(admin::products::show).post(admin::products::save),
        )
}

fn from_elsewhere(_: ProtectionError) -> Response {
    let sentence =
        "This came from another site, so nothing was changed. Please use the shop itself.";
    AppError::Forbidden(sentence).into_response()
}
