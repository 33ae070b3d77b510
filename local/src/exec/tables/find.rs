//! `find` and `findOne`.

use std::sync::Arc;

use super::lexical::LexicalSearch;
use super::nearest::{Search, nearest};
use super::page_state::PageState;
use super::select::{Selection, Start, page, rows_of};
use super::sorted::in_order;
use super::vectorize::vector_to_find;
use crate::command::find::{Find, FindOne};
use crate::error::{ApiError, sort};
use crate::exec::Room;
use crate::exec::call::{Call, OnTable};
use crate::json::{Object, Value};
use crate::response::{Answer, Data, Document};
use crate::storage::rows::Reading;
use crate::storage::{Reader, Table};
use crate::table::column_type::{ColumnType, Scalar};
use crate::table::definition::Direction;
use crate::table::filter::{Filter, Order, Query, Refusal};
use crate::table::projection::Projection;
use crate::table::row::Row;
use crate::table::sort::{Sort, Sorted, index_metric};
use crate::table::value::CqlValue;
use crate::vector;

/// Rows of one page.
const PAGE: usize = 50;
/// Rows of a vector search without a limit.
const NEAREST: usize = 1000;

/// What a find asks for.
#[derive(Debug)]
struct Asked<'a> {
    filter: Option<&'a Value>,
    projection: Option<&'a Value>,
    sort: Option<&'a Value>,
    limit: Option<u32>,
    skip: Option<u32>,
    page_state: Option<&'a str>,
    include_similarity: bool,
    include_sort_vector: bool,
    /// Bytes the rows of the answer may have.
    room: usize,
}

/// What was found: the rows with how similar they are, where the next page begins, and how many rows were sorted.
#[derive(Debug, Default)]
struct Found {
    rows: Vec<(Row, Option<f32>)>,
    next: Option<PageState>,
    sorted: Option<usize>,
}

/// How the rows are read.
#[derive(Debug)]
enum Way {
    Along(Reading),
    InMemory(Vec<(usize, Direction)>),
    Nearest(Search),
    Ranked(LexicalSearch),
}

/// A find that is understood and can be run.
#[derive(Debug)]
struct Prepared {
    query: Query,
    way: Way,
    /// Sorted by the vector of a text: as on the real server, it is not said how similar the rows are.
    by_text: bool,
    projection: Projection,
    start: Start,
}

impl OnTable for Find {
    const READS: bool = true;

    fn run(&self, call: &Call<'_>, table: &Arc<Table>) -> Result<Answer, ApiError> {
        Ok(find(call, table, self))
    }
}

impl OnTable for FindOne {
    const READS: bool = true;

    fn run(&self, call: &Call<'_>, table: &Arc<Table>) -> Result<Answer, ApiError> {
        Ok(find_one(call, table, self))
    }
}

fn find(call: &Call<'_>, table: &Table, command: &Find) -> Answer {
    let asked = Asked {
        filter: command.clauses.filter.as_ref(),
        projection: command.clauses.projection.as_ref(),
        sort: command.clauses.sort.as_ref(),
        limit: command.limit,
        // Nothing to skip is no skip; whether there may be one at all was checked when the command was read.
        skip: command.skip.filter(|skip| *skip > 0),
        page_state: command
            .page_state
            .as_deref()
            .filter(|state| !state.is_empty()),
        include_similarity: command.include_similarity,
        include_sort_vector: command.include_sort_vector,
        room: call.limits.answer,
    };
    run(call, table, &asked, |documents, next| Data::Page {
        documents,
        next_page_state: next.map(|next| next.to_text()),
    })
}

fn find_one(call: &Call<'_>, table: &Table, command: &FindOne) -> Answer {
    let asked = Asked {
        filter: command.clauses.filter.as_ref(),
        projection: command.clauses.projection.as_ref(),
        sort: command.clauses.sort.as_ref(),
        limit: Some(1),
        skip: None,
        page_state: None,
        include_similarity: command.include_similarity,
        include_sort_vector: command.include_sort_vector,
        room: call.limits.answer,
    };
    run(call, table, &asked, |documents, _| {
        Data::One(documents.into_iter().next())
    })
}

