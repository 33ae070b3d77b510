//! The rows of a table: found, sorted, a page at a time.

use askama::Template;
use askama_web::WebTemplate;
use astra_db::schema::{ColumnType, PrimaryKey};
use astra_db::{Error, Page, Row};
use axum::Router;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;
use serde_json::json;

use super::cell::Cell;
use super::column_type::show as show_type;
use super::open_table::OpenTable;
use crate::address;
use crate::answer::Said;
use crate::flash::DoneQuery;
use crate::frame::Frame;
use crate::json_field::JsonField;
use crate::state::Console;

pub(super) fn routes() -> Router<Console> {
    Router::new().route("/console/keyspaces/{keyspace}/tables/{table}", get(show))
}

/// What is asked for, each as JSON or nothing, and the page the API told of.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RowsQuery {
    filter: String,
    sort: String,
    projection: String,
    page: String,
}

#[derive(Debug, Template, WebTemplate)]
#[template(path = "tables/rows.html")]
struct RowsPage {
    frame: Frame,
    href: String,
    filter: JsonField,
    sort: JsonField,
    projection: JsonField,
    /// What could stand in these three.
    examples: [String; 3],
    columns: Vec<Heading>,
    rows: Vec<RowLine>,
    /// Where the next page is.
    next: Option<String>,
    /// Whether this is not the first page.
    is_later: bool,
    /// Where the question is without its page.
    first: String,
    warnings: Vec<Said>,
    errors: Vec<Said>,
}

/// A column that is shown.
#[derive(Debug)]
struct Heading {
    name: String,
    kind: String,
    /// That of its numbers, so that it stands above them.
    class: &'static str,
}

/// A row in the list.
#[derive(Debug)]
struct RowLine {
    /// Its own page, if its whole key is known.
    href: Option<String>,
    cells: Vec<Cell>,
}

impl RowsPage {
    /// The fields of the form: name, label, what stands there, an example.
    fn fields(&self) -> [(&'static str, &'static str, &JsonField, &str); 3] {
        let [filter, sort, projection] = &self.examples;
        [
            ("filter", "Filter", &self.filter, filter),
            ("sort", "Sort", &self.sort, sort),
            ("projection", "Columns", &self.projection, projection),
        ]
    }

    /// Whether it was asked for some rows only.
    fn is_filtered(&self) -> bool {
        !self.filter.text.trim().is_empty()
    }
}

async fn show(
    State(console): State<Console>,
    table: OpenTable,
    Query(query): Query<RowsQuery>,
    Query(done): Query<DoneQuery>,
) -> Response {
    let first = [
        ("filter", query.filter.as_str()),
        ("sort", query.sort.as_str()),
        ("projection", query.projection.as_str()),
    ];
    let mut page = RowsPage {
        frame: table.frame(&console).done(done.done),
        first: address::with_query(&table.href, &first),
        href: table.href.clone(),
        is_later: !query.page.is_empty(),
        filter: JsonField::new(query.filter.as_str()),
        sort: JsonField::new(query.sort.as_str()),
        projection: JsonField::new(query.projection.as_str()),
        examples: examples(&table.definition.primary_key),
        columns: Vec::new(),
        rows: Vec::new(),
        next: None,
        warnings: Vec::new(),
        errors: Vec::new(),
    };
    match page.find(&table, &query.page).await {
        Some(Ok(found)) => {
            page.fill(&table, found, &first);
            page.into_response()
        }
        Some(Err(error)) => {
            page.errors = Said::errors(&error);
            (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
        }
        None => (StatusCode::UNPROCESSABLE_ENTITY, page).into_response(),
    }
}

impl RowsPage {
    /// Asks; nothing where a field is no JSON, which is noted there.
    async fn find(&mut self, table: &OpenTable, state: &str) -> Option<Result<Page<Row>, Error>> {
        let filter = self.filter.object();
        let sort = self.sort.object();
        let projection = self.projection.object();
        let (filter, sort, projection) = (filter?, sort?, projection?);
        let mut find = table.table.find(filter);
        if !sort.is_empty() {
            find = find.sort(sort);
        }
        if !projection.is_empty() {
            find = find.projection(projection);
        }
        if !state.is_empty() {
            find = find.page_state(state);
        }
        Some(find.page().await)
    }

    fn fill(&mut self, table: &OpenTable, found: Page<Row>, query: &[(&str, &str)]) {
        let columns = columns(table, &found.items);
        self.rows = found
            .items
            .iter()
            .map(|row| line(table, &columns, row))
            .collect();
        let class_of = |column: usize| {
            let mut classes = self.rows.iter().map(|row| row.cells[column].class);
            classes.find(|class| *class == "number").unwrap_or_default()
        };
        let columns = columns.into_iter().enumerate();
        self.columns = columns
            .map(|(column, (name, kind))| Heading {
                name,
                kind: show_type(&kind),
                class: class_of(column),
            })
            .collect();
        self.next = found.next_page_state.map(|state| {
            let page = ("page", state.as_str());
            let query: Vec<_> = query.iter().copied().chain([page]).collect();
            address::with_query(&table.href, &query)
        });
        self.warnings = Said::all(&found.warnings);
    }
}

/// A filter, a sort and a projection as they could be for a table with this key.
fn examples(key: &PrimaryKey) -> [String; 3] {
    let first = key.columns().next().unwrap_or_default();
    let last = key.columns().last().unwrap_or_default();
    [
        format!("{{{}: …}}", json!(first)),
        format!("{{{}: -1}}", json!(last)),
        format!("{{{}: 1}}", json!(first)),
    ]
}

/// The columns that rows have, those of the key first; all of them where there are no rows.
fn columns(table: &OpenTable, rows: &[Row]) -> Vec<(String, ColumnType)> {
    let definition = &table.definition;
    let key: Vec<&str> = definition.primary_key.columns().collect();
    let others = definition.columns.iter().map(|(name, _)| name);
    let others = others.filter(|name| !key.contains(name));
    let is_shown = |name: &&str| rows.is_empty() || rows.iter().any(|row| row.get(name).is_some());
    let mut columns: Vec<_> = key
        .iter()
        .copied()
        .chain(others)
        .filter(is_shown)
        .filter_map(|name| Some((name.to_owned(), definition.columns.get(name)?.kind.clone())))
        .collect();
    // What a sort by vector or text adds, such as $similarity.
    let added = rows.first().into_iter().flat_map(Row::iter);
    let added = added.filter(|(name, _)| definition.columns.get(name).is_none());
    columns.extend(added.map(|(name, _)| (name.to_owned(), ColumnType::Double)));
    columns
}

fn line(table: &OpenTable, columns: &[(String, ColumnType)], row: &Row) -> RowLine {
    let cells = columns.iter();
    RowLine {
        href: table.key_of(row).map(|key| table.row(&key)),
        cells: cells
            .map(|(name, kind)| Cell::new(kind, row.get(name)))
            .collect(),
    }
}
