//! Filters: which documents a command is about.
//!
//! [`Filter::parse`] checks a filter and brings it into the form of [`Condition`], in which negations stand only at
//! single comparisons. [`Filter::matches`] decides for one document; [`Comparison::lookup`] says where the index has
//! the documents a comparison can be true of.

mod comparison;
mod condition;
mod entry_range;
mod lookup;
mod matching;
mod operand;
pub(crate) mod operators;
mod parse;
mod terms;

pub(crate) use condition::{Comparison, Condition, Test};
pub(crate) use entry_range::EntryRange;
pub(crate) use lookup::Lookup;
pub(crate) use operand::Operand;

use std::sync::Arc;

use crate::document::id::DocumentId;
use crate::error::ApiError;
use crate::indexing::Indexing;
use crate::json::{Object, Value};
use crate::text::Analyzer;

#[cfg(test)]
mod tests;

/// A filter that has been checked against the collection it is for.
#[derive(Clone, Debug)]
pub(crate) struct Filter {
    condition: Condition,
    /// The comparisons outside of `$and` and `$or`, whatever the condition has become.
    top_level: Vec<Comparison>,
    indexing: Indexing,
}

impl Filter {
    /// Reads the `filter` of a command. None, null and `{}` select every document.
    ///
    /// # Errors
    ///
    /// `FILTER_…`, or `SHRED_…` for ids and extended JSON that are malformed.
    pub(crate) fn parse(
        filter: Option<&Value>,
        indexing: &Indexing,
        lexical: Option<&Arc<Analyzer>>,
    ) -> Result<Self, ApiError> {
        let (condition, top_level) = match filter {
            None | Some(Value::Null) => (Condition::All, Vec::new()),
            Some(filter) => parse::condition(filter, indexing, lexical)?,
        };
        Ok(Self {
            condition,
            top_level,
            indexing: indexing.clone(),
        })
    }

    pub(crate) fn condition(&self) -> &Condition {
        &self.condition
    }

    /// Whether the filter compares nothing, so that it selects every document.
    pub(crate) fn is_empty(&self) -> bool {
        matches!(self.condition, Condition::All)
    }

    /// Whether a stored document is selected.
    pub(crate) fn matches(&self, document: &Object) -> bool {
        match self.condition {
            Condition::All => true,
            _ => self
                .condition
                .holds(document, &self.indexing.indexed_part(document)),
        }
    }

    /// The ids a document must have one of, if the filter says so outside of alternatives.
    pub(crate) fn ids(&self) -> Option<&[DocumentId]> {
        self.condition.ids()
    }

    /// The storage keys of [`Filter::ids`].
    pub(crate) fn id_keys(&self) -> Option<Vec<Vec<u8>>> {
        self.ids()
            .map(|ids| ids.iter().map(DocumentId::key).collect())
    }

    /// The comparisons that stand at the top level of the filter, outside of `$and` and `$or`.
    pub(crate) fn top_level(&self) -> &[Comparison] {
        &self.top_level
    }
}
