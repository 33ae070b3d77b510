//! `countDocuments` and `estimatedDocumentCount`.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::matches::{each_match_by, each_number};
use super::scope::{OnCollection, Scope};
use crate::command::arguments::Arguments;
use crate::command::fields::FILTER;
use crate::command::shape::{Field, Shape};
use crate::command::{Clauses, Command};
use crate::error::ApiError;
use crate::json::Object;
use crate::language::filter::{Condition, Filter};
use crate::plan::{self, Route, Wanted};
use crate::response::Answer;
use crate::storage::{Reader, Storage};

#[derive(Debug)]
pub(crate) struct CountDocuments {
    clauses: Clauses,
}

impl Command for CountDocuments {
    const SHAPE: Shape = Shape::of(&[FILTER, Field::no_options()]);

    fn read(_: &'static str, arguments: &mut Arguments) -> Result<Self, ApiError> {
        Ok(Self {
            clauses: Clauses::take(arguments),
        })
    }

    fn clauses(&self) -> Option<&Clauses> {
        Some(&self.clauses)
    }
}

impl OnCollection for CountDocuments {
    fn run(self, scope: &Arc<Scope>, storage: &Storage) -> Result<Answer, ApiError> {
        let filter = scope.filter(self.clauses.filter.as_ref())?;
        let most = scope.limits.counted_documents;
        let found = storage.read(|reader| count_up_to(scope, reader, &filter, most + 1))?;
        let mut answer = Answer::of_status(Object::from([("count", found.min(most))]));
        if found > most {
            answer.status.insert("moreData", true);
        }
        Ok(answer)
    }
}

/// A count that may be out of date on the real server; it is exact here.
#[derive(Debug)]
pub(crate) struct EstimatedDocumentCount;

impl Command for EstimatedDocumentCount {
    const SHAPE: Shape = Shape::of(&[Field::no_options()]);

    fn read(_: &'static str, _: &mut Arguments) -> Result<Self, ApiError> {
        Ok(Self)
    }
}

impl OnCollection for EstimatedDocumentCount {
    fn run(self, scope: &Arc<Scope>, storage: &Storage) -> Result<Answer, ApiError> {
        let count: u64 = storage.read(|reader| {
            reader
                .count_documents(&scope.collection)
                .map_err(ApiError::from)
        })?;
        Ok(Answer::of_status(Object::from([("count", count)])))
    }
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
    let wanted = Wanted::any(bound);
    let mut plan = plan::choose(reader, collection, filter, wanted)?;
    if let Route::Keys(keys) = &mut plan.route {
        // The real server counts the first of several ids only, and its answers are the measure.
        keys.truncate(1);
    }
    let mut count = 0;
    let mut counted = || {
        count += 1;
        Ok(if count < bound {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        })
    };
    if plan.exact {
        each_number(reader, collection, &plan, wanted.limit, |_| counted())?;
    } else {
        each_match_by(reader, collection, filter, &plan, wanted, |_| counted())?;
    }
    Ok(count)
}
