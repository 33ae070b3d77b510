//! The pages of a collection: its documents, its options, making and dropping it.

mod create;
mod insert;
mod search;

use askama::Template;
use askama_web::WebTemplate;
use astra_db::schema::IndexingOptions;
use astra_db::{CollectionDefinition, Value};
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use axum::{Form, Router};

use super::collection_path::CollectionPath;
use super::confirm::{ConfirmForm, ConfirmPage};
use super::error::ConsoleError;
use super::flash::Done;
use super::format::count;
use super::frame::Frame;
use super::state::Console;
use super::{address, json};
use shared::numbers::{counted, grouped};

pub(super) fn routes() -> Router<Console> {
    Router::new()
        .route(
            "/console/keyspaces/{keyspace}/new-collection",
            get(create::form).post(create::create),
        )
        .route(
            "/console/keyspaces/{keyspace}/collections/{collection}",
            get(search::show),
        )
        .route(
            "/console/keyspaces/{keyspace}/collections/{collection}/insert",
            get(insert::form).post(insert::insert),
        )
        .route(
            "/console/keyspaces/{keyspace}/collections/{collection}/options",
            get(options),
        )
        .route(
            "/console/keyspaces/{keyspace}/collections/{collection}/drop",
            get(ask).post(drop),
        )
}

#[derive(Debug, Template, WebTemplate)]
#[template(path = "collection/options.html")]
struct OptionsPage {
    frame: Frame,
    href: String,
    documents: String,
    facts: Vec<(&'static str, String)>,
    json: String,
}

async fn options(
    State(console): State<Console>,
    Path(of): Path<CollectionPath>,
) -> Result<OptionsPage, ConsoleError> {
    let definition = of.definition(&console).await?;
    let documents = of.handle(&console).estimated_document_count().await?;
    let json =
        Value::encode(&definition).map_err(|error| ConsoleError::Unreadable(error.to_string()))?;
    Ok(OptionsPage {
        frame: of.frame(&console),
        href: of.href(),
        documents: grouped(documents),
        facts: facts(&definition),
        json: json::pretty(&json),
    })
}

/// A definition in words.
fn facts(definition: &CollectionDefinition) -> Vec<(&'static str, String)> {
    let vector = match &definition.vector {
        None => "No vectors".to_owned(),
        Some(vector) => {
            let dimension = vector.dimension.map_or_else(String::new, |dimension| {
                count(dimension as usize, "dimension")
            });
            let metric = vector
                .metric
                .as_ref()
                .and_then(|metric| Value::encode(metric).ok());
            let metric = metric
                .as_ref()
                .and_then(Value::as_str)
                .unwrap_or("cosine")
                .replace('_', " ");
            format!("{dimension}, compared by {metric}")
        }
    };
    let indexing = match &definition.indexing {
        Some(IndexingOptions::Allow(paths)) => format!("Only {}", paths.join(", ")),
        Some(IndexingOptions::Deny(paths)) => format!("All fields but {}", paths.join(", ")),
        _ => "All fields".to_owned(),
    };
    let id = definition
        .default_id
        .as_ref()
        .and_then(|id| Value::encode(&id.kind).ok());
    let id = id
        .as_ref()
        .and_then(Value::as_str)
        .unwrap_or("A random UUID as text");
    vec![
        ("Vector search", vector),
        ("Fields that can be searched", indexing),
        ("_id of documents that bring none", id.to_owned()),
    ]
}

async fn ask(
    State(console): State<Console>,
    Path(of): Path<CollectionPath>,
) -> Result<ConfirmPage, ConsoleError> {
    let documents = of.handle(&console).estimated_document_count().await?;
    Ok(confirm(
        &console,
        &of,
        &format!(
            "Its {} are dropped with it. There is no way back.",
            counted(documents, "document")
        ),
    ))
}

async fn drop(
    State(console): State<Console>,
    Path(of): Path<CollectionPath>,
    Form(form): Form<ConfirmForm>,
) -> Response {
    let collection = of.handle(&console);
    let there = Done::Dropped.at(&address::keyspace(&of.keyspace));
    let consequence = "Its documents are dropped with it. There is no way back.";
    let page = confirm(&console, &of, consequence);
    page.answer(form, &there, || collection.drop()).await
}

fn confirm(console: &Console, of: &CollectionPath, consequence: &str) -> ConfirmPage {
    let frame = of.frame_below(console, format!("Drop {}", of.collection));
    ConfirmPage::new(
        frame,
        "the collection",
        &of.collection,
        consequence,
        of.href(),
    )
}
