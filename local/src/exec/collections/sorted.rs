//! Reading in the order of fields: all that match are looked at, in memory, so there is a limit to their number.

use std::ops::ControlFlow;

use super::matches::each_match;
use super::scope::Scope;
use crate::error::{ApiError, sort};
use crate::exec::smallest::Smallest;
use crate::language::filter::Filter;
use crate::language::sort::FieldSort;
use crate::plan::Wanted;
use crate::storage::Reader;

/// The numbers of the documents after the first `skip` in that order, at most `limit`.
pub(super) fn in_order(
    scope: &Scope,
    reader: &Reader<'_>,
    filter: &Filter,
    order: &FieldSort,
    skip: usize,
    limit: usize,
) -> Result<Vec<i64>, ApiError> {
    let mut first = Smallest::new(skip.saturating_add(limit));
    let mut read = 0;
    let all = Wanted::ALL;
    each_match(reader, &scope.collection, filter, all, |found| {
        read += 1;
        if read >= scope.limits.sorted_documents {
            return Err(sort::OVERLOADED_SORT_ROW_LIMIT.because(format!(
                "Sorting reads at most {} documents and the filter selects more. Narrow the filter, or leave \
                 the sort out.",
                scope.limits.sorted_documents
            )));
        }
        let id = found.place.id;
        first.offer((order.key(&found.into_document()?), id));
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(first
        .into_sorted()
        .into_iter()
        .skip(skip)
        .map(|(_, id)| id)
        .collect())
}
