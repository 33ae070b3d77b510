//! The JSON API, described by OpenAPI, with a docs page at `/api/docs`.

mod moderation;
mod page;
mod problem;
mod reviews;
mod schema;
mod sessions;
mod users;
mod vehicles;

use axum::Router;
use utoipa::openapi::OpenApi as Description;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::problem::ProblemBody;
use crate::error::{AppError, Missing};
use crate::state::AppState;
use shared::http::api_docs;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Vehicle reviews",
        description = "Find vehicles, read what people think of them, register and write a review. \
                       Lists come in pages: send next_cursor as cursor to get the next one. Times \
                       are UTC. Every error is `application/problem+json`.",
    ),
    tags(
        (name = "users", description = "Accounts"),
        (name = "sessions", description = "Logging in and out"),
        (name = "vehicles", description = "What is reviewed"),
        (name = "reviews", description = "What people think"),
        (name = "moderation", description = "Hiding reviews and blocking users"),
    ),
    components(schemas(ProblemBody)),
    modifiers(&BearerToken),
)]
struct ApiDescription;

struct BearerToken;

impl Modify for BearerToken {
    fn modify(&self, description: &mut Description) {
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("The token of POST /api/sessions"))
            .build();
        let components = description.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(bearer));
    }
}

/// The endpoints and their description.
pub(crate) fn routes() -> (Router<AppState>, Description) {
    let (router, mut description) = OpenApiRouter::with_openapi(ApiDescription::openapi())
        .routes(routes!(users::register))
        .routes(routes!(users::show))
        .routes(routes!(users::reviews))
        .routes(routes!(users::change_password))
        .routes(routes!(users::delete))
        .routes(routes!(sessions::log_in))
        .routes(routes!(sessions::log_out))
        .routes(routes!(vehicles::search))
        .routes(routes!(vehicles::show))
        .routes(routes!(reviews::list, reviews::create))
        .routes(routes!(reviews::show, reviews::edit, reviews::delete))
        .routes(routes!(moderation::list))
        .routes(routes!(moderation::hide, moderation::unhide))
        .routes(routes!(moderation::block, moderation::unblock))
        .split_for_parts();
    api_docs::complete(&mut description);
    let unknown = || async { AppError::NotFound(Missing::Page) };
    (
        router.route("/api/{*path}", axum::routing::any(unknown)),
        description,
    )
}
