//! The page of a keyspace: its collections and tables.

use askama::Template;
use askama_web::WebTemplate;
use astra_db::schema::{CollectionDescriptor, IndexingOptions, TableDescriptor};
use astra_db::{CollectionDefinition, Database};
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use axum::routing::get;

use super::address;
use super::confirm::{ConfirmForm, ConfirmPage};
use super::error::ConsoleError;
use super::flash::{Done, DoneQuery};
use super::frame::Frame;
use super::state::Console;

pub(super) fn routes() -> Router<Console> {
    Router::new()
        .route("/console/keyspaces/{keyspace}", get(show))
        .route("/console/keyspaces/{keyspace}/drop", get(ask).post(drop))
}

#[derive(Debug, Template, WebTemplate)]
#[template(path = "keyspace.html")]
struct KeyspacePage {
    frame: Frame,
    href: String,
    collections: Vec<CollectionLine>,
    tables: Vec<TableLine>,
    types: usize,
}

/// A collection in the list.
#[derive(Debug)]
struct CollectionLine {
    name: String,
    href: String,
    documents: u64,
    options: Vec<String>,
}

/// A table in the list.
#[derive(Debug)]
struct TableLine {
    name: String,
    href: String,
    columns: usize,
    key: String,
}

async fn show(
    State(console): State<Console>,
    Path(name): Path<String>,
    Query(query): Query<DoneQuery>,
) -> Result<KeyspacePage, ConsoleError> {
    let keyspace = console.database.keyspace(name.as_str());
    let tables = keyspace.list_tables().await?;
    Ok(KeyspacePage {
        frame: Frame::data(&console, &name).done(query.done),
        href: address::keyspace(&name),
        collections: collections(&keyspace, &name).await?,
        tables: tables
            .into_iter()
            .map(|table| table_line(&name, table))
            .collect(),
        types: keyspace.list_type_names().await?.len(),
    })
}

async fn collections(keyspace: &Database, name: &str) -> Result<Vec<CollectionLine>, ConsoleError> {
    let mut lines = Vec::new();
    for CollectionDescriptor {
        name: collection,
        definition,
        ..
    } in keyspace.list_collections().await?
    {
        let handle = keyspace.collection::<astra_db::Document>(collection.as_str());
        lines.push(CollectionLine {
            href: address::collection(name, &collection),
            documents: handle.estimated_document_count().await?,
            options: options(&definition),
            name: collection,
        });
    }
    Ok(lines)
}

/// What is special about a collection, in a word each.
fn options(definition: &CollectionDefinition) -> Vec<String> {
    let vector = definition
        .vector
        .as_ref()
        .map(|vector| match vector.dimension {
            Some(dimension) => format!("vector {dimension}"),
            None => "vector".to_owned(),
        });
    let indexing = match &definition.indexing {
        Some(IndexingOptions::Allow(_)) => Some("indexes some fields".to_owned()),
        Some(IndexingOptions::Deny(_)) => Some("indexes most fields".to_owned()),
        _ => None,
    };
    let is_lexical = definition
        .lexical
        .as_ref()
        .is_some_and(|lexical| lexical.enabled);
    let lexical = is_lexical.then(|| "text search".to_owned());
    vector.into_iter().chain(lexical).chain(indexing).collect()
}

fn table_line(keyspace: &str, table: TableDescriptor) -> TableLine {
    let key: Vec<&str> = table.definition.primary_key.columns().collect();
    TableLine {
        href: address::table(keyspace, &table.name),
        columns: table.definition.columns.len(),
        key: key.join(", "),
        name: table.name,
    }
}

async fn ask(
    State(console): State<Console>,
    Path(name): Path<String>,
) -> Result<ConfirmPage, ConsoleError> {
    // A keyspace that is not there is not asked about.
    console
        .database
        .keyspace(name.as_str())
        .list_collection_names()
        .await?;
    Ok(confirm(&console, &name))
}

async fn drop(
    State(console): State<Console>,
    Path(name): Path<String>,
    axum::Form(form): axum::Form<ConfirmForm>,
) -> Response {
    let page = confirm(&console, &name);
    let there = Done::Dropped.at(address::HOME);
    page.answer(form, &there, || console.database.drop_keyspace(name))
        .await
}

fn confirm(console: &Console, name: &str) -> ConfirmPage {
    let back = address::keyspace(name);
    let frame = Frame::data(console, format!("Drop {name}")).below(back.as_str(), name);
    let consequence =
        "All its collections, tables and types are dropped with it. There is no way back.";
    ConfirmPage::new(frame, "the keyspace", name, consequence, back)
}
