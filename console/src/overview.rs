//! The first page: all keyspaces, and a new one.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use serde::Deserialize;

use super::address;
use super::answer::Said;
use super::error::ConsoleError;
use super::flash::{Done, DoneQuery};
use super::frame::{Frame, Section};
use super::state::Console;

pub(super) fn routes() -> Router<Console> {
    Router::new()
        .route(address::HOME, get(show))
        .route("/console/keyspaces", post(create))
}

#[derive(Debug, Template, WebTemplate)]
#[template(path = "overview.html")]
struct OverviewPage {
    frame: Frame,
    keyspaces: Vec<Line>,
    url: String,
    data: String,
    makes_backups: bool,
    /// The name in the form, and what the API said about it.
    name: String,
    errors: Vec<Said>,
}

/// A keyspace in the list.
#[derive(Debug)]
struct Line {
    name: String,
    href: String,
    collections: usize,
    tables: usize,
}

async fn show(
    State(console): State<Console>,
    Query(query): Query<DoneQuery>,
) -> Result<OverviewPage, ConsoleError> {
    let page = page(&console).await?;
    Ok(OverviewPage {
        frame: page.frame.done(query.done),
        ..page
    })
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct CreateForm {
    name: String,
}

async fn create(
    State(console): State<Console>,
    Form(form): Form<CreateForm>,
) -> Result<Response, ConsoleError> {
    let name = form.name.trim();
    match console.database.create_keyspace(name).await {
        Ok(()) => Ok(Redirect::to(&Done::Created.at(&address::keyspace(name))).into_response()),
        Err(error) => {
            let page = OverviewPage {
                name: name.to_owned(),
                errors: Said::errors(&error),
                ..page(&console).await?
            };
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

async fn page(console: &Console) -> Result<OverviewPage, ConsoleError> {
    let mut keyspaces = Vec::new();
    for name in console.database.list_keyspaces().await? {
        let keyspace = console.database.keyspace(name.as_str());
        keyspaces.push(Line {
            href: address::keyspace(&name),
            collections: keyspace.list_collection_names().await?.len(),
            tables: keyspace.list_table_names().await?.len(),
            name,
        });
    }
    Ok(OverviewPage {
        frame: Frame::new(console, Section::Data, "Keyspaces"),
        keyspaces,
        url: console.server.url.clone(),
        data: console.server.data.clone(),
        makes_backups: console.backup.is_some(),
        name: String::new(),
        errors: Vec::new(),
    })
}
