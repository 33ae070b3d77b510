//! `countDocuments` and `estimatedDocumentCount`.

use std::ops::ControlFlow;

use super::Scope;
use super::matches::{each_match, each_number};
use crate::command::CountDocuments;
use crate::error::ApiError;
use crate::json::Object;
use crate::language::filter::{Condition, Filter};
use crate::plan::{self, Route, Wanted};
use crate::response::Answer;
use crate::storage::{Reader, Storage};

pub(super) fn count(
    scope: &Scope,
    storage: &Storage,
    command: &CountDocuments,
) -> Result<Answer, ApiError> {
    let filter = scope.filter(command.filter.as_ref())?;
    let most = scope.limits.counted_documents;
    let found = storage.read(|reader| count_up_to(scope, reader, &filter, most + 1))?;
    let mut status = Object::from([("count", found.min(most))]);
    if found > most {
        status.insert("moreData", true);
    }
    Ok(Answer {
        status,
        ..Answer::default()
    })
}

pub(super) fn estimate(scope: &Scope, storage: &Storage) -> Result<Answer, ApiError> {
    let count: u64 = storage.read(|reader| {
        reader
            .count_documents(&scope.collection)
            .map_err(ApiError::from)
    })?;
    Ok(Answer {
        status: Object::from([("count", count)]),
        ..Answer::default()
    })
}

/// How many documents the filter selects, counting no further than `bound`.
fn count_up_to(
    scope: &Scope,
    reader: &Reader<'_>,
    filter: &Filter,
    bound: usize,
) -> Result<usize, ApiError> {
    let collection = &scope.collection;
    if matches!(filter.condition(), Condition::All) {
        return Ok(reader.count_documents_up_to(collection, bound)?);
    }
    let wanted = Wanted {
        after: 0,
        limit: Some(bound),
    };
    let plan = plan::choose(reader, collection, filter, wanted)?;
    match &plan.route {
        // The real server counts the first of several ids only, and its answers are the measure.
        Route::Keys(keys) if plan.exact => {
            let first = keys
                .first()
                .map(|key| reader.document_by_key(collection, key))
                .transpose()?;
            Ok(usize::from(first.flatten().is_some()))
        }
        Route::Documents(documents) if plan.exact => Ok(documents.len()),
        Route::Points(_) if plan.exact => {
            let mut count = 0;
            each_number(reader, collection, &plan, wanted, |_| {
                count += 1;
                Ok(stop_at(count, bound))
            })?;
            Ok(count)
        }
        _ => {
            let mut count = 0;
            each_match(reader, collection, filter, wanted, |_| {
                count += 1;
                Ok(stop_at(count, bound))
            })?;
            Ok(count)
        }
    }
}

fn stop_at(count: usize, bound: usize) -> ControlFlow<()> {
    if count < bound {
        ControlFlow::Continue(())
    } else {
        ControlFlow::Break(())
    }
}
