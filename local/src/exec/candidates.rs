//! Searching with an index of vectors: it names candidates, the stored vectors decide.

use std::collections::HashSet;
use std::hash::Hash;

use crate::definition::Metric;
use crate::error::ApiError;
use crate::exec::smallest::{Near, Smallest};
use crate::storage::VectorCache;
use crate::vector_index::{Candidate, VectorIndex};

/// Candidates looked at first: for each one wanted, and beyond.
const PER_HIT: usize = 4;
const AT_LEAST: usize = 200;

/// Of many vectors, one of this many is named at first: that costs next to nothing beside the scan, which a filter might
/// otherwise need twice.
const SHARE: usize = 500;

/// How many more are named each time that those did not suffice.
const GROWTH: usize = 8;

/// Where a part as large as this of all vectors would have to be looked at, reading all of them in order is faster.
const PART: usize = 4;

/// Candidates of a filter that are worth comparing, whatever the number of vectors.
const FEW: usize = 1000;

/// Asking a document or row whether it satisfies a filter costs about as much as reading this many from an index.
const ENTRIES_PER_QUESTION: usize = 30;

/// How many candidates of a filter are worth collecting among a number of vectors: of more, so many satisfy the filter that
/// going through the vectors from the nearest on takes less.
pub(crate) fn worth_collecting(limit: usize, vectors: usize) -> usize {
    let even = limit.saturating_mul(vectors);
    even.saturating_mul(ENTRIES_PER_QUESTION).isqrt().max(FEW)
}

/// What is searched for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted<'w> {
    pub(crate) query: &'w [f32],
    pub(crate) metric: Metric,
    pub(crate) limit: usize,
}

/// Decides on a candidate: its similarity if it is to be found. The second argument is a similarity that is of no use, nor
/// is any below.
pub(crate) trait Judge<K>: FnMut(&K, Option<f32>) -> Result<Option<f32>, ApiError> {}

impl<K, F: FnMut(&K, Option<f32>) -> Result<Option<f32>, ApiError>> Judge<K> for F {}

/// A search under way.
#[derive(Debug)]
struct Search<K, J> {
    nearest: Smallest<Near<K>>,
    looked_at: HashSet<K>,
    judge: J,
}

/// The nearest by an index. None where there is no index, or going through all vectors takes less.
///
/// `changed` are keys whose vectors the index may have otherwise than they are stored.
pub(crate) fn nearest_of_all<K: Ord + Clone + Hash + Send + Sync>(
    vectors: &VectorCache<K>,
    wanted: Wanted<'_>,
    changed: &[K],
    judge: impl Judge<K>,
) -> Result<Option<Vec<Near<K>>>, ApiError> {
    let mut search = Search::new(wanted.limit, judge);
    let share = vectors.search(VectorIndex::len).unwrap_or(0) / SHARE;
    let mut most = first(wanted.limit).max(share);
    search.look_at_all(changed)?;
    loop {
        let named = vectors.search(|index| {
            let few = most.saturating_mul(PART) <= index.len();
            few.then(|| index.candidates(wanted.query, wanted.metric, most))
        });
        let Some(candidates) = named.flatten() else {
            return Ok(None);
        };
        if search.go_through(candidates)? {
            return Ok(Some(search.nearest.into_sorted()));
        }
        most = most.saturating_mul(GROWTH);
    }
}

/// The nearest of some keys, with the help of an index if there is one.
pub(crate) fn nearest_among<K: Ord + Clone + Hash + Send + Sync>(
    vectors: &VectorCache<K>,
    keys: &[K],
    wanted: Wanted<'_>,
    changed: &[K],
    judge: impl Judge<K>,
) -> Result<Vec<Near<K>>, ApiError> {
    let mut search = Search::new(wanted.limit, judge);
    if keys.len() > first(wanted.limit) {
        let changed: HashSet<&K> = changed.iter().collect();
        let (changed, known): (Vec<K>, Vec<K>) =
            keys.iter().cloned().partition(|key| changed.contains(key));
        let named = vectors.search(|index| {
            index.candidates_among(&known, wanted.query, wanted.metric, known.len())
        });
        if let Some(candidates) = named {
            search.look_at_all(&changed)?;
            search.go_through(candidates)?;
            return Ok(search.nearest.into_sorted());
        }
    }
    search.look_at_all(keys)?;
    Ok(search.nearest.into_sorted())
}

fn first(limit: usize) -> usize {
    limit.saturating_mul(PER_HIT).saturating_add(AT_LEAST)
}

impl<K: Ord + Clone + Hash, J: Judge<K>> Search<K, J> {
    fn new(limit: usize, judge: J) -> Self {
        Self {
            nearest: Smallest::new(limit),
            looked_at: HashSet::new(),
            judge,
        }
    }

    /// Looks at candidates, the best first. Returns whether none beyond can be among the nearest.
    fn go_through(&mut self, candidates: Vec<Candidate<K>>) -> Result<bool, ApiError> {
        for candidate in candidates {
            if candidate.bound < self.least().unwrap_or(0.0) {
                return Ok(true);
            }
            self.look_at(&candidate.key)?;
        }
        Ok(false)
    }

    fn look_at_all(&mut self, keys: &[K]) -> Result<(), ApiError> {
        keys.iter().try_for_each(|key| self.look_at(key))
    }

    fn look_at(&mut self, key: &K) -> Result<(), ApiError> {
        if !self.looked_at.insert(key.clone()) {
            return Ok(());
        }
        let least = self.least();
        if let Some(similarity) = (self.judge)(key, least)? {
            self.nearest.offer(Near {
                similarity,
                key: key.clone(),
            });
        }
        Ok(())
    }

    fn least(&self) -> Option<f32> {
        self.nearest.largest().map(|near| near.similarity)
    }
}
