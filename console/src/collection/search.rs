//! The documents of a collection, page by page.

use askama::Template;
use askama_web::WebTemplate;
use astra_db::{CollectionDefinition, Document, Error, Page, Value};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use shared::field_errors::FieldErrors;

use crate::answer::Said;
use crate::collection_path::CollectionPath;
use crate::error::ConsoleError;
use crate::flash::{Done, DoneQuery};
use crate::frame::Frame;
use crate::state::Console;
use crate::tree::{Room, Tree};
use crate::{address, commands, connect, document, json};
use shared::numbers::counted;

/// Documents on a page: as many as the API gives at once.
const PAGE: u32 = 50;
/// As far as the API counts.
const COUNTED: u64 = 1_000;

/// The fields of the form, as they were typed, and where in the answer the page is.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(super) struct Search {
    filter: String,
    sort: String,
    projection: String,
    /// The API's own mark of a page, where nothing is sorted.
    page: String,
    /// How many documents are before this page, where they are sorted.
    skip: u32,
}

/// The same, understood.
#[derive(Debug, Default)]
struct Asked {
    filter: Document,
    sort: Option<Document>,
    projection: Option<Document>,
}

#[derive(Debug, Template, WebTemplate)]
#[template(path = "collection/documents.html")]
struct DocumentsPage {
    frame: Frame,
    href: String,
    keyspace: String,
    search: Search,
    vector: Option<String>,
    problems: FieldErrors,
    errors: Vec<Said>,
    warnings: Vec<Said>,
    entries: Vec<Entry>,
    total: Option<String>,
    next: Option<String>,
    /// The first page, where this is another one.
    first: Option<String>,
    /// The same question in the command runner.
    command: String,
    /// How to use the collection from code.
    connect: String,
}

/// A document in the list.
#[derive(Debug)]
struct Entry {
    title: String,
    /// Its own page, where its `_id` is known.
    href: Option<String>,
    tree: Tree,
}

pub(super) async fn show(
    State(console): State<Console>,
    Path(of): Path<CollectionPath>,
    Query(search): Query<Search>,
    Query(query): Query<DoneQuery>,
) -> Result<Response, ConsoleError> {
    let definition = of.definition(&console).await?;
    let mut problems = FieldErrors::default();
    let asked = search.read(&mut problems);
    let page = DocumentsPage::new(&console, &of, &definition, search, &asked, query.done);
    if !problems.is_empty() {
        return Ok((
            StatusCode::UNPROCESSABLE_ENTITY,
            DocumentsPage { problems, ..page },
        )
            .into_response());
    }
    match find(&console, &of, &page.search, &asked).await {
        Ok(found) => {
            let total = total(&console, &of, &asked).await;
            Ok(page.filled(&of, &asked, found, total).into_response())
        }
        Err(error) => Ok((StatusCode::UNPROCESSABLE_ENTITY, page.refused(&error)).into_response()),
    }
}

impl Search {
    fn read(&self, problems: &mut FieldErrors) -> Asked {
        let mut field = |name: &str, text: &str| problems.check(name, json::object(text)).flatten();
        Asked {
            filter: field("filter", &self.filter).unwrap_or_default(),
            sort: field("sort", &self.sort),
            projection: field("projection", &self.projection),
        }
    }

    /// The address of this search at another place of its answer.
    fn at(&self, of: &CollectionPath, page: &str, skip: u32) -> String {
        let skip = if skip == 0 {
            String::new()
        } else {
            skip.to_string()
        };
        let query = [
            ("filter", self.filter.trim()),
            ("sort", self.sort.trim()),
            ("projection", self.projection.trim()),
            ("page", page),
            ("skip", &skip),
        ];
        address::with_query(&of.href(), &query)
    }
}

impl Asked {
    /// Sorted by fields, an answer is one page: others are reached by skipping.
    fn is_sorted_by_fields(&self) -> bool {
        self.sort.as_ref().is_some_and(|sort| !sort.is_empty()) && !self.is_sorted_by_likeness()
    }

    fn is_sorted_by_likeness(&self) -> bool {
        let Some(sort) = &self.sort else { return false };
        sort.iter().any(|(name, _)| name.starts_with('$'))
    }

    /// Everything, vectors included, unless something else was asked for.
    fn projection(&self) -> Document {
        let everything = || Document::from([("*", Value::from(1))]);
        self.projection.clone().unwrap_or_else(everything)
    }

    /// The command that asks the same.
    fn command(&self) -> String {
        let given = [
            ("filter", Some(&self.filter)),
            ("sort", self.sort.as_ref()),
            ("projection", self.projection.as_ref()),
        ];
        let find: Document = given
            .into_iter()
            .filter_map(|(name, part)| Some((name, part?.clone())))
            .collect();
        json::pretty_document(&Document::from([("find", find)]))
    }
}

