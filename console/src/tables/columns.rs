//! The columns of a table: its definition, what can be added and dropped.

use askama::Template;
use askama_web::WebTemplate;
use astra_db::schema::{IndexDescriptor, Order};
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Form, Router};

use super::column_type::show as show_type;
use super::grid::Grid;
use super::indexes::{IndexLine, NameQuery};
use super::open_table::OpenTable;
use crate::address;
use crate::answer::Said;
use crate::confirm::{ConfirmForm, ConfirmPage};
use crate::error::ConsoleError;
use crate::flash::{Done, DoneQuery};
use crate::frame::Frame;
use crate::json_field::{Pairs, text_of};
use crate::state::Console;

pub(super) fn routes() -> Router<Console> {
    let path = |rest: &str| format!("/console/keyspaces/{{keyspace}}/tables/{{table}}{rest}");
    Router::new()
        .route(&path("/columns"), get(show).post(add))
        .route(&path("/columns/drop"), get(ask_column).post(drop_column))
        .route(&path("/drop"), get(ask).post(drop_table))
}

#[derive(Debug, Template, WebTemplate)]
#[template(path = "tables/columns.html")]
struct ColumnsPage {
    frame: Frame,
    href: String,
    columns: Vec<ColumnLine>,
    /// The primary key in words.
    key: String,
    indexes: Vec<IndexLine>,
    definition: String,
    grid: Grid,
    errors: Vec<Said>,
}

/// A column in the list.
#[derive(Debug)]
struct ColumnLine {
    name: String,
    kind: String,
    role: &'static str,
    /// Where it can be dropped; not if it is of the key.
    drop: Option<String>,
}

async fn show(
    State(console): State<Console>,
    table: OpenTable,
    Query(query): Query<DoneQuery>,
) -> Result<ColumnsPage, ConsoleError> {
    let page = page(&console, &table).await?;
    Ok(ColumnsPage {
        frame: page.frame.done(query.done),
        ..page
    })
}

async fn page(console: &Console, table: &OpenTable) -> Result<ColumnsPage, ConsoleError> {
    let indexes = table.table.list_indexes().await?;
    Ok(ColumnsPage {
        frame: table.frame(console),
        href: table.href.clone(),
        columns: columns(table),
        key: key(table),
        indexes: lines(table, indexes),
        definition: serde_json::to_string_pretty(&table.definition).unwrap_or_default(),
        grid: Grid::default().with_spare(),
        errors: Vec::new(),
    })
}

fn lines(table: &OpenTable, indexes: Vec<IndexDescriptor>) -> Vec<IndexLine> {
    let line = |index| IndexLine::new(&table.href, index);
    indexes.into_iter().map(line).collect()
}

fn columns(table: &OpenTable) -> Vec<ColumnLine> {
    let key = &table.definition.primary_key;
    let role = |name: &str| {
        if key.partition_by.iter().any(|column| column == name) {
            return "partition key";
        }
        match key.partition_sort.iter().find(|(column, _)| column == name) {
            Some((_, Order::Ascending)) => "clustering, ascending",
            Some((_, Order::Descending)) => "clustering, descending",
            None => "",
        }
    };
    let columns = table.definition.columns.iter();
    columns
        .map(|(name, column)| ColumnLine {
            name: name.to_owned(),
            kind: show_type(&column.kind),
            role: role(name),
            drop: role(name).is_empty().then(|| {
                address::with_query(&format!("{}/columns/drop", table.href), &[("name", name)])
            }),
        })
        .collect()
}

/// As CQL writes it: `((vehicle), at DESC)`.
fn key(table: &OpenTable) -> String {
    let key = &table.definition.primary_key;
    let sorted = key.partition_sort.iter().map(|(name, order)| match order {
        Order::Ascending => name.clone(),
        Order::Descending => format!("{name} DESC"),
    });
    let partition = format!("({})", key.partition_by.join(", "));
    let parts: Vec<String> = std::iter::once(partition).chain(sorted).collect();
    format!("({})", parts.join(", "))
}

async fn add(
    State(console): State<Console>,
    table: OpenTable,
    Form(form): Form<Pairs>,
) -> Result<Response, ConsoleError> {
    let mut grid = Grid::of_form(&form);
    let mut errors = Vec::new();
    let mut status = StatusCode::OK;
    if text_of(&form, "more").is_none() {
        status = StatusCode::UNPROCESSABLE_ENTITY;
        if let Some(columns) = grid.types() {
            match table.table.add_columns(columns).await {
                Ok(()) => {
                    let there = format!("{}/columns", table.href);
                    return Ok(Redirect::to(&Done::Saved.at(&there)).into_response());
                }
                Err(error) => errors = Said::errors(&error),
            }
        }
    }
    let page = ColumnsPage {
        grid: grid.with_spare(),
        errors,
        ..page(&console, &table).await?
    };
    Ok((status, page).into_response())
}

async fn ask_column(
    State(console): State<Console>,
    table: OpenTable,
    Query(query): Query<NameQuery>,
) -> Result<ConfirmPage, ConsoleError> {
    if table.definition.columns.get(&query.name).is_none() {
        let sentence = format!("There is no column {} in {}.", query.name, table.name());
        return Err(ConsoleError::NotFound(sentence));
    }
    Ok(confirm_column(&console, &table, &query.name))
}

fn confirm_column(console: &Console, table: &OpenTable, name: &str) -> ConfirmPage {
    let frame = table.frame_below(console, format!("Drop the column {name}"));
    let consequence = "Its values in all rows are lost. There is no way back.";
    let back = format!("{}/columns", table.href);
    ConfirmPage::new(frame, "the column", name, consequence, back)
}

async fn drop_column(
    State(console): State<Console>,
    table: OpenTable,
    Query(query): Query<NameQuery>,
    Form(form): Form<ConfirmForm>,
) -> Response {
    let page = confirm_column(&console, &table, &query.name);
    let there = Done::Dropped.at(&format!("{}/columns", table.href));
    page.answer(form, &there, || {
        table.table.drop_columns([query.name.as_str()])
    })
    .await
}

async fn ask(State(console): State<Console>, table: OpenTable) -> ConfirmPage {
    confirm(&console, &table)
}

fn confirm(console: &Console, table: &OpenTable) -> ConfirmPage {
    let frame = table.frame_below(console, format!("Drop {}", table.name()));
    let consequence = "All its rows and indexes are dropped with it. There is no way back.";
    ConfirmPage::new(
        frame,
        "the table",
        table.name(),
        consequence,
        table.href.clone(),
    )
}

async fn drop_table(
    State(console): State<Console>,
    table: OpenTable,
    Form(form): Form<ConfirmForm>,
) -> Response {
    let there = Done::Dropped.at(&address::keyspace(&table.keyspace));
    confirm(&console, &table)
        .answer(form, &there, || table.table.drop())
        .await
}
