//! The JSON API, described by OpenAPI, with a docs page at `/api/docs`.

mod reviews;
mod sessions;
mod users;
mod vehicles;

use axum::Router;
use serde::{Deserialize, Serialize};
use utoipa::openapi::OpenApi as Description;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{IntoParams, Modify, OpenApi, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::domain::page::{Limit, ReviewCursor};
use crate::error::{AppError, Missing};
use crate::state::AppState;
use shared::field_errors::FieldErrors;
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
    #[schema(example = "Give a whole number of stars from 1 to 5")]
    detail: Option<String>,
    /// Names this request in the logs.
    request_id: Option<String>,
    /// Field → what is wrong with it.
    #[schema(value_type = Option<std::collections::BTreeMap<String, String>>)]
    errors: Option<()>,
    /// The review that is there already.
    #[schema(value_type = Option<String>, format = "uuid")]
    review_id: Option<()>,
}

/// Which page of a list, as it stands in an address.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PageQuery {
    /// How many at most, from 1 to 100; 20 if it is not given.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100, required = false)]
    limit: Option<String>,
    /// The `next_cursor` of the page before.
    #[param(required = false)]
    cursor: Option<String>,
}

impl PageQuery {
    fn check(&self) -> Result<(Option<ReviewCursor>, Limit), AppError> {
        let mut errors = FieldErrors::default();
        let limit = limit(self.limit.as_deref(), &mut errors);
        let cursor = self.cursor.as_deref().map(ReviewCursor::parse).transpose();
        match (errors.check("cursor", cursor), limit) {
            (Some(cursor), Some(limit)) => Ok((cursor, limit)),
            _ => Err(AppError::Invalid(errors)),
        }
    }
}

fn limit(text: Option<&str>, errors: &mut FieldErrors) -> Option<Limit> {
    errors.check("limit", text.map_or(Ok(Limit::DEFAULT), Limit::parse))
}

/// The endpoints and their description.
pub(crate) fn routes() -> (Router<AppState>, Description) {
    let (router, mut description) = OpenApiRouter::with_openapi(ApiDescription::openapi())
        .routes(routes!(users::register))
        .routes(routes!(users::show))
        .routes(routes!(users::reviews))
        .routes(routes!(sessions::log_in))
        .routes(routes!(sessions::log_out))
        .routes(routes!(vehicles::search))
        .routes(routes!(vehicles::show))
        .routes(routes!(reviews::list, reviews::create))
        .routes(routes!(reviews::show, reviews::edit, reviews::delete))
        .split_for_parts();
    api_docs::complete(&mut description);
    let unknown = || async { AppError::NotFound(Missing::Page) };
    (
        router.route("/api/{*path}", axum::routing::any(unknown)),
        description,
    )
}
