//! The documents a filter selects.

use std::ops::ControlFlow;

use crate::error::{ApiError, database};
use crate::json::{self, Object, Value};
use crate::language::filter::Filter;
use crate::plan::{self, Plan, Route, Wanted};
use crate::storage::documents::{Place, Stored};
use crate::storage::entries::EntryRange;
use crate::storage::{Collection, Reader, StorageError};

/// Index entries read at once per value at most.
const LARGEST_BATCH: usize = 1024;

/// Bytes of documents that are held to put them in order or to change them; of more, only the places are.
pub(super) const READ_AT_ONCE: usize = 1 << 20;

/// A document that satisfies the filter, as it lies in the file.
#[derive(Debug)]
pub(super) struct Match<'a> {
    pub(super) place: Place,
    pub(super) json: &'a str,
    /// Parsed already when the filter had to be asked.
    parsed: Option<Object>,
}

impl Match<'_> {
    pub(super) fn into_document(self) -> Result<Object, ApiError> {
        self.parsed.map_or_else(|| parse(self.json), Ok)
    }

    /// The document, as long as there is room to hold it.
    pub(super) fn hold(self, room: &mut usize) -> Result<Option<Object>, ApiError> {
        *room = room.saturating_sub(self.json.len());
        (*room > 0).then(|| self.into_document()).transpose()
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
    each_candidate(reader, collection, plan, wanted, |place, json| {
        match_of(plan, filter, place, json)?.map_or(Ok(ControlFlow::Continue(())), &mut visit)
    })
}

fn match_of<'a>(
    plan: &Plan,
    filter: &Filter,
    place: Place,
    json: &'a str,
) -> Result<Option<Match<'a>>, ApiError> {
    if plan.exact {
        return Ok(Some(Match {
            place,
            json,
            parsed: None,
        }));
    }
    let document = parse(json)?;
    Ok(filter.matches(&document).then_some(Match {
        place,
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
    let document = document_of(reader, collection, id)?;
    Ok(document.is_some_and(|document| filter.matches(&document)))
}

/// The document of that number.
pub(super) fn document_of(
    reader: &Reader<'_>,
    collection: &Collection,
    id: i64,
) -> Result<Option<Object>, ApiError> {
    reader.with_document(collection, id, |_, json| parse(json))
}

fn each_candidate(
    reader: &Reader<'_>,
    collection: &Collection,
    plan: &Plan,
    wanted: Wanted,
    mut visit: impl FnMut(Place, &str) -> Result<ControlFlow<()>, ApiError>,
) -> Result<(), ApiError> {
    match (&plan.route, wanted.after) {
        (Route::Scan, None) => reader.scan(collection, visit),
        (Route::Scan, Some(after)) => reader.scan_in_order(collection, after, visit),
        (Route::Keys(keys), after) => match keys.as_slice() {
            [key] => {
                let document = reader.document_by_key(collection, key)?;
                each_in_order(document.into_iter().collect(), after, visit)
            }
            keys => {
                let places = places_of_keys(reader, collection, keys)?;
                let beyond = places.into_iter().filter(|place| Some(*place) > after);
                each_shown(reader, collection, beyond.map(|place| place.id), visit)
            }
        },
        (Route::Documents(ids), Some(_))
            if wanted.limit.is_some_and(|limit| ids.len() <= limit) =>
        {
            // All fit the page: reading them at once saves looking for the place of each first, unless they are large.
            let mut documents = Vec::with_capacity(ids.len());
            let mut bytes = 0;
            each_shown(reader, collection, ids.iter().copied(), |place, json| {
                bytes += json.len();
                if bytes > READ_AT_ONCE {
                    return Ok(ControlFlow::Break(()));
                }
                documents.push(Stored {
                    place,
                    json: json.to_owned(),
                });
                Ok(ControlFlow::Continue(()))
            })?;
            if bytes > READ_AT_ONCE {
                drop(documents);
                each_beyond(reader, collection, ids, wanted.after, visit)
            } else {
                each_in_order(documents, wanted.after, visit)
            }
        }
        (Route::Documents(ids), Some(_)) => {
            each_beyond(reader, collection, ids, wanted.after, visit)
        }
        (Route::Documents(ids), None) => each_shown(reader, collection, ids.iter().copied(), visit),
        (Route::Points(entries), _) => {
            each_number_at(reader, collection, entries, wanted.limit, |id| {
                let shown = reader.with_document(collection, id, &mut visit)?;
                Ok(shown.unwrap_or(ControlFlow::Continue(())))
            })
        }
    }
}

/// Shows documents in the default order, those beyond a place.
fn each_beyond(
    reader: &Reader<'_>,
    collection: &Collection,
    ids: &[i64],
    after: Option<Place>,
    visit: impl FnMut(Place, &str) -> Result<ControlFlow<()>, ApiError>,
) -> Result<(), ApiError> {
    let places = reader.in_order(collection, ids)?;
    let beyond = places.into_iter().filter(|place| Some(*place) > after);
    each_shown(reader, collection, beyond.map(|place| place.id), visit)
}

fn each_shown(
    reader: &Reader<'_>,
    collection: &Collection,
    ids: impl Iterator<Item = i64>,
    mut visit: impl FnMut(Place, &str) -> Result<ControlFlow<()>, ApiError>,
) -> Result<(), ApiError> {
    for id in ids {
        if reader
            .with_document(collection, id, &mut visit)?
            .is_some_and(|flow| flow.is_break())
        {
            break;
        }
    }
    Ok(())
}

fn each_in_order(
    mut documents: Vec<Stored>,
    after: Option<Place>,
    mut visit: impl FnMut(Place, &str) -> Result<ControlFlow<()>, ApiError>,
) -> Result<(), ApiError> {
    documents.sort_unstable_by_key(|document| document.place);
    for document in documents {
        if Some(document.place) > after && visit(document.place, &document.json)?.is_break() {
            break;
        }
    }
    Ok(())
}

/// The places of the documents that have these keys, in order.
fn places_of_keys(
    reader: &Reader<'_>,
    collection: &Collection,
    keys: &[Vec<u8>],
) -> Result<Vec<Place>, StorageError> {
    let mut places = Vec::with_capacity(keys.len());
    for key in keys {
        places.extend(reader.place_by_key(collection, key)?);
    }
    // An id may be asked for twice.
    places.sort_unstable();
    places.dedup();
    Ok(places)
}

/// Shows the numbers of a plan's candidates in any order, without reading the documents where the plan has the numbers.
pub(super) fn each_number(
    reader: &Reader<'_>,
    collection: &Collection,
    plan: &Plan,
    limit: Option<usize>,
    mut visit: impl FnMut(i64) -> Result<ControlFlow<()>, ApiError>,
) -> Result<(), ApiError> {
    let numbers = match &plan.route {
        Route::Points(entries) => return each_number_at(reader, collection, entries, limit, visit),
        Route::Scan => return reader.scan(collection, |place, _| visit(place.id)),
        Route::Documents(numbers) => numbers.clone(),
        Route::Keys(keys) => {
            let places = places_of_keys(reader, collection, keys)?;
            places.iter().map(|place| place.id).collect()
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
    limit: Option<usize>,
    mut visit: impl FnMut(i64) -> Result<ControlFlow<()>, ApiError>,
) -> Result<(), ApiError> {
    let mut after = 0;
    let mut batch = limit.map_or(LARGEST_BATCH, |limit| limit.clamp(1, LARGEST_BATCH));
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
