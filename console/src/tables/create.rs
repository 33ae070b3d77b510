//! A new table, by a form or as JSON.

use askama::Template;
use askama_web::WebTemplate;
use astra_db::schema::{Order, TableDefinition};
use astra_db::{Database, Error, doc};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Form, Router};
use serde::Deserialize;

use super::grid::Grid;
use crate::address;
use crate::answer::Said;
use crate::error::ConsoleError;
use crate::flash::Done;
use crate::frame::Frame;
use crate::json_field::{JsonField, Pairs, text_of};
use crate::state::Console;

pub(super) fn routes() -> Router<Console> {
    Router::new().route(
        "/console/keyspaces/{keyspace}/new-table",
        get(show).post(create),
    )
}

/// The parts a column may have in the primary key, as the form says them.
const ROLES: [(&str, &str); 4] = [
    ("", "—"),
    ("partition", "Partition key"),
    ("ascending", "Clustering, ascending"),
    ("descending", "Clustering, descending"),
];

/// What stands in a new form as JSON.
const EXAMPLE: &str = r#"{
  "columns": {
    "vehicle": "uuid",
    "at": "timestamp",
    "rating": "int",
    "tags": {"type": "set", "valueType": "text"}
  },
  "primaryKey": {"partitionBy": ["vehicle"], "partitionSort": {"at": -1}}
}"#;

#[derive(Debug, Template, WebTemplate)]
#[template(path = "tables/new.html")]
struct NewTablePage {
    frame: Frame,
    href: String,
    name: String,
    grid: Grid,
    /// The definition, where it is given as JSON.
    json: Option<JsonField>,
    errors: Vec<Said>,
}

/// Which form is shown: fields, unless JSON is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct AsQuery {
    #[serde(rename = "as")]
    form: String,
}

impl AsQuery {
    pub(super) fn json(&self) -> bool {
        self.form == "json"
    }
}

async fn show(
    State(console): State<Console>,
    Path(keyspace): Path<String>,
    Query(query): Query<AsQuery>,
) -> Result<NewTablePage, ConsoleError> {
    let page = page(&console, &keyspace).await?;
    let json = query.json().then(|| JsonField::new(EXAMPLE));
    Ok(NewTablePage { json, ..page })
}

async fn page(console: &Console, keyspace: &str) -> Result<NewTablePage, ConsoleError> {
    // A keyspace that is not there gets no tables.
    console
        .database
        .keyspace(keyspace)
        .list_table_names()
        .await?;
    let above = address::keyspace(keyspace);
    Ok(NewTablePage {
        href: format!("{above}/new-table"),
        frame: Frame::data(console, "New table").below(above, keyspace),
        name: String::new(),
        grid: Grid::default().with_spare(),
        json: None,
        errors: Vec::new(),
    })
}

async fn create(
    State(console): State<Console>,
    Path(keyspace): Path<String>,
    Form(form): Form<Pairs>,
) -> Result<Response, ConsoleError> {
    let name = text_of(&form, "name").unwrap_or_default().trim().to_owned();
    let mut page = NewTablePage {
        name: name.clone(),
        grid: Grid::of_form(&form),
        json: text_of(&form, "definition").map(JsonField::new),
        ..page(&console, &keyspace).await?
    };
    let mut status = StatusCode::OK;
    if text_of(&form, "more").is_none() {
        status = StatusCode::UNPROCESSABLE_ENTITY;
        match page
            .send(&console.database.keyspace(keyspace.as_str()))
            .await
        {
            Some(Ok(())) => {
                let there = address::table(&keyspace, &name);
                return Ok(Redirect::to(&Done::Created.at(&there)).into_response());
            }
            Some(Err(error)) => page.errors = Said::errors(&error),
            None => {}
        }
    }
    page.grid = page.grid.with_spare();
    Ok((status, page).into_response())
}

impl NewTablePage {
    /// Makes the table; nothing where the form has problems, which are noted there.
    async fn send(&mut self, database: &Database) -> Option<Result<(), Error>> {
        let name = self.name.as_str();
        let Some(json) = &mut self.json else {
            let definition = definition(&mut self.grid)?;
            let made = database.create_table(name, definition).await;
            return Some(made.map(drop));
        };
        // As it was typed: what we do not know may be known to the API.
        let definition = json.object()?;
        let command = doc!({"createTable": {"name": name, "definition": definition}});
        Some(database.command(command).await.map(drop))
    }
}

/// The table of the lines. The order of the lines is that of the columns in the key.
fn definition(grid: &mut Grid) -> Option<TableDefinition> {
    let types = grid.types()?;
    let mut definition = TableDefinition::default();
    for (line, (name, kind)) in grid.lines.iter().zip(types) {
        definition = definition.column(name.as_str(), kind);
        match line.role.as_str() {
            "partition" => definition.primary_key.partition_by.push(name),
            "ascending" => definition = definition.partition_sort(name, Order::Ascending),
            "descending" => definition = definition.partition_sort(name, Order::Descending),
            _ => {}
        }
    }
    Some(definition)
}
