//! The indexes of a table.

use askama::Template;
use askama_web::WebTemplate;
use astra_db::schema::{
    ColumnType, IndexDefinition, IndexDescriptor, IndexedColumn, RegularIndex, SimilarityMetric,
    TextIndex, VectorIndex,
};
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Form, Router};
use serde::Deserialize;

use super::open_table::OpenTable;
use crate::address;
use crate::answer::Said;
use crate::confirm::{ConfirmForm, ConfirmPage};
use crate::error::ConsoleError;
use crate::flash::Done;
use crate::frame::Frame;
use crate::state::Console;

pub(super) fn routes() -> Router<Console> {
    let path = |rest: &str| format!("/console/keyspaces/{{keyspace}}/tables/{{table}}{rest}");
    Router::new()
        .route(&path("/indexes/new"), get(show).post(create))
        .route(&path("/indexes/drop"), get(ask).post(drop))
}

/// The kinds of index, as the form says them.
const KINDS: [(&str, &str); 3] = [
    ("regular", "For filters"),
    ("vector", "For sorts by vector"),
    ("text", "For words of a text"),
];

/// How vectors are compared.
const METRICS: [&str; 3] = ["cosine", "dot_product", "euclidean"];

/// An index in the list.
#[derive(Debug)]
pub(super) struct IndexLine {
    pub(super) name: String,
    pub(super) kind: String,
    /// What is indexed, and how, as the API tells it.
    pub(super) column: String,
    pub(super) options: String,
    pub(super) drop: String,
}

impl IndexLine {
    pub(super) fn new(table: &str, index: IndexDescriptor) -> Self {
        let listed = serde_json::to_value(&index).unwrap_or_default();
        let definition = &listed["definition"];
        let text = |value: &serde_json::Value| match value {
            serde_json::Value::Null => String::new(),
            serde_json::Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        Self {
            kind: text(&listed["indexType"]),
            column: text(&definition["column"]),
            options: text(&definition["options"]),
            drop: address::with_query(&format!("{table}/indexes/drop"), &[("name", &index.name)]),
            name: index.name,
        }
    }
}

/// The form; what does not belong to its kind is left empty.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct IndexForm {
    /// `regular`, `vector` or `text`.
    kind: String,
    name: String,
    /// The name of a column, after it `.$keys` or `.$values` for these of a map.
    column: String,
    ignore_case: Option<String>,
    normalize: Option<String>,
    ascii: Option<String>,
    metric: String,
    source_model: String,
    /// A name, or JSON.
    analyzer: String,
}

#[derive(Debug, Template, WebTemplate)]
#[template(path = "tables/new_index.html")]
struct NewIndexPage {
    frame: Frame,
    href: String,
    form: IndexForm,
    columns: Vec<String>,
    errors: Vec<Said>,
}

async fn show(
    State(console): State<Console>,
    table: OpenTable,
    Query(form): Query<IndexForm>,
) -> NewIndexPage {
    page(&console, &table, form, Vec::new())
}

fn page(
    console: &Console,
    table: &OpenTable,
    mut form: IndexForm,
    errors: Vec<Said>,
) -> NewIndexPage {
    if !["vector", "text"].contains(&form.kind.as_str()) {
        "regular".clone_into(&mut form.kind);
    }
    NewIndexPage {
        frame: table.frame_below(console, "New index"),
        href: format!("{}/indexes/new", table.href),
        columns: columns(table, &form.kind),
        form,
        errors,
    }
}

/// What an index of this kind can be made of.
fn columns(table: &OpenTable, kind: &str) -> Vec<String> {
    let mut names = Vec::new();
    for (name, column) in table.definition.columns.iter() {
        let is_vector = matches!(column.kind, ColumnType::Vector { .. });
        let is_text = matches!(column.kind, ColumnType::Text | ColumnType::Ascii);
        let fits = match kind {
            "vector" => is_vector,
            "text" => is_text,
            _ => !is_vector,
        };
        if fits {
            names.push(name.to_owned());
        }
        if kind == "regular" && matches!(column.kind, ColumnType::Map(..)) {
            names.extend(["$keys", "$values"].map(|part| format!("{name}.{part}")));
        }
    }
    names
}

