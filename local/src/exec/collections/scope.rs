//! What a command on a collection runs on.

use std::sync::Arc;

use crate::command::Command;
use crate::definition::Metric;
use crate::document::insert::no_vectors;
use crate::error::{ApiError, database, schema};
use crate::exec::Room;
use crate::json::Value;
use crate::language::filter::Filter;
use crate::language::sort::Sort;
use crate::limits::Limits;
use crate::providers::Providers;
use crate::response::Answer;
use crate::storage::{Collection, Storage};
use crate::vector;

/// What a command runs on.
#[derive(Debug)]
pub(crate) struct Scope {
    pub(super) collection: Arc<Collection>,
    pub(super) limits: Limits,
    pub(super) providers: Providers,
}

/// A command on the documents of a collection.
pub(crate) trait OnCollection: Command {
    fn run(self, scope: &Arc<Scope>, storage: &Storage) -> Result<Answer, ApiError>;
}

impl Scope {
    pub(super) fn filter(&self, filter: Option<&Value>) -> Result<Filter, ApiError> {
        let rules = &self.collection.rules;
        Filter::parse(filter, &rules.indexing, rules.lexical.as_ref())
    }

    pub(super) fn sort(&self, sort: Option<&Value>) -> Result<Sort, ApiError> {
        let rules = &self.collection.rules;
        let sort = Sort::parse(sort, &rules.indexing, rules.lexical.is_some())?;
        match &sort {
            Sort::Vector(query) => {
                let rule = self.collection.rules.vector.ok_or_else(no_vectors)?;
                vector::check(query, rule.dimension, rule.metric)?;
            }
            Sort::Vectorize(_) => drop(self.service()?),
            Sort::None | Sort::Fields(_) | Sort::Lexical(_) => {}
        }
        Ok(sort)
    }

    /// The sort of a command that changes documents. The real server finds out later there, hence the other error.
    pub(super) fn write_sort(&self, sort: Option<&Value>) -> Result<Sort, ApiError> {
        self.sort(sort).map_err(|error| {
            if error.kind == &schema::VECTOR_SEARCH_NOT_SUPPORTED {
                database::INVALID_DATABASE_QUERY.because(error.message)
            } else {
                error
            }
        })
    }

    /// For the documents that a command holds at once.
    pub(super) fn room(&self) -> Room {
        Room(self.limits.answer)
    }

    pub(super) fn metric(&self) -> Metric {
        // A vector sort was refused where there is no vector.
        self.collection
            .rules
            .vector
            .map_or(Metric::Cosine, |rule| rule.metric)
    }
}
