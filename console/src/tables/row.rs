//! One row: written anew, changed, deleted.

use askama::Template;
use askama_web::WebTemplate;
use astra_db::{Error, Row, Value};
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Form, Router};
use serde::Deserialize;

use super::change::Change;
use super::create::AsQuery;
use super::field::{self, Field};
use super::open_table::OpenTable;
use crate::answer::Said;
use crate::error::ConsoleError;
use crate::flash::{Done, DoneQuery};
use crate::frame::Frame;
use crate::json;
use crate::json_field::{JsonField, Pairs, text_of};
use crate::state::Console;

pub(super) fn routes() -> Router<Console> {
    let path = |rest: &str| format!("/console/keyspaces/{{keyspace}}/tables/{{table}}{rest}");
    Router::new()
        .route(&path("/new-row"), get(show_new).post(insert))
        .route(&path("/row"), get(show).post(save))
        .route(&path("/row/delete"), get(ask).post(delete))
}

/// A row as a form, by its columns or as JSON.
#[derive(Debug, Template, WebTemplate)]
#[template(path = "tables/row.html")]
struct RowPage {
    frame: Frame,
    /// The address of the page itself.
    href: String,
    back: String,
    /// Where the row can be deleted; nothing for a new one.
    delete: Option<String>,
    fields: Vec<Field>,
    /// The row, where it is given as JSON.
    json: Option<JsonField>,
    /// The row as it was when the form was made, to tell what was changed.
    before: String,
    /// What stands against saving it, in our own words.
    problem: Option<String>,
    errors: Vec<Said>,
}

impl RowPage {
    fn new(console: &Console, table: &OpenTable, row: &Row) -> Self {
        Self {
            frame: table.frame_below(console, "New row"),
            href: format!("{}/new-row", table.href),
            back: table.href.clone(),
            delete: None,
            fields: Field::of_row(&table.definition, row),
            json: None,
            before: String::new(),
            problem: None,
            errors: Vec::new(),
        }
    }

    /// The form of a row that is there.
    fn of(console: &Console, table: &OpenTable, key: &Row, row: &Row) -> Self {
        let href = table.row(key);
        Self {
            frame: table.frame_below(console, heading(key)),
            delete: Some(href.replacen("/row?", "/row/delete?", 1)),
            href,
            before: row.to_string(),
            ..Self::new(console, table, row)
        }
    }

    fn is_new(&self) -> bool {
        self.delete.is_none()
    }

    /// The page of the other kind of form.
    fn other(&self, form: &str) -> String {
        let separator = if self.is_new() { "?" } else { "&" };
        format!("{}{separator}as={form}", self.href)
    }

    fn refused(self) -> Response {
        (StatusCode::UNPROCESSABLE_ENTITY, self).into_response()
    }

    /// What was typed, as a row; a column that was left empty is null. Where it is none, the problems are noted.
    ///
    /// What stands in a field as it did before has the value of before: forms change the ends of lines.
    fn typed(&mut self, table: &OpenTable, before: &Row, form: &Pairs) -> Option<Row> {
        if let Some(text) = text_of(form, "row") {
            let json = self.json.insert(JsonField::new(text));
            return json.object().map(Row::from);
        }
        let mut row = Row::new();
        for field in &mut self.fields {
            let Some(column) = table.definition.columns.get(&field.name) else {
                continue;
            };
            // A column that the form does not have is left as it is.
            let typed = text_of(form, &field.form_name())
                .unwrap_or(&field.text)
                .to_owned();
            let value = if field.stands(&typed) {
                Ok(before.get(&field.name).cloned())
            } else {
                field::read(&column.kind, &typed)
            };
            field.text = typed;
            match value {
                Ok(value) => drop(row.insert(field.name.as_str(), value)),
                Err(problem) => field.problem = Some(problem),
            }
        }
        let is_good = self.fields.iter().all(|field| field.problem.is_none());
        is_good.then_some(row)
    }

    /// Says where somebody else was faster. What they wrote is what a further try is compared with.
    fn conflict(mut self, change: &Change, now: &Row) -> Response {
        let theirs = |column: &str| now.get(column).unwrap_or(&Value::Null).to_string();
        for field in &mut self.fields {
            if change.columns().any(|column| column == field.name) {
                field.problem = Some(format!("Somebody else wrote {}", theirs(&field.name)));
            }
        }
        let columns: Vec<String> = change
            .columns()
            .map(|column| format!("{column}: {}", theirs(column)))
            .collect();
        self.problem = Some(format!(
            "Nothing was saved, as somebody else has changed the same in the meantime. What they wrote: {}. Save again to \
             write yours over it.",
            columns.join("; ")
        ));
        self.before = now.to_string();
        (StatusCode::CONFLICT, self).into_response()
    }
}

async fn show_new(
    State(console): State<Console>,
    table: OpenTable,
    Query(query): Query<AsQuery>,
) -> RowPage {
    let page = RowPage::new(&console, &table, &Row::new());
    let columns = table.definition.columns.iter();
    let empty: Row = columns.map(|(name, _)| (name, Value::Null)).collect();
    RowPage {
        json: query.json().then(|| JsonField::new(pretty(&empty))),
        ..page
    }
}

