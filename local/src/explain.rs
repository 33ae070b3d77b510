//! How a command finds what it is about, in words: for the log of slow requests and for the console.

use crate::error::ApiError;
use crate::exec::call::{Call, Target};
use crate::json::{Object, Value};
use crate::language::filter::Filter;
use crate::language::sort::Sort;
use crate::plan::{self, Plan, Route, Wanted};
use crate::storage::{Collection, Storage, Table};
use crate::table;

/// What is read for a command of which these are the arguments; none where it looks for nothing.
pub(crate) fn explain(call: &Call<'_>, arguments: &Object) -> Result<Option<String>, ApiError> {
    let (filter, sort) = (arguments.get("filter"), arguments.get("sort"));
    if filter.is_none() && sort.is_none() {
        return Ok(None);
    }
    match call.target()? {
        Target::Collection(collection) => {
            of_documents(call.storage, &collection, filter, sort).map(Some)
        }
        Target::Table(table) => of_rows(&table, filter, sort).map(Some),
    }
}

fn of_documents(
    storage: &Storage,
    collection: &Collection,
    filter: Option<&Value>,
    sort: Option<&Value>,
) -> Result<String, ApiError> {
    let (indexing, lexical) = (&collection.rules.indexing, &collection.rules.lexical);
    let filter = Filter::parse(filter, indexing, lexical.as_ref())?;
    let sort = Sort::parse(sort, indexing, lexical.is_some())?;
    storage.read(|reader| {
        let plan = plan::choose(reader, collection, &filter, Wanted::ALL)?;
        let all = reader.newest_document(collection)?;
        let found = candidates(&plan, all);
        let tested = if plan.exact {
            ""
        } else {
            "; each is tested by the whole filter"
        };
        let sorted = match sort {
            Sort::None => "",
            Sort::Vector(_) | Sort::Vectorize(_) => "; their vectors are compared",
            Sort::Lexical(_) => "; they are ranked by the words they share with the text",
            Sort::Fields(_) => "; they are sorted in memory",
        };
        Ok(format!("{found}{tested}{sorted}"))
    })
}

fn candidates(plan: &Plan, all: usize) -> String {
    match &plan.route {
        Route::Keys(keys) => format!("reads {} by `_id`", counted(keys.len(), "document")),
        Route::Points(points) => format!(
            "reads documents by the index, under {}",
            entries(points.len())
        ),
        Route::Documents(documents) => format!(
            "reads {} by the index",
            counted(documents.len(), "document")
        ),
        Route::Scan => format!("reads every document, up to {all}: the index does not help"),
    }
}

fn of_rows(
    table: &Table,
    filter: Option<&Value>,
    sort: Option<&Value>,
) -> Result<String, ApiError> {
    let definition = &table.definition;
    let filter = table::filter::Filter::parse(filter, definition)?;
    let sort = table::sort::Sort::parse(sort, definition)?;
    let order = match sort {
        table::sort::Sort::Vector(..) | table::sort::Sort::Vectorize(..) => {
            table::filter::Order::Vector
        }
        _ => table::filter::Order::Free,
    };
    let query =
        table::filter::Query::plan(&filter, definition, order).map_err(|refusal| refusal.error)?;
    let found = match table::filter::place(&query.condition, definition) {
        table::filter::Place::Lookup(position, values) => format!(
            "reads rows by the index of `{}`, under {}",
            definition.columns()[position].name,
            entries(values.len())
        ),
        table::filter::Place::Ranges(ranges)
            if ranges.iter().any(|range| range.from.is_empty()) =>
        {
            "reads every row: neither the partition key nor an index helps".to_owned()
        }
        table::filter::Place::Ranges(ranges) => format!(
            "reads rows by primary key, in {}",
            counted(ranges.len(), "range")
        ),
    };
    let sorted = match sort {
        table::sort::Sort::Vector(..) | table::sort::Sort::Vectorize(..) => {
            "; their vectors are compared"
        }
        table::sort::Sort::Lexical(..) => "; they are ranked by the words they share with the text",
        _ => "",
    };
    Ok(format!("{found}{sorted}"))
}

fn counted(count: usize, one: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {one}{plural}")
}

fn entries(count: usize) -> String {
    let plural = if count == 1 { "y" } else { "ies" };
    format!("{count} entr{plural}")
}
