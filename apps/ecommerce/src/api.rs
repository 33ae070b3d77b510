//! The JSON API: the same use cases as the pages, for programs. Described by OpenAPI, with a docs
//! page at `/api/docs`.
//!
//! A cart is addressed by its id, which is its secret; nothing here looks at cookies.

mod body;
mod carts;
mod checkouts;
mod products;
mod schemas;

use axum::Router;
use serde::Serialize;
use shared::http::api_docs;
use utoipa::openapi::OpenApi as Description;
use utoipa::{OpenApi, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::error::{AppError, Missing};
use crate::state::AppState;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "The shop's API",
        description = "Browse the catalogue, fill a cart, check out, look up an order. Amounts of \
                       money are integers in minor units (cents). Ids of carts, checkouts and \
                       orders are secrets: whoever knows one may use it. Every error is \
                       `application/problem+json`.",
    ),
    tags(
        (name = "products", description = "The catalogue"),
        (name = "carts", description = "Carts and what is in them"),
        (name = "checkouts", description = "From a cart to one order"),
        (name = "orders", description = "What was bought"),
    ),
    components(schemas(ProblemBody)),
)]
struct ApiDescription;

/// An error (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
struct ProblemBody {
    /// The HTTP status.
    #[schema(example = 422)]
    status: u16,
    /// The status in words.
    #[schema(example = "Unprocessable Entity")]
    title: String,
    /// What is wrong and what to do about it.
    #[schema(example = "Choose a whole number from 1 to 1,000")]
    detail: Option<String>,
    /// Names this request in the shop's logs.
    request_id: Option<String>,
    /// Field → what is wrong with it.
    #[schema(value_type = Option<std::collections::BTreeMap<String, String>>)]
    errors: Option<()>,
}

/// The endpoints and their description.
pub(crate) fn routes() -> (Router<AppState>, Description) {
    let (router, mut description) = OpenApiRouter::with_openapi(ApiDescription::openapi())
        .routes(routes!(products::list))
        .routes(routes!(products::show))
        .routes(routes!(carts::open))
        .routes(routes!(carts::show))
        .routes(routes!(carts::add))
        .routes(routes!(carts::set_quantity, carts::remove))
        .routes(routes!(checkouts::open))
        .routes(routes!(checkouts::show))
        .routes(routes!(checkouts::pay))
        .routes(routes!(checkouts::order))
        .split_for_parts();
    let components = description.components.get_or_insert_default();
    components.schemas.extend(schemas::of_the_domain());
    api_docs::complete(&mut description);
    let unknown = || async { AppError::NotFound(Missing::Page) };
    (
        router.route("/api/{*path}", axum::routing::any(unknown)),
        description,
    )
}
