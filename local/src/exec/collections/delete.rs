//! `deleteOne`, `deleteMany` and `findOneAndDelete`.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::matches::{READ_AT_ONCE, document_of, each_match};
use super::project::Projector;
use super::scope::{OnCollection, Scope};
use super::select::{Selected, select_one};
use crate::command::delete::{DeleteMany, DeleteOne, FindOneAndDelete};
use crate::document::entries::index_entries;
use crate::error::ApiError;
use crate::json::{Object, Value};
use crate::language::filter::Filter;
use crate::language::sort::Sort;
use crate::plan::Wanted;
use crate::response::{Answer, Data};
use crate::storage::{Storage, Writer};

impl OnCollection for DeleteOne {
    fn run(self, scope: &Arc<Scope>, storage: &Storage) -> Result<Answer, ApiError> {
        let filter = scope.filter(self.clauses.filter.as_ref())?;
        let order = scope.sort(self.clauses.sort.as_ref())?;
        let order = scope.with_vector(order, storage)?;
        let deleted = take_one(scope, storage, filter, order)?;
        Ok(deleted_count(usize::from(deleted.is_some())))
    }
}

impl OnCollection for DeleteMany {
    /// Without a condition the collection is emptied at once and nobody counts; else a call deletes only so many.
    fn run(self, scope: &Arc<Scope>, storage: &Storage) -> Result<Answer, ApiError> {
        let filter = scope.filter(self.clauses.filter.as_ref())?;
        let job_scope = Arc::clone(scope);
        if filter.is_empty() {
            storage.free(move |writer| {
                writer.require(&job_scope.collection)?;
                writer
                    .truncate(&job_scope.collection)
                    .map_err(ApiError::from)
            })?;
            return Ok(Answer {
                status: Object::from([("deletedCount", -1)]),
                ..Answer::default()
            });
        }
        let most = scope.limits.deleted_documents;
        let found = storage.free(move |writer| delete_up_to(&job_scope, writer, &filter, most))?;
        let mut answer = deleted_count(found.min(most));
        if found > most {
            answer.status.insert("moreData", true);
        }
        Ok(answer)
    }
}

impl OnCollection for FindOneAndDelete {
    fn run(self, scope: &Arc<Scope>, storage: &Storage) -> Result<Answer, ApiError> {
        let filter = scope.filter(self.clauses.filter.as_ref())?;
        let order = scope.sort(self.clauses.sort.as_ref())?;
        let projector = Projector::parse(self.clauses.projection.as_ref(), false)?;
        let order = scope.with_vector(order, storage)?;
        let deleted = take_one(scope, storage, filter, order)?;
        let document = deleted
            .as_ref()
            .map(|deleted| projector.show_selected(deleted))
            .transpose()?;
        Ok(Answer {
            data: Some(Data::One(document)),
            ..deleted_count(usize::from(deleted.is_some()))
        })
    }
}

fn deleted_count(count: usize) -> Answer {
    Answer {
        status: Object::from([("deletedCount", Value::from(count))]),
        ..Answer::default()
    }
}

fn take_one(
    scope: &Arc<Scope>,
    storage: &Storage,
    filter: Filter,
    order: Sort,
) -> Result<Option<Selected>, ApiError> {
    let scope = Arc::clone(scope);
    storage.free(move |writer| {
        writer.require(&scope.collection)?;
        let selected = select_one(&scope, writer, &filter, &order)?;
        if let Some(selected) = &selected {
            delete(&scope, writer, selected.id, &selected.document()?)?;
        }
        Ok(selected)
    })
}

/// Deletes at most `most` documents. Returns how many there were, counting one more at most.
fn delete_up_to(
    scope: &Scope,
    writer: &mut Writer<'_>,
    filter: &Filter,
    most: usize,
) -> Result<usize, ApiError> {
    writer.require(&scope.collection)?;
    let (mut found, mut room) = (Vec::new(), READ_AT_ONCE);
    let wanted = Wanted::first(most + 1);
    each_match(writer, &scope.collection, filter, wanted, |matching| {
        found.push((matching.place.id, matching.hold(&mut room)?));
        Ok(if found.len() > most {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        })
    })?;
    let count = found.len();
    for (id, held) in found.into_iter().take(most) {
        let document = match held {
            Some(document) => Some(document),
            None => document_of(writer, &scope.collection, id)?,
        };
        if let Some(document) = document {
            delete(scope, writer, id, &document)?;
        }
    }
    Ok(count)
}

fn delete(
    scope: &Scope,
    writer: &mut Writer<'_>,
    id: i64,
    document: &Object,
) -> Result<(), ApiError> {
    let entries = index_entries(document, &scope.collection.rules);
    Ok(writer.delete_document(&scope.collection, id, &entries)?)
}
