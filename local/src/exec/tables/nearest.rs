//! Reading by similarity of vectors: where there are many, an index names those worth looking at.

use std::ops::ControlFlow;

use super::select::{Selection, each_row};
use crate::definition::Metric;
use crate::error::ApiError;
use crate::exec::candidates;
use crate::exec::smallest::{Near, Smallest};
use crate::storage::rows::Reading;
use crate::storage::{Reader, RowKey, Table, VectorCache};
use crate::table::filter::{Condition, Place, place};
use crate::table::row::Row;
use crate::table::value::CqlValue;
use crate::vector::is_found;
use crate::vector_index::VectorIndex;

/// What is searched for: the position of a column of vectors, a vector, and how similarity is measured.
#[derive(Debug)]
pub(super) struct Search {
    pub(super) position: usize,
    pub(super) query: Vec<f32>,
    pub(super) metric: Metric,
}

/// A search among the rows that a condition selects.
#[derive(Debug)]
struct Among<'s> {
    reader: &'s Reader<'s>,
    table: &'s Table,
    condition: &'s Condition,
    search: &'s Search,
    most: usize,
}

/// The keys of the rows whose vectors are the most similar among those a condition selects, with their similarity.
pub(super) fn nearest(
    reader: &Reader<'_>,
    table: &Table,
    condition: &Condition,
    search: &Search,
    most: usize,
) -> Result<Vec<(RowKey, f32)>, ApiError> {
    let among = Among {
        reader,
        table,
        condition,
        search,
        most,
    };
    let nearest = match table.vectors_at(search.position) {
        Some(vectors) => among.by_index(vectors)?,
        None => None,
    };
    let nearest = nearest.map_or_else(|| among.by_reading(), Ok)?;
    let nearest = nearest.into_iter();
    Ok(nearest.map(|near| (near.key, near.similarity)).collect())
}

impl Among<'_> {
    /// None where there is no index, or it does not help.
    fn by_index(
        &self,
        vectors: &VectorCache<RowKey>,
    ) -> Result<Option<Vec<Near<RowKey>>>, ApiError> {
        let wanted = candidates::Wanted {
            query: &self.search.query,
            metric: self.search.metric,
            limit: self.most,
        };
        let Some(count) = vectors.search(VectorIndex::len) else {
            return Ok(None);
        };
        let selection = self.selection();
        let mask = selection.mask(self.table);
        let judge = |key: &RowKey, least: Option<f32>| {
            let row = self.reader.columns_of_row(self.table, key, &mask)?;
            let Some(row) = row else { return Ok(None) };
            let similarity = self.similarity_of(&row);
            let similarity = similarity.filter(|own| least.is_none_or(|least| *own >= least));
            Ok(similarity.filter(|_| self.condition.holds(&row)))
        };
        match self.few(candidates::worth_collecting(self.most, count))? {
            Some(keys) => candidates::nearest_among(vectors, &keys, wanted, &[], judge).map(Some),
            None => candidates::nearest_of_all(vectors, wanted, &[], judge),
        }
    }

    /// The keys of the rows that the condition selects, if the key or an index of values leads to them and there are no more.
    fn few(&self, most: usize) -> Result<Option<Vec<RowKey>>, ApiError> {
        if let Place::Ranges(ranges) = place(self.condition, &self.table.definition)
            && ranges.iter().any(|range| range.from.is_empty())
        {
            return Ok(None);
        }
        let selection = Selection {
            condition: self.condition,
            columns: &[],
        };
        let mut keys = Vec::new();
        self.each_row(selection, &mut |key, _| {
            keys.push(RowKey::from(key));
            Ok(if keys.len() > most {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            })
        })?;
        Ok((keys.len() <= most).then_some(keys))
    }

    fn by_reading(&self) -> Result<Vec<Near<RowKey>>, ApiError> {
        let mut nearest = Smallest::new(self.most);
        self.each_row(self.selection(), &mut |key, row| {
            if let Some(similarity) = self.similarity_of(&row) {
                nearest.offer(Near {
                    similarity,
                    key: key.into(),
                });
            }
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(nearest.into_sorted())
    }

    fn selection(&self) -> Selection<'_> {
        Selection {
            condition: self.condition,
            columns: std::slice::from_ref(&self.search.position),
        }
    }

    fn each_row(
        &self,
        selection: Selection<'_>,
        visit: &mut crate::storage::rows::Visit<'_, ApiError>,
    ) -> Result<(), ApiError> {
        each_row(
            self.reader,
            self.table,
            selection,
            Reading::Forwards,
            None,
            visit,
        )
    }

    fn similarity_of(&self, row: &Row) -> Option<f32> {
        let Some(CqlValue::Vector(vector)) = row.value(self.search.position) else {
            return None;
        };
        let similarity = self.search.metric.similarity(&self.search.query, vector);
        is_found(similarity).then_some(similarity)
    }
}
