//! The pages of one document: seen, edited, deleted.

mod change;
mod edit;

use askama::Template;
use askama_web::WebTemplate;
use astra_db::{Document, DocumentId, Value};
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Redirect};
use axum::routing::get;
use serde::Deserialize;

use super::collection_path::CollectionPath;
use super::error::ConsoleError;
use super::flash::{Done, DoneQuery};
use super::format::visible;
use super::frame::Frame;
use super::json;
use super::state::Console;
use super::tree::{Room, Tree};

pub(super) fn routes() -> Router<Console> {
    let path = |below: &str| {
        format!("/console/keyspaces/{{keyspace}}/collections/{{collection}}/document{below}")
    };
    Router::new()
        .route(&path(""), get(show))
        .route(&path("/json"), get(raw))
        .route(&path("/edit"), get(edit::form).post(edit::save))
        .route(&path("/delete"), get(ask).post(delete))
}

/// The address of a document.
pub(super) fn address(of: &CollectionPath, id: &Value) -> String {
    at(of, "", id)
}

/// The address of a page about it.
fn at(of: &CollectionPath, below: &str, id: &Value) -> String {
    let path = format!("{}/document{below}", of.href());
    super::address::with_query(&path, &[("id", &id.to_string())])
}

/// Which document: its `_id` as JSON.
#[derive(Debug, Deserialize)]
struct IdQuery {
    id: String,
}

impl IdQuery {
    fn value(&self) -> Result<Value, ConsoleError> {
        json::value(&self.id).map_err(|_| {
            ConsoleError::Unreadable(
                "The id in this address is not JSON. Open the document from its collection."
                    .to_owned(),
            )
        })
    }
}

/// Longest `_id` in a heading.
const TITLE: usize = 80;

/// An `_id` as a heading.
pub(super) fn title(id: &Value) -> String {
    let text = DocumentId::from(id.clone()).to_string();
    if text.is_empty() {
        return "\"\"".to_owned();
    }
    let start: String = text.chars().take(TITLE).collect();
    let dots = if start.len() < text.len() { "…" } else { "" };
    format!("{}{dots}", visible(&start))
}

/// One document, whole.
async fn find(
    console: &Console,
    of: &CollectionPath,
    id: &Value,
) -> Result<Option<Document>, astra_db::Error> {
    let everything = Document::from([("*", Value::from(1))]);
    of.handle(console)
        .find_one(by_id(id))
        .projection(everything)
        .await
}

async fn found(
    console: &Console,
    of: &CollectionPath,
    id: &Value,
) -> Result<Document, ConsoleError> {
    find(console, of, id).await?.ok_or_else(|| {
        ConsoleError::NotFound(format!(
            "There is no document with the _id {id} in {}.",
            of.collection
        ))
    })
}

fn by_id(id: &Value) -> Document {
    Document::from([("_id", id.clone())])
}

#[derive(Debug, Template, WebTemplate)]
#[template(path = "document/document.html")]
struct DocumentPage {
    frame: Frame,
    tree: Tree,
    raw: String,
    edit: String,
    delete: String,
}

async fn show(
    State(console): State<Console>,
    Path(of): Path<CollectionPath>,
    Query(query): Query<IdQuery>,
    Query(done): Query<DoneQuery>,
) -> Result<DocumentPage, ConsoleError> {
    let id = query.value()?;
    let document = found(&console, &of, &id).await?;
    Ok(DocumentPage {
        frame: of.frame_below(&console, title(&id)).done(done.done),
        tree: Tree::document(&document, Room::PAGE),
        raw: at(&of, "/json", &id),
        edit: at(&of, "/edit", &id),
        delete: at(&of, "/delete", &id),
    })
}

/// The document as a file, however large.
async fn raw(
    State(console): State<Console>,
    Path(of): Path<CollectionPath>,
    Query(query): Query<IdQuery>,
) -> Result<impl IntoResponse, ConsoleError> {
    let document = found(&console, &of, &query.value()?).await?;
    let headers = [
        (CONTENT_TYPE, "application/json"),
        (
            CONTENT_DISPOSITION,
            "attachment; filename=\"document.json\"",
        ),
    ];
    Ok((headers, json::pretty_document(&document)))
}

#[derive(Debug, Template, WebTemplate)]
#[template(path = "document/delete.html")]
struct DeletePage {
    frame: Frame,
    tree: Tree,
    back: String,
}

async fn ask(
    State(console): State<Console>,
    Path(of): Path<CollectionPath>,
    Query(query): Query<IdQuery>,
) -> Result<DeletePage, ConsoleError> {
    let id = query.value()?;
    let document = found(&console, &of, &id).await?;
    let back = address(&of, &id);
    Ok(DeletePage {
        frame: of
            .frame_below(&console, "Delete")
            .below(back.as_str(), title(&id)),
        tree: Tree::document(&document, Room::ENTRY),
        back,
    })
}

async fn delete(
    State(console): State<Console>,
    Path(of): Path<CollectionPath>,
    Query(query): Query<IdQuery>,
) -> Result<Redirect, ConsoleError> {
    // Deleted by somebody else is deleted, too.
    of.handle(&console)
        .delete_one(by_id(&query.value()?))
        .await?;
    Ok(Redirect::to(&Done::Deleted.at(&of.href())))
}