async fn insert(
    State(console): State<Console>,
    table: OpenTable,
    Form(form): Form<Pairs>,
) -> Response {
    let mut page = RowPage::new(&console, &table, &Row::new());
    let Some(row) = page.typed(&table, &Row::new(), &form) else {
        return page.refused();
    };
    // A null would be written, too, as the absence of a value.
    let row: Row = row
        .into_iter()
        .filter(|(_, value)| !value.is_null())
        .collect();
    match put(&table, &row).await {
        Ok(Put::Done) => Redirect::to(&Done::Inserted.at(&table.href)).into_response(),
        Ok(Put::IsThere) => {
            page.problem = Some("Nothing was inserted: there is a row with this key, which would be lost. Find it in the table to change it.".to_owned());
            page.refused()
        }
        Err(error) => {
            page.errors = Said::errors(&error);
            page.refused()
        }
    }
}

/// What became of a new row.
enum Put {
    Done,
    /// There is one with its key.
    IsThere,
}

/// Inserts a row that is not there. The API would write over it.
async fn put(table: &OpenTable, row: &Row) -> Result<Put, Error> {
    if let Some(key) = table.key_of(row)
        && table.table.find_one(key).await?.is_some()
    {
        return Ok(Put::IsThere);
    }
    table.table.insert_one(row).await?;
    Ok(Put::Done)
}

/// Which row: its primary key as JSON.
#[derive(Debug, Deserialize)]
struct KeyQuery {
    key: String,
}

impl KeyQuery {
    fn key(&self) -> Result<Row, ConsoleError> {
        let key = self.key.parse();
        key.map_err(|_| ConsoleError::NotFound("This is not the address of a row.".to_owned()))
    }
}

/// The row, which has to be there.
async fn find(table: &OpenTable, key: &Row) -> Result<Row, ConsoleError> {
    let found = table.row_of(key).await?;
    found
        .ok_or_else(|| ConsoleError::NotFound("There is no row with this key any more.".to_owned()))
}

async fn show(
    State(console): State<Console>,
    table: OpenTable,
    Query(query): Query<KeyQuery>,
    Query(form): Query<AsQuery>,
    Query(done): Query<DoneQuery>,
) -> Result<RowPage, ConsoleError> {
    let key = query.key()?;
    let row = find(&table, &key).await?;
    let page = RowPage::of(&console, &table, &key, &row);
    Ok(RowPage {
        frame: page.frame.done(done.done),
        json: form.json().then(|| JsonField::new(pretty(&row))),
        ..page
    })
}

async fn save(
    State(console): State<Console>,
    table: OpenTable,
    Query(query): Query<KeyQuery>,
    Form(form): Form<Pairs>,
) -> Result<Response, ConsoleError> {
    let key = query.key()?;
    let before: Row = text_of(&form, "before")
        .and_then(|before| before.parse().ok())
        .ok_or_else(|| {
            ConsoleError::Unreadable(
                "The form did not say what the row was before. Open the row again.".to_owned(),
            )
        })?;
    let mut page = RowPage::of(&console, &table, &key, &before);
    let Some(after) = page.typed(&table, &before, &form) else {
        return Ok(page.refused());
    };
    let change = Change::new(&table.definition, &before, &after);
    if change.columns().any(|column| key.get(column).is_some()) {
        page.problem = Some(
            "The primary key of a row cannot be changed. Insert a new row, and delete this one."
                .to_owned(),
        );
        return Ok(page.refused());
    }
    let now = find(&table, &key).await?;
    let overwritten = change.of_columns(|column| now.get(column) != before.get(column));
    if !overwritten.is_empty() {
        return Ok(page.conflict(&overwritten, &now));
    }
    match change.send(&table.table, key).await {
        Ok(()) => Ok(Redirect::to(&Done::Saved.at(&table.href)).into_response()),
        Err(error) => {
            page.errors = Said::errors(&error);
            Ok(page.refused())
        }
    }
}

/// Asks whether a row is meant to be deleted.
#[derive(Debug, Template, WebTemplate)]
#[template(path = "tables/delete_row.html")]
struct DeletePage {
    frame: Frame,
    row: String,
    back: String,
    errors: Vec<Said>,
}

async fn ask(
    State(console): State<Console>,
    table: OpenTable,
    Query(query): Query<KeyQuery>,
) -> Result<DeletePage, ConsoleError> {
    let key = query.key()?;
    let row = find(&table, &key).await?;
    Ok(DeletePage::new(&console, &table, &key, &row))
}

impl DeletePage {
    fn new(console: &Console, table: &OpenTable, key: &Row, row: &Row) -> Self {
        Self {
            frame: table.frame_below(console, format!("Delete {}", heading(key))),
            row: pretty(row),
            back: table.row(key),
            errors: Vec::new(),
        }
    }
}

async fn delete(
    State(console): State<Console>,
    table: OpenTable,
    Query(query): Query<KeyQuery>,
) -> Result<Response, ConsoleError> {
    let key = query.key()?;
    let row = find(&table, &key).await?;
    match table.table.delete_one(&key).await {
        Ok(_) => Ok(Redirect::to(&Done::Deleted.at(&table.href)).into_response()),
        Err(error) => {
            let page = DeletePage {
                errors: Said::errors(&error),
                ..DeletePage::new(&console, &table, &key, &row)
            };
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

/// `vehicle 0190f7d2, at 2024-01-31`
fn heading(key: &Row) -> String {
    let part = |(name, value): (&str, &Value)| match value {
        Value::String(text) => format!("{name} {text}"),
        other => format!("{name} {other}"),
    };
    let parts: Vec<String> = key.iter().map(part).collect();
    parts.join(", ").chars().take(120).collect()
}

fn pretty(row: &Row) -> String {
    json::pretty_document(&row.clone().into())
}
