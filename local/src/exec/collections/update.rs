//! `updateOne`, `updateMany`, `findOneAndUpdate` and `findOneAndReplace`.
//!
//! Reading, changing and writing happen in one job of the writing thread: no other write comes in between.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use super::insert::already_exists;
use super::matches::{READ_AT_ONCE, document_of, each_match};
use super::project::Projector;
use super::scope::{OnCollection, Scope};
use super::select::select_one;
use super::vectorize::{Stop, Vectors};
use super::written::written;
use crate::command::update::{
    FindOneAndReplace, FindOneAndUpdate, ReturnDocument, UpdateMany, UpdateOne,
};
use crate::document::{self, PreparedDocument, entries::index_entries, id::DocumentId, special};
use crate::error::ApiError;
use crate::json::{Object, Value};
use crate::language::filter::Filter;
use crate::language::sort::Sort;
use crate::language::update::{Applied, Replacement, Update, upsert_document};
use crate::paging::PageState;
use crate::plan::Wanted;
use crate::response::{Answer, Data};
use crate::storage::{Storage, Writer};
use crate::vector;

/// What shall become of a document.
#[derive(Debug)]
enum Change {
    Update(Update),
    Replace(Replacement),
}

/// One document to change.
#[derive(Debug)]
struct Task {
    filter: Filter,
    order: Sort,
    change: Change,
    upsert: bool,
}

/// What became of it.
#[derive(Debug, Default)]
struct Changed {
    /// None if there was no document.
    before: Option<Object>,
    /// None if it stayed as it was.
    after: Option<Object>,
    matched: usize,
    modified: usize,
    upserted: Option<Value>,
}

impl OnCollection for UpdateOne {
    fn run(self, scope: &Arc<Scope>, storage: &Storage) -> Result<Answer, ApiError> {
        let task = Task {
            filter: scope.filter(self.clauses.filter.as_ref())?,
            order: scope.write_sort(self.clauses.sort.as_ref())?,
            change: Change::Update(Update::parse(&self.update)?),
            upsert: self.upsert,
        };
        let changed = run(scope, storage, task)?;
        Ok(counts(&changed))
    }
}

impl OnCollection for UpdateMany {
    /// Changes one page of matches; a full page is followed by another, be it an empty one.
    ///
    /// A document that cannot be changed ends the command with its error. As on the real server, the documents before it
    /// stay changed.
    fn run(self, scope: &Arc<Scope>, storage: &Storage) -> Result<Answer, ApiError> {
        let filter = scope.filter(self.clauses.filter.as_ref())?;
        let change = Change::Update(Update::parse(&self.update)?);
        let state = self
            .page_state
            .as_deref()
            .map(PageState::from_text)
            .transpose()?;
        let page = if filter.id_keys().is_some() {
            usize::MAX
        } else {
            scope.limits.page
        };
        let wanted = Wanted::page(state.map(|state| state.after), page);
        let upsert = self.upsert && state.is_none();
        let Page {
            changed,
            next,
            stopped,
        } = scope.write(storage, move |scope, writer, vectors| {
            update_page(scope, writer, vectors, &filter, &change, wanted, upsert)
        })?;
        if let Some(error) = stopped {
            return Err(error);
        }
        let mut answer = counts(&changed);
        if let Some(next) = next {
            answer.status.insert("moreData", true);
            answer.status.insert("nextPageState", next.to_text());
        }
        Ok(answer)
    }
}

impl OnCollection for FindOneAndUpdate {
    fn run(self, scope: &Arc<Scope>, storage: &Storage) -> Result<Answer, ApiError> {
        let filter = scope.filter(self.clauses.filter.as_ref())?;
        let order = scope.write_sort(self.clauses.sort.as_ref())?;
        let projector = Projector::parse(self.clauses.projection.as_ref(), false)?;
        let task = Task {
            filter,
            order,
            change: Change::Update(Update::parse(&self.update)?),
            upsert: self.upsert,
        };
        let changed = run(scope, storage, task)?;
        Ok(with_document(changed, &projector, self.return_document))
    }
}

impl OnCollection for FindOneAndReplace {
    fn run(self, scope: &Arc<Scope>, storage: &Storage) -> Result<Answer, ApiError> {
        let task = Task {
            filter: scope.filter(self.clauses.filter.as_ref())?,
            order: scope.write_sort(self.clauses.sort.as_ref())?,
            change: Change::Replace(Replacement::new(self.replacement)?),
            upsert: self.upsert,
        };
        let projector = Projector::parse(self.clauses.projection.as_ref(), false)?;
        let changed = run(scope, storage, task)?;
        Ok(with_document(changed, &projector, self.return_document))
    }
}

fn counts(changed: &Changed) -> Answer {
    let mut status = Object::from([
        ("matchedCount", changed.matched),
        ("modifiedCount", changed.modified),
    ]);
    if let Some(id) = &changed.upserted {
        status.insert("upsertedId", id.clone());
    }
    Answer {
        status,
        ..Answer::default()
    }
}

fn with_document(mut changed: Changed, projector: &Projector, returned: ReturnDocument) -> Answer {
    let document = match returned {
        ReturnDocument::Before => changed.before.take(),
        ReturnDocument::After => changed.after.take().or(changed.before.take()),
    };
    let document = document.map(|document| projector.show_document(document, None));
    Answer {
        data: Some(Data::One(document)),
        ..counts(&changed)
    }
}

