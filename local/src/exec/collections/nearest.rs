//! Reading by similarity of vectors: exact, by looking at every vector that may count.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::ControlFlow;

use super::matches::{each_number, is_match};
use super::scope::Scope;
use crate::definition::Metric;
use crate::error::ApiError;
use crate::exec::smallest::{Near, Smallest};
use crate::language::filter::{Condition, Filter};
use crate::plan::{self, Plan, Route, Wanted};
use crate::storage::Reader;
use crate::vector::is_found;

/// Candidates of a filter that are worth looking up one by one, whatever the size of the collection.
const FEW: usize = 1000;

/// What is searched for.
#[derive(Debug)]
pub(super) struct Search<'a> {
    pub(super) scope: &'a Scope,
    pub(super) filter: &'a Filter,
    pub(super) query: &'a [f32],
    pub(super) metric: Metric,
    pub(super) limit: usize,
}

impl Search<'_> {
    /// The documents most similar to the query among those the filter selects.
    pub(super) fn run(&self, reader: &Reader<'_>) -> Result<Vec<Near<()>>, ApiError> {
        if matches!(self.filter.condition(), Condition::All) {
            return self.nearest_of_all(reader);
        }
        let wanted = Wanted::any(self.limit);
        let plan = plan::choose(reader, &self.scope.collection, self.filter, wanted)?;
        match self.few(reader, &plan, wanted)? {
            Some(candidates) => self.nearest_of(reader, &candidates, plan.exact),
            None => self.nearest_that_match(reader),
        }
    }

    fn near(&self, id: i64, vector: &[f32]) -> Option<Near<()>> {
        let similarity = self.metric.similarity(self.query, vector);
        is_found(similarity).then_some(Near {
            similarity,
            number: id,
            found: (),
        })
    }

    fn nearest_of_all(&self, reader: &Reader<'_>) -> Result<Vec<Near<()>>, ApiError> {
        let mut nearest = Smallest::new(self.limit);
        reader.each_vector(&self.scope.collection, |id, vector| {
            if let Some(near) = self.near(id, vector) {
                nearest.offer(near);
            }
        })?;
        Ok(nearest.into_sorted())
    }

    /// The candidates of the plan, if looking them up is cheaper than going through the vectors from the nearest on.
    fn few(
        &self,
        reader: &Reader<'_>,
        plan: &Plan,
        wanted: Wanted,
    ) -> Result<Option<Vec<i64>>, ApiError> {
        if matches!(plan.route, Route::Scan) {
            return Ok(None);
        }
        let documents = reader.newest_document(&self.scope.collection)?;
        let most = self.limit.saturating_mul(documents).isqrt().max(FEW);
        let mut candidates = Vec::new();
        each_number(reader, &self.scope.collection, plan, wanted.limit, |id| {
            candidates.push(id);
            Ok(if candidates.len() > most {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            })
        })?;
        Ok((candidates.len() <= most).then_some(candidates))
    }

    fn nearest_of(
        &self,
        reader: &Reader<'_>,
        candidates: &[i64],
        exact: bool,
    ) -> Result<Vec<Near<()>>, ApiError> {
        let collection = &self.scope.collection;
        let mut nearest = Smallest::new(self.limit);
        for &id in candidates {
            let Some(vector) = reader.vector(collection, id)? else {
                continue;
            };
            if let Some(near) = self.near(id, &vector)
                && (exact || is_match(reader, collection, self.filter, id)?)
            {
                nearest.offer(near);
            }
        }
        Ok(nearest.into_sorted())
    }

    fn nearest_that_match(&self, reader: &Reader<'_>) -> Result<Vec<Near<()>>, ApiError> {
        let collection = &self.scope.collection;
        let mut all = Vec::new();
        reader.each_vector(collection, |id, vector| {
            all.extend(self.near(id, vector).map(Reverse));
        })?;
        // A heap is built in linear time and sorts only as far as it is emptied.
        let mut all = BinaryHeap::from(all);
        let mut nearest = Vec::new();
        while nearest.len() < self.limit
            && let Some(Reverse(near)) = all.pop()
        {
            if is_match(reader, collection, self.filter, near.number)? {
                nearest.push(near);
            }
        }
        Ok(nearest)
    }
}
