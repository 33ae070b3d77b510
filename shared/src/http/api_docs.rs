//! The documentation of a JSON API: its description in OpenAPI at `/api/openapi.json`, and Swagger UI at `/api/docs/`.
//!
//! The page is our own rather than the one that comes with Swagger UI: that one has no viewport, no way back to the
//! application, and a bar on top whose inline style the content security policy blocks.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::extract::Path;
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use axum::routing::get;
use utoipa::openapi::path::{Operation, ParameterIn, PathItem};
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, RefOr};
use utoipa_swagger_ui::{Config, serve};

use crate::http::Problem;
use crate::http::precompressed::Precompressed;

const PAGE: &str = include_str!("api_docs/page.html");

/// The files of the page: its own, and style and program of Swagger UI, of whose other files it needs none.
static FILES: LazyLock<HashMap<&str, Precompressed>> = LazyLock::new(|| {
    let style = include_bytes!("api_docs/page.css").as_slice();
    let initializer = include_bytes!("api_docs/swagger-initializer.js").as_slice();
    let own = [
        ("page.css", Precompressed::new("text/css", style.into())),
        (
            "swagger-initializer.js",
            Precompressed::new("text/javascript", initializer.into()),
        ),
    ];
    let config = Arc::new(Config::default());
    let names = ["swagger-ui.css", "swagger-ui-bundle.js"];
    let of_swagger_ui = names.into_iter().filter_map(|name| {
        let file = serve(name, Arc::clone(&config)).ok()??;
        Some((name, Precompressed::new(file.content_type, file.bytes)))
    });
    own.into_iter().chain(of_swagger_ui).collect()
});

/// Serves the description and the page that draws it. `application` is the name that the link back to `/` has.
///
/// # Panics
///
/// When the description cannot be written as JSON, which is the application's mistake.
pub fn routes(application: &str, description: &OpenApi) -> Router {
    let page = Html(PAGE.replace("{name}", application));
    let json = serde_json::to_vec(description).expect("a description is JSON");
    let json = Arc::new(Precompressed::new("application/json", json.into()));
    Router::new()
        .route(
            "/api/openapi.json",
            get(|headers: HeaderMap| async move { json.response(&headers) }),
        )
        .route("/api/docs", get(|| async { Redirect::to("/api/docs/") }))
        .route("/api/docs/", get(|| async { page }))
        .route("/api/docs/{file}", get(file))
}

async fn file(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let Some(file) = FILES.get(name.as_str()) else {
        return Problem::new(StatusCode::NOT_FOUND).into_response();
    };
    let kept = HeaderValue::from_static("public, max-age=3600");
    ([(CACHE_CONTROL, kept)], file.response(&headers)).into_response()
}

/// Adds to every operation what any of its kind can answer, unless it says so itself: that the database is away; with a
/// body or a query, that it cannot be read; with a body, that it is too long. And to every error that it is a problem.
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
            let response = || RefOr::T(utoipa::openapi::Response::new(sentence));
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
        for (status, response) in &mut operation.responses.responses {
            if let RefOr::T(response) = response
                && status.starts_with(['4', '5'])
                && response.content.is_empty()
            {
                let problem = Ref::from_schema_name("Problem");
                let problem = ContentBuilder::new().schema(Some(problem)).build();
                let media_type = "application/problem+json".to_owned();
                response.content.insert(media_type, RefOr::T(problem));
            }
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