fn run(scope: &Arc<Scope>, storage: &Storage, task: Task) -> Result<Changed, ApiError> {
    let order = scope.with_vector(task.order, storage)?;
    let (filter, change, upsert) = (task.filter, task.change, task.upsert);
    scope.write(storage, move |scope, writer, vectors| {
        match select_one(scope, writer, &filter, &order)? {
            Some(selected) => {
                let before = selected.document()?;
                let after = change.of(&before, scope, vectors)?;
                Ok(put(scope, writer, selected.id, before, after)?)
            }
            None if upsert => change.upsert(scope, writer, vectors, &filter),
            None => Ok(Changed::default()),
        }
    })
}

impl Change {
    /// What a document becomes, or none if it stays as it is.
    fn of(
        &self,
        before: &Object,
        scope: &Scope,
        vectors: &Vectors,
    ) -> Result<Option<PreparedDocument>, Stop> {
        let applied = self.apply(before, false)?;
        let modified = applied.modified;
        modified
            .then(|| prepare(applied, scope, vectors))
            .transpose()
    }

    fn apply(&self, before: &Object, inserting: bool) -> Result<Applied, ApiError> {
        match self {
            Self::Update(update) => update.apply(before, inserting, now_ms()),
            Self::Replace(replacement) => replacement.apply(before),
        }
    }

    fn upsert(
        &self,
        scope: &Scope,
        writer: &mut Writer<'_>,
        vectors: &Vectors,
        filter: &Filter,
    ) -> Result<Changed, Stop> {
        let start = upsert_document(filter)?;
        let prepared = prepare(self.apply(&start, true)?, scope, vectors)?;
        let id = prepared.id.to_value();
        let written = written(scope, &prepared);
        let inserted = writer.insert_document(&scope.collection, &prepared.id, &written)?;
        if inserted.is_some() {
            return Ok(Changed {
                after: Some(prepared.document),
                upserted: Some(id),
                ..Changed::default()
            });
        }
        let asked = start.get(special::ID).map(DocumentId::from_value);
        if asked.transpose()?.as_ref() == Some(&prepared.id) {
            // The document that the filter names exists, but does not satisfy the rest of it: nothing matches.
            Ok(Changed::default())
        } else {
            Err(already_exists(&id).into())
        }
    }
}

/// What a document has become, as it is stored: with the vector of its text.
fn prepare(applied: Applied, scope: &Scope, vectors: &Vectors) -> Result<PreparedDocument, Stop> {
    let mut document = applied.document;
    if let Some(text) = applied.text {
        let vector = vectors.of(&text)?;
        document.insert(special::VECTOR, vector::to_json(&vector));
    }
    Ok(document::prepare(document, &scope.collection.rules)?)
}

/// Writes what a matching document has become.
fn put(
    scope: &Scope,
    writer: &mut Writer<'_>,
    id: i64,
    before: Object,
    after: Option<PreparedDocument>,
) -> Result<Changed, ApiError> {
    let mut changed = Changed {
        matched: 1,
        ..Changed::default()
    };
    if let Some(prepared) = after {
        let entries = index_entries(&before, &scope.collection.rules);
        let written = written(scope, &prepared);
        writer.replace_document(&scope.collection, id, &entries, &written)?;
        changed.modified = 1;
        changed.after = Some(prepared.document);
    }
    changed.before = Some(before);
    Ok(changed)
}

/// What became of a page of matches, where the next one begins, and why the rest of it was not changed, if so.
#[derive(Debug, Default)]
struct Page {
    changed: Changed,
    next: Option<PageState>,
    stopped: Option<ApiError>,
}

fn update_page(
    scope: &Scope,
    writer: &mut Writer<'_>,
    vectors: &Vectors,
    filter: &Filter,
    change: &Change,
    wanted: Wanted,
    upsert: bool,
) -> Result<Page, Stop> {
    let page = wanted.limit.unwrap_or(usize::MAX);
    let (mut found, mut room) = (Vec::new(), READ_AT_ONCE);
    each_match(writer, &scope.collection, filter, wanted, |matching| {
        found.push((matching.place, matching.hold(&mut room)?));
        Ok(if found.len() < page {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        })
    })?;
    if found.is_empty() && upsert {
        return Ok(Page {
            changed: change.upsert(scope, writer, vectors, filter)?,
            ..Page::default()
        });
    }
    let full = found.len() == page;
    let next = found.last().filter(|_| full).map(|(last, _)| PageState {
        after: *last,
        remaining: None,
    });
    let mut changed = Changed {
        matched: found.len(),
        ..Changed::default()
    };
    let mut stopped = None;
    for (place, held) in found {
        let before = match held {
            Some(document) => Some(document),
            None => document_of(writer, &scope.collection, place.id)?,
        };
        let Some(before) = before else { continue };
        match change.of(&before, scope, vectors) {
            Ok(after) => changed.modified += put(scope, writer, place.id, before, after)?.modified,
            Err(Stop::Failed(error)) => {
                stopped = Some(error);
                break;
            }
            Err(wanted) => return Err(wanted),
        }
    }
    Ok(Page {
        changed,
        next,
        stopped,
    })
}

/// Milliseconds since 1970.
fn now_ms() -> i64 {
    let elapsed = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX)
}
