//! The documents a filter selects, in the order of their numbers.

use std::ops::ControlFlow;

use crate::error::{ApiError, database};
use crate::json::{self, Object, Value};
use crate::language::filter::Filter;
use crate::plan::{self, Plan, Route, Wanted};
use crate::storage::entries::EntryRange;
use crate::storage::{Collection, Reader, StorageError};

/// Index entries read at once per value at most.
const LARGEST_BATCH: usize = 1024;

/// A document that satisfies the filter, as it lies in the file.
#[derive(Debug)]
pub(super) struct Match<'a> {
    pub(super) id: i64,
    pub(super) json: &'a str,
    /// Parsed already when the filter had to be asked.
    parsed: Option<Object>,
}

impl Match<'_> {
    pub(super) fn into_document(self) -> Result<Object, ApiError> {
        self.parsed.map_or_else(|| parse(self.json), Ok)
    }
}

/// Reads the text of a stored document.
pub(super) fn parse(json: &str) -> Result<Object, ApiError> {
    match json::parse_stored(json) {
        Ok(Value::Object(document)) => Ok(document),
        _ => Err(database::DOCUMENT_FROM_DB_UNPARSEABLE
            .because("A stored document cannot be read: the database file is damaged. Restore it from a backup.")),
    }
}

/// Shows the documents that satisfy `filter` until `visit` breaks.
pub(super) fn each_match(
    reader: &Reader<'_>,
    collection: &Collection,
    filter: &Filter,
    wanted: Wanted,
    visit: impl FnMut(Match<'_>) -> Result<ControlFlow<()>, ApiError>,
) -> Result<(), ApiError> {
    let plan = plan::choose(reader, collection, filter, wanted)?;
    each_match_by(reader, collection, filter, &plan, wanted, visit)
}

/// The same by a plan that was made before.
pub(super) fn each_match_by(
    reader: &Reader<'_>,
    collection: &Collection,
    filter: &Filter,
    plan: &Plan,
    wanted: Wanted,
    mut visit: impl FnMut(Match<'_>) -> Result<ControlFlow<()>, ApiError>,
) -> Result<(), ApiError> {
    each_candidate(reader, collection, plan, wanted, |id, json| {
        match_of(plan, filter, id, json)?.map_or(Ok(ControlFlow::Continue(())), &mut visit)
    })
}

fn match_of<'a>(
    plan: &Plan,
    filter: &Filter,
    id: i64,
    json: &'a str,
) -> Result<Option<Match<'a>>, ApiError> {
    if plan.exact {
        return Ok(Some(Match {
            id,
            json,
            parsed: None,
        }));
    }
    let document = parse(json)?;
    Ok(filter.matches(&document).then_some(Match {
        id,
        json,
        parsed: Some(document),
    }))
}

/// Whether the document of that number satisfies the filter.
pub(super) fn is_match(
    reader: &Reader<'_>,
    collection: &Collection,
    filter: &Filter,
    id: i64,
) -> Result<bool, ApiError> {
    let matches = reader.with_document(collection, id, |json| {
        parse(json).map(|document| filter.matches(&document))
    })?;
    Ok(matches.unwrap_or(false))
}

fn each_candidate(
    reader: &Reader<'_>,
    collection: &Collection,
    plan: &Plan,
    wanted: Wanted,
    mut visit: impl FnMut(i64, &str) -> Result<ControlFlow<()>, ApiError>,
) -> Result<(), ApiError> {
    match &plan.route {
        Route::Scan => reader.scan(collection, wanted.after, visit),
        Route::Keys(keys) => {
            for document in documents_of_keys(reader, collection, keys, wanted.after)? {
                if visit(document.id, &document.json)?.is_break() {
                    break;
                }
            }
            Ok(())
        }
        Route::Documents(_) | Route::Points(_) => {
            each_number(reader, collection, plan, wanted, |id| {
                let shown = reader.with_document(collection, id, |json| visit(id, json))?;
                Ok(shown.unwrap_or(ControlFlow::Continue(())))
            })
        }
    }
}

fn documents_of_keys(
    reader: &Reader<'_>,
    collection: &Collection,
    keys: &[Vec<u8>],
    after: i64,
) -> Result<Vec<crate::storage::documents::Stored>, StorageError> {
    let mut documents = Vec::with_capacity(keys.len());
    for key in keys {
        documents.extend(
            reader
                .document_by_key(collection, key)?
                .filter(|document| document.id > after),
        );
    }
    documents.sort_unstable_by_key(|document| document.id);
    documents.dedup_by_key(|document| document.id);
    Ok(documents)
}

/// Shows the numbers of a plan's candidates, in order, without reading the documents where the plan has the numbers.
pub(super) fn each_number(
    reader: &Reader<'_>,
    collection: &Collection,
    plan: &Plan,
    wanted: Wanted,
    mut visit: impl FnMut(i64) -> Result<ControlFlow<()>, ApiError>,
) -> Result<(), ApiError> {
    let numbers = match &plan.route {
        Route::Points(ranges) => return each_number_at(reader, collection, ranges, wanted, visit),
        Route::Scan => return reader.scan(collection, wanted.after, |id, _| visit(id)),
        Route::Documents(numbers) => numbers.clone(),
        Route::Keys(keys) => {
            let documents = documents_of_keys(reader, collection, keys, wanted.after)?;
            documents.iter().map(|document| document.id).collect()
        }
    };
    for number in numbers {
        if visit(number)?.is_break() {
            break;
        }
    }
    Ok(())
}

/// Merges the documents of several entries. Each step takes the next batch of every entry and shows the numbers up to
/// where all of them are known, so that reading one page of a million hits costs a page.
fn each_number_at(
    reader: &Reader<'_>,
    collection: &Collection,
    entries: &[EntryRange],
    wanted: Wanted,
    mut visit: impl FnMut(i64) -> Result<ControlFlow<()>, ApiError>,
) -> Result<(), ApiError> {
    let mut after = wanted.after;
    let mut batch = wanted
        .limit
        .map_or(LARGEST_BATCH, |limit| limit.clamp(1, LARGEST_BATCH));
    loop {
        let mut known_to = i64::MAX;
        let mut numbers = Vec::new();
        for entry in entries {
            let next = reader.documents_at(collection, entry, after, batch)?;
            if next.len() == batch {
                known_to = next.last().map_or(known_to, |last| known_to.min(*last));
            }
            numbers.extend(next);
        }
        numbers.sort_unstable();
        numbers.dedup();
        for number in numbers.into_iter().take_while(|number| *number <= known_to) {
            if visit(number)?.is_break() {
                return Ok(());
            }
        }
        if known_to == i64::MAX {
            return Ok(());
        }
        after = known_to;
        batch = (batch * 2).min(LARGEST_BATCH);
    }
}