fn run(
    call: &Call<'_>,
    table: &Table,
    asked: &Asked<'_>,
    data: impl FnOnce(Vec<Document>, Option<PageState>) -> Data,
) -> Answer {
    let failed = |error: ApiError, warnings| Answer {
        warnings,
        ..Answer::from(error)
    };
    let prepared = match prepare(call, table, asked) {
        Ok(prepared) => prepared,
        Err(refusal) => return failed(refusal.error, refusal.warnings),
    };
    let indexed = match &prepared.way {
        Way::Nearest(search) => call.storage.index_column(table, search.position),
        _ => Ok(()),
    };
    let read = || {
        call.storage
            .read(|reader| prepared.read(reader, table, asked))
    };
    let found = match indexed.map_err(ApiError::from).and_then(|()| read()) {
        Ok(found) => found,
        Err(error) => return failed(error, prepared.query.warnings),
    };
    let projection_schema = Some(prepared.schema(table));
    let status = prepared.status(table, asked, &found);
    let documents = found.rows.iter().map(|(row, similarity)| {
        let shown = asked.include_similarity && !prepared.by_text;
        let similarity = similarity.filter(|_| shown);
        prepared.show(row, similarity, table)
    });
    Answer {
        data: Some(data(documents.collect(), found.next)),
        projection_schema,
        status,
        warnings: prepared.query.warnings,
        ..Answer::default()
    }
}

/// Understands a find, clause by clause in the order in which the real server does.
fn prepare(call: &Call<'_>, table: &Table, asked: &Asked<'_>) -> Result<Prepared, Refusal> {
    let definition = &table.definition;
    let sort = Sort::parse(asked.sort, definition)?;
    sort.check(definition, asked.limit, asked.skip.is_some())?;
    let (mut filter, mut sorted) = (None, None);
    if let Sort::Columns(columns) = &sort {
        let filter = filter.insert(Filter::parse(asked.filter, definition)?);
        sorted = Some(Sorted::decide(
            columns,
            filter,
            definition,
            asked.skip.is_some(),
        ));
    }
    if matches!(sorted, Some(Sorted::InMemory(_))) && asked.page_state.is_some() {
        return Err(Refusal::from(sort::UNSUPPORTED_PAGINATION_WITH_IN_MEMORY_SORTING.because(
            "Rows sorted in memory have one page. Leave the page state out, or sort by clustering columns inside a partition.",
        )));
    }
    let projection = Projection::parse(asked.projection, definition)?;
    let filter = match filter {
        Some(filter) => filter,
        None => Filter::parse(asked.filter, definition)?,
    };
    let query = plan(&filter, table, &sort, sorted.as_ref())?;
    let by_text = matches!(sort, Sort::Vectorize(..));
    match way(call, table, asked, sort, sorted).and_then(|way| Ok((way, start(asked)?))) {
        Ok((way, start)) => Ok(Prepared {
            query,
            way,
            by_text,
            projection,
            start,
        }),
        Err(error) => Err(Refusal {
            error,
            warnings: query.warnings,
        }),
    }
}

/// Judges the filter. What is to be said of the sort comes first.
fn plan(
    filter: &Filter,
    table: &Table,
    sort: &Sort,
    sorted: Option<&Sorted>,
) -> Result<Query, Refusal> {
    let order = match (sort, sorted) {
        (Sort::Vector(..) | Sort::Vectorize(..), _) => Order::Vector,
        (_, Some(Sorted::ByKey(_) | Sorted::Impossible(_))) => Order::Clustering,
        _ => Order::Free,
    };
    let warning = sorted.and_then(Sorted::warning);
    match Query::plan(filter, &table.definition, order) {
        Ok(mut query) => {
            query.warnings.splice(0..0, warning);
            Ok(query)
        }
        Err(mut refusal) => {
            refusal.warnings.splice(0..0, warning);
            Err(refusal)
        }
    }
}

fn way(
    call: &Call<'_>,
    table: &Table,
    asked: &Asked<'_>,
    sort: Sort,
    sorted: Option<Sorted>,
) -> Result<Way, ApiError> {
    let column = |position: usize| &table.definition.columns()[position];
    match (sort, sorted) {
        (_, Some(Sorted::ByKey(backwards))) => Ok(Way::Along(if backwards {
            Reading::Backwards
        } else {
            Reading::Forwards
        })),
        (_, Some(Sorted::Impossible(error))) => Err(error),
        (Sort::Columns(columns), _) => Ok(Way::InMemory(columns)),
        (Sort::Vector(position, query), _) => nearest_to(table, position, query),
        (Sort::Lexical(position, text), _) => {
            let limit = asked
                .limit
                .map(|limit| usize::try_from(limit).unwrap_or(usize::MAX));
            let enabled = call.providers.features.lexical;
            LexicalSearch::new(table, position, &text, limit, enabled).map(Way::Ranked)
        }
        (Sort::Vectorize(position, text), _) => {
            let query = vector_to_find(column(position), &text, call.providers)?;
            nearest_to(table, position, query)
        }
        _ => Ok(Way::Along(Reading::Forwards)),
    }
}

