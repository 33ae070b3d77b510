//! The documentation of a JSON API: its description in OpenAPI at `/api/openapi.json`, and Swagger UI at `/api/docs/`.
//!
//! The page is our own rather than the one that comes with Swagger UI: that one has no viewport, no way back to the
//! application, and a bar on top whose inline style the content security policy blocks.

use std::borrow::Cow;
use std::sync::Arc;

use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use axum::routing::get;
use axum::{Json, Router};
use utoipa::openapi::path::{Operation, ParameterIn, PathItem};
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, RefOr, ResponseBuilder};
use utoipa_swagger_ui::{Config, serve};

use crate::http::Problem;

const PAGE: &str = include_str!("api_docs/page.html");
const STYLE: &str = include_str!("api_docs/page.css");
const INITIALIZER: &str = include_str!("api_docs/swagger-initializer.js");

/// Serves the description and the page that draws it. `application` is the name that the link back to `/` has.
pub fn routes(application: &str, description: OpenApi) -> Router {
    let page = Html(PAGE.replace("{name}", application));
    Router::new()
        .route("/api/openapi.json", get(|| async { Json(description) }))
        .route("/api/docs", get(|| async { Redirect::to("/api/docs/") }))
        .route("/api/docs/", get(|| async { page }))
        .route("/api/docs/{file}", get(file))
}

async fn file(Path(name): Path<String>) -> Response {
    let own = match name.as_str() {
        "page.css" => Some(("text/css", STYLE)),
        "swagger-initializer.js" => Some(("text/javascript", INITIALIZER)),
        _ => None,
    };
    let file = match own {
        Some((media_type, text)) => Some((media_type.to_owned(), Cow::Borrowed(text.as_bytes()))),
        None => swagger_ui(&name),
    };
    let Some((media_type, bytes)) = file else {
        return Problem::new(StatusCode::NOT_FOUND).into_response();
    };
    let kept = HeaderValue::from_static("public, max-age=3600");
    let headers = [(CONTENT_TYPE, media_type)];
    ([(CACHE_CONTROL, kept)], headers, bytes.into_owned()).into_response()
}

/// Style and program of Swagger UI; of its other files the page needs none.
fn swagger_ui(name: &str) -> Option<(String, Cow<'static, [u8]>)> {
    if !["swagger-ui.css", "swagger-ui-bundle.js"].contains(&name) {
        return None;
    }
    let file = serve(name, Arc::new(Config::default())).ok()??;
    Some((file.content_type, file.bytes))
}

/// Adds to every operation what any of its kind can answer, unless it says so itself: that the database is away; with a
/// body or a query, that it cannot be read; with a body, that it is too long.
///
/// The description needs a schema that is called `Problem`.
pub fn complete(description: &mut OpenApi) {
    for operation in description.paths.paths.values_mut().flat_map(operations) {
        let has_body = operation.request_body.is_some();
        let mut parameters = operation.parameters.iter().flatten();
        let has_query = parameters.any(|parameter| match parameter {
            RefOr::T(parameter) => parameter.parameter_in == ParameterIn::Query,
            RefOr::Ref(_) => false,
        });
        let mut add = |status: &str, sentence: &str| {
            let responses = &mut operation.responses.responses;
            let response = || problem_response(sentence);
            responses.entry(status.to_owned()).or_insert_with(response);
        };
        add(
            "503",
            "The database cannot be reached, or too much is going on",
        );
        if has_body {
            add("400", "The body cannot be read as JSON");
            add("413", "The body is longer than 64 KiB");
        } else if has_query {
            add("400", "The query cannot be read");
        }
    }
}

fn operations(path: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [
        &mut path.get,
        &mut path.put,
        &mut path.post,
        &mut path.patch,
        &mut path.delete,
    ]
    .into_iter()
    .flatten()
}

fn problem_response(sentence: &str) -> RefOr<utoipa::openapi::Response> {
    let problem = Ref::from_schema_name("Problem");
    let content = ContentBuilder::new().schema(Some(problem)).build();
    let response = ResponseBuilder::new()
        .description(sentence)
        .content("application/problem+json", content);
    RefOr::T(response.build())
}