async fn create(
    State(console): State<Console>,
    table: OpenTable,
    Form(form): Form<IndexForm>,
) -> Response {
    match table
        .table
        .create_index(form.name.trim(), form.definition())
        .await
    {
        Ok(()) => {
            let there = format!("{}/columns", table.href);
            Redirect::to(&Done::Created.at(&there)).into_response()
        }
        Err(error) => {
            let page = page(&console, &table, form, Said::errors(&error));
            (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
        }
    }
}

impl IndexForm {
    fn definition(&self) -> IndexDefinition {
        match self.kind.as_str() {
            "vector" => self.vector().into(),
            "text" => self.text().into(),
            _ => self.regular().into(),
        }
    }

    /// Only what was ticked is said: the options are for text, and refused for anything else.
    fn regular(&self) -> RegularIndex {
        let column = match self.column.rsplit_once('.') {
            Some((name, "$keys")) => IndexedColumn::Keys(name.to_owned()),
            Some((name, "$values")) => IndexedColumn::Values(name.to_owned()),
            _ => IndexedColumn::Column(self.column.clone()),
        };
        let mut index = RegularIndex::new(column);
        if self.ignore_case.is_some() {
            index = index.case_sensitive(false);
        }
        if self.normalize.is_some() {
            index = index.normalize(true);
        }
        if self.ascii.is_some() {
            index = index.ascii(true);
        }
        index
    }

    fn vector(&self) -> VectorIndex {
        let index = VectorIndex::new(self.column.as_str());
        let index = match self.metric.as_str() {
            "" => index,
            "cosine" => index.metric(SimilarityMetric::Cosine),
            "dot_product" => index.metric(SimilarityMetric::DotProduct),
            "euclidean" => index.metric(SimilarityMetric::Euclidean),
            other => index.metric(SimilarityMetric::Other(other.to_owned())),
        };
        match self.source_model.trim() {
            "" => index,
            model => index.source_model(model),
        }
    }

    fn text(&self) -> TextIndex {
        let index = TextIndex::new(self.column.as_str());
        match (
            self.analyzer.trim(),
            serde_json::from_str::<serde_json::Value>(&self.analyzer),
        ) {
            ("", _) => index,
            (_, Ok(custom @ serde_json::Value::Object(_))) => index.analyzer(custom),
            (name, _) => index.analyzer(name),
        }
    }
}

/// Which column, or index.
#[derive(Debug, Deserialize)]
pub(super) struct NameQuery {
    pub(super) name: String,
}

async fn ask(
    State(console): State<Console>,
    table: OpenTable,
    Query(query): Query<NameQuery>,
) -> Result<ConfirmPage, ConsoleError> {
    let names = table.table.list_index_names().await?;
    if !names.contains(&query.name) {
        let sentence = format!("There is no index {} of {}.", query.name, table.name());
        return Err(ConsoleError::NotFound(sentence));
    }
    Ok(confirm(&console, &table, &query.name))
}

fn confirm(console: &Console, table: &OpenTable, name: &str) -> ConfirmPage {
    let frame = table.frame_below(console, format!("Drop the index {name}"));
    let consequence =
        "No row is lost, but what asks by this index is refused, or reads the whole table.";
    let back = format!("{}/columns", table.href);
    ConfirmPage::new(frame, "the index", name, consequence, back)
}

async fn drop(
    State(console): State<Console>,
    table: OpenTable,
    Query(query): Query<NameQuery>,
    Form(form): Form<ConfirmForm>,
) -> Response {
    let there = Done::Dropped.at(&format!("{}/columns", table.href));
    confirm(&console, &table, &query.name)
        .answer(form, &there, || {
            table.database().drop_index(query.name.as_str())
        })
        .await
}