fn nearest_to(table: &Table, position: usize, query: Vec<f32>) -> Result<Way, ApiError> {
    let metric = index_metric(&table.definition.columns()[position], &table.definition)?;
    vector::check(&query, query.len(), metric)?;
    Ok(Way::Nearest(Search {
        position,
        query,
        metric,
    }))
}

fn start(asked: &Asked<'_>) -> Result<Start, ApiError> {
    let Some(state) = asked.page_state else {
        return Ok(Start {
            after: None,
            remaining: asked.limit.map(u64::from),
        });
    };
    let state = PageState::from_text(state)?;
    Ok(Start {
        after: Some(state.after),
        remaining: state.remaining,
    })
}

impl Prepared {
    fn read(
        &self,
        reader: &Reader<'_>,
        table: &Table,
        asked: &Asked<'_>,
    ) -> Result<Found, ApiError> {
        let condition = &self.query.condition;
        let selection = Selection {
            condition,
            columns: self.projection.positions(),
        };
        let room = || Room(asked.room);
        let count = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
        match &self.way {
            Way::Along(reading) => {
                let (rows, next) = page(
                    reader,
                    table,
                    selection,
                    *reading,
                    PAGE,
                    &self.start,
                    room(),
                )?;
                Ok(Found {
                    rows: rows.into_iter().map(|row| (row, None)).collect(),
                    next,
                    sorted: None,
                })
            }
            Way::InMemory(columns) => {
                let keys = in_order(reader, table, condition, columns, room())?;
                let sorted = Some(keys.len());
                let limit = asked.limit.map_or(PAGE, count).min(PAGE);
                let keys = keys
                    .into_iter()
                    .skip(asked.skip.map_or(0, count))
                    .take(limit)
                    .map(|key| (key, None));
                Ok(Found {
                    rows: rows_of(reader, table, selection, keys, room())?,
                    next: None,
                    sorted,
                })
            }
            Way::Ranked(search) => {
                let keys = search.run(reader, table, condition)?.into_iter();
                let keys = keys.map(|key| (key, None));
                Ok(Found {
                    rows: rows_of(reader, table, selection, keys, room())?,
                    ..Found::default()
                })
            }
            Way::Nearest(search) => {
                let most = asked.limit.map_or(NEAREST, count);
                let keys = nearest(reader, table, condition, search, most)?
                    .into_iter()
                    .map(|(key, similarity)| (key, Some(similarity)));
                Ok(Found {
                    rows: rows_of(reader, table, selection, keys, room())?,
                    ..Found::default()
                })
            }
        }
    }

    fn schema(&self, table: &Table) -> Arc<str> {
        if self.projection.is_whole(&table.definition) {
            return Arc::clone(&table.schema);
        }
        let described = self.projection.describe(&table.definition);
        Value::from(described).to_json().into()
    }

    fn status(&self, table: &Table, asked: &Asked<'_>, found: &Found) -> Object {
        let mut status = Object::default();
        if let Some(sorted) = found.sorted {
            status.insert("sortedRowCount", sorted);
        }
        let shown = asked.include_sort_vector && !self.by_text;
        if let (true, Way::Nearest(search)) = (shown, &self.way) {
            let column = &table.definition.columns()[search.position];
            let vector = CqlValue::Vector(search.query.clone());
            status.insert("sortVector", vector.to_json(&column.column_type));
        }
        status
    }

    fn show(&self, row: &Row, similarity: Option<f32>, table: &Table) -> Document {
        let mut shown = self.projection.apply(row, &table.definition);
        if let Some(similarity) = similarity {
            let float = ColumnType::Scalar(Scalar::Float);
            shown.insert("$similarity", CqlValue::Float(similarity).to_json(&float));
        }
        Document::from(shown)
    }
}
