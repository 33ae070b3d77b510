//! Reading by similarity of vectors: where there are many, an index names those worth looking at.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::ControlFlow;

use super::matches::{each_number, is_match};
use super::scope::Scope;
use crate::definition::Metric;
use crate::error::ApiError;
use crate::exec::candidates;
use crate::exec::smallest::{Near, Smallest};
use crate::language::filter::{Condition, Filter};
use crate::plan::{self, Plan, Route, Wanted};
use crate::storage::Reader;
use crate::vector::is_found;

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
    pub(super) fn run(&self, reader: &Reader<'_>) -> Result<Vec<Near<i64>>, ApiError> {
        let changed = reader.changed_vectors(&self.scope.collection);
        if matches!(self.filter.condition(), Condition::All) {
            let judge = |id: &i64, _| self.similarity_of(reader, *id);
            return match self.by_index(changed.as_deref(), judge)? {
                Some(nearest) => Ok(nearest),
                None => self.nearest_of_all(reader),
            };
        }
        let wanted = Wanted::any(self.limit);
        let plan = plan::choose(reader, &self.scope.collection, self.filter, wanted)?;
        if let Some(few) = self.few(reader, &plan, wanted)? {
            let vectors = &self.scope.collection.vectors;
            let changed = changed.as_deref().unwrap_or(&few);
            let judge = self.matching(reader, plan.exact);
            return candidates::nearest_among(vectors, &few, self.wanted(), changed, judge);
        }
        match self.by_index(changed.as_deref(), self.matching(reader, false))? {
            Some(nearest) => Ok(nearest),
            None => self.nearest_that_match(reader),
        }
    }

    fn wanted(&self) -> candidates::Wanted<'_> {
        candidates::Wanted {
            query: self.query,
            metric: self.metric,
            limit: self.limit,
        }
    }

    /// None where there is no index that all vectors but the changed ones are in, or where it does not help.
    fn by_index(
        &self,
        changed: Option<&[i64]>,
        judge: impl candidates::Judge<i64>,
    ) -> Result<Option<Vec<Near<i64>>>, ApiError> {
        changed.map_or(Ok(None), |changed| {
            let vectors = &self.scope.collection.vectors;
            candidates::nearest_of_all(vectors, self.wanted(), changed, judge)
        })
    }

    /// Judges candidates by their similarity and then, unless each satisfies it, by the filter.
    fn matching(&self, reader: &Reader<'_>, exact: bool) -> impl candidates::Judge<i64> {
        move |id: &i64, least: Option<f32>| {
            let similarity = self.similarity_of(reader, *id)?;
            let Some(similarity) = similarity.filter(|own| least.is_none_or(|least| *own >= least))
            else {
                return Ok(None);
            };
            let matches = exact || is_match(reader, &self.scope.collection, self.filter, *id)?;
            Ok(matches.then_some(similarity))
        }
    }

    fn similarity_of(&self, reader: &Reader<'_>, id: i64) -> Result<Option<f32>, ApiError> {
        let vector = reader.vector(&self.scope.collection, id)?;
        let similarity = vector.map(|vector| self.metric.similarity(self.query, &vector));
        Ok(similarity.filter(|similarity| is_found(*similarity)))
    }

    fn near(&self, id: i64, vector: &[f32]) -> Option<Near<i64>> {
        let similarity = self.metric.similarity(self.query, vector);
        is_found(similarity).then_some(Near {
            similarity,
            key: id,
        })
    }

    fn nearest_of_all(&self, reader: &Reader<'_>) -> Result<Vec<Near<i64>>, ApiError> {
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
        let most = candidates::worth_collecting(self.limit, documents);
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

    fn nearest_that_match(&self, reader: &Reader<'_>) -> Result<Vec<Near<i64>>, ApiError> {
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
            if is_match(reader, collection, self.filter, near.key)? {
                nearest.push(near);
            }
        }
        Ok(nearest)
    }
}