async fn find(
    console: &Console,
    of: &CollectionPath,
    search: &Search,
    asked: &Asked,
) -> Result<Page<Document>, Error> {
    let mut find = of
        .handle(console)
        .find(&asked.filter)
        .projection(asked.projection());
    if let Some(sort) = &asked.sort {
        find = find.sort(sort.clone());
    }
    if asked.is_sorted_by_fields() {
        find = find.skip(search.skip).limit(PAGE);
    } else if asked.is_sorted_by_likeness() {
        find = find.limit(PAGE).include_similarity(true);
    } else if !search.page.is_empty() {
        find = find.page_state(search.page.as_str());
    }
    find.page().await
}

/// How many there are, in words; nothing where the API does not want to count them.
async fn total(console: &Console, of: &CollectionPath, asked: &Asked) -> Option<String> {
    let collection = of.handle(console);
    if asked.filter.is_empty() {
        let number = collection.estimated_document_count().await.ok()?;
        return Some(counted(number, "document"));
    }
    match collection.count_documents(&asked.filter, COUNTED).await {
        Ok(number) => Some(format!("{} found", counted(number, "document"))),
        Err(Error::TooManyToCount { .. }) => {
            Some(format!("More than {} found", counted(COUNTED, "document")))
        }
        Err(_) => None,
    }
}

impl DocumentsPage {
    fn new(
        console: &Console,
        of: &CollectionPath,
        definition: &CollectionDefinition,
        search: Search,
        asked: &Asked,
        done: Option<Done>,
    ) -> Self {
        let dimension = definition
            .vector
            .as_ref()
            .and_then(|vector| vector.dimension);
        let is_first = search.page.is_empty() && search.skip == 0;
        Self {
            frame: of.frame(console).done(done),
            href: of.href(),
            keyspace: of.keyspace.clone(),
            vector: dimension.map(example_of_sort),
            first: (!is_first).then(|| search.at(of, "", 0)),
            command: commands::address(&of.keyspace, &of.collection, &asked.command()),
            connect: connect::address(&of.keyspace, &of.collection),
            search,
            problems: FieldErrors::default(),
            errors: Vec::new(),
            warnings: Vec::new(),
            entries: Vec::new(),
            total: None,
            next: None,
        }
    }

    fn filled(
        self,
        of: &CollectionPath,
        asked: &Asked,
        found: Page<Document>,
        total: Option<String>,
    ) -> Self {
        let is_full = found.items.len() == PAGE as usize;
        let next = match found.next_page_state {
            Some(state) => Some(self.search.at(of, state.as_str(), 0)),
            None if asked.is_sorted_by_fields() && is_full => Some(self.search.at(
                of,
                "",
                self.search.skip.saturating_add(PAGE),
            )),
            None => None,
        };
        Self {
            entries: found
                .items
                .iter()
                .map(|document| Entry::new(of, document))
                .collect(),
            warnings: Said::all(&found.warnings),
            total,
            next,
            ..self
        }
    }

    /// What the API said, beside the field it is about where it says that.
    fn refused(self, error: &Error) -> Self {
        let field = error.api().and_then(|error| match error.scope.as_str() {
            "FILTER" => Some("filter"),
            "SORT" => Some("sort"),
            "PROJECTION" => Some("projection"),
            _ => None,
        });
        match (field, error.api()) {
            (Some(field), Some(said)) => Self {
                problems: FieldErrors::one(field, format!("{} ({})", said.message, said.code)),
                ..self
            },
            _ => Self {
                errors: Said::errors(error),
                ..self
            },
        }
    }

    /// Whether documents may be left out.
    fn is_narrowed(&self) -> bool {
        !self.search.filter.trim().is_empty()
    }

    /// Whether the form holds anything.
    fn is_asked(&self) -> bool {
        let Search {
            filter,
            sort,
            projection,
            ..
        } = &self.search;
        [filter, sort, projection]
            .into_iter()
            .any(|text| !text.trim().is_empty())
    }
}

impl Entry {
    fn new(of: &CollectionPath, document: &Document) -> Self {
        let id = document.get("_id");
        Self {
            title: id.map_or_else(|| "no _id".to_owned(), document::title),
            href: id.map(|id| document::address(of, id)),
            tree: Tree::document(document, Room::ENTRY),
        }
    }
}

/// A sort by likeness for collections with vectors of this dimension.
fn example_of_sort(dimension: u32) -> String {
    let numbers = vec!["0.1"; dimension.min(3) as usize].join(", ");
    let dots = if dimension > 3 { ", …" } else { "" };
    format!("{{\"$vector\": [{numbers}{dots}]}}")
}
