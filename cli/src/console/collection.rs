//! The pages of a collection: its documents, its options, making and dropping it.

mod create;
mod insert;
mod search;

use askama::Template;
use askama_web::WebTemplate;
use astra_db::schema::{CollectionDescriptor, IndexingOptions};
use astra_db::{Collection, CollectionDefinition, Document, Value};
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use axum::{Form, Router};
use serde::Deserialize;

use super::confirm::{ConfirmForm, ConfirmPage};
use super::done::Done;
use super::error::ConsoleError;
use super::frame::Frame;
use super::words::count;
use super::{Console, address, json};
use crate::output::{counted, grouped};

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

/// Which collection a page is about.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Of {
    pub(super) keyspace: String,
    pub(super) collection: String,
}

impl Of {
    pub(super) fn handle(&self, console: &Console) -> Collection<Document> {
        let keyspace = console.database.keyspace(self.keyspace.as_str());
        keyspace.collection(self.collection.as_str())
    }

    /// The address of its documents; all other pages about it are below.
    pub(super) fn href(&self) -> String {
        address::collection(&self.keyspace, &self.collection)
    }

    /// The frame of its main pages.
    fn frame(&self, console: &Console) -> Frame {
        Frame::data(console, &self.collection)
            .below(address::keyspace(&self.keyspace), &self.keyspace)
    }

    /// The frame of a page below.
    pub(super) fn frame_below(&self, console: &Console, heading: impl Into<String>) -> Frame {
        Frame::data(console, heading)
            .below(address::keyspace(&self.keyspace), &self.keyspace)
            .below(self.href(), &self.collection)
    }

    /// Its definition.
    pub(super) async fn definition(
        &self,
        console: &Console,
    ) -> Result<CollectionDefinition, ConsoleError> {
        let keyspace = console.database.keyspace(self.keyspace.as_str());
        let mut all = keyspace.list_collections().await?.into_iter();
        let own = all.find(|CollectionDescriptor { name, .. }| *name == self.collection);
        own.map(|own| own.definition).ok_or_else(|| {
            let Self {
                keyspace,
                collection,
            } = self;
            ConsoleError::NotFound(format!(
                "There is no collection {collection} in the keyspace {keyspace}."
            ))
        })
    }
}

#[derive(Debug, Template, WebTemplate)]
#[template(path = "console/collection/options.html")]
struct OptionsPage {
    frame: Frame,
    href: String,
    documents: String,
    facts: Vec<(&'static str, String)>,
    json: String,
}

async fn options(
    State(console): State<Console>,
    Path(of): Path<Of>,
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
    Path(of): Path<Of>,
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
    Path(of): Path<Of>,
    Form(form): Form<ConfirmForm>,
) -> Response {
    let collection = of.handle(&console);
    let there = Done::Dropped.at(&address::keyspace(&of.keyspace));
    let consequence = "Its documents are dropped with it. There is no way back.";
    let page = confirm(&console, &of, consequence);
    page.answer(form, &there, || collection.drop()).await
}

fn confirm(console: &Console, of: &Of, consequence: &str) -> ConfirmPage {
    let frame = of.frame_below(console, format!("Drop {}", of.collection));
    ConfirmPage::new(
        frame,
        "the collection",
        &of.collection,
        consequence,
        of.href(),
    )
}
