//! Finds the nearest of many vectors without reading them: each number of a vector is held in memory with four bits.
//!
//! A vector is turned by a fixed random rotation, which spreads what is in it evenly over its numbers, and each number is
//! rounded to one of 16 steps. From that, a search estimates the cosine of the angle to every vector, and how far the
//! estimate may be off: about ±0.016 for 384 numbers. Two of the four bits tell it to ±0.06, which is enough to pass over
//! most vectors. The index thus names candidates with an upper bound of their similarity, best first; the caller compares
//! the stored vectors of as many as could be among the nearest.

mod block;
mod code;
mod dots;
mod memory;
mod rotation;

use std::collections::HashMap;
use std::hash::Hash;
use std::panic::resume_unwind;
use std::thread;

use self::block::{Block, ROWS};
use self::code::{Coder, Errors, Query};
use self::dots::Group;
pub(crate) use self::memory::Full;
use crate::definition::Metric;

/// Bytes of codes that are worth a thread of their own.
const PER_THREAD: usize = 2 << 20;

/// Looking at one vector of a block takes as long as looking at this many of all.
const ALONE: usize = 12;

/// Where half of the codes was not enough, it is tried again with one of this many blocks.
const AGAIN: usize = 8;

/// Threads of one search at most.
const THREADS: usize = 8;

/// A vector that may be among the nearest.
#[derive(Clone, Debug)]
pub(crate) struct Candidate<K> {
    /// Its similarity is hardly ever more than this.
    pub(crate) bound: f32,
    pub(crate) key: K,
}

/// Vectors under keys.
#[derive(Debug)]
pub(crate) struct VectorIndex<K> {
    coder: Coder,
    blocks: Vec<Block>,
    /// Of the vectors in the blocks, one after the other.
    keys: Vec<K>,
    places: HashMap<K, usize>,
    /// The largest there have been.
    errors: Errors,
}

impl<K: Clone + Eq + Hash + Send + Sync> VectorIndex<K> {
    pub(crate) fn new(dimension: usize) -> Self {
        Self {
            coder: Coder::new(dimension),
            blocks: Vec::new(),
            keys: Vec::new(),
            places: HashMap::new(),
            errors: Errors::default(),
        }
    }

    /// How many vectors there are.
    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    /// Puts a vector in the place of the one of that key, if there is one.
    pub(crate) fn set(&mut self, key: K, vector: &[f32]) -> Result<(), Full> {
        let place = match self.places.get(&key) {
            Some(place) => *place,
            None => self.push(key)?,
        };
        let (block, row) = (&mut self.blocks[place / ROWS], place % ROWS);
        let errors = self.coder.encode(vector, &mut block.row_mut(row));
        self.errors.include(errors);
        Ok(())
    }

    fn push(&mut self, key: K) -> Result<usize, Full> {
        let place = self.keys.len();
        if place == self.blocks.len() * ROWS {
            let entry = size_of::<K>() * 2 + size_of::<usize>();
            self.blocks.push(Block::new(self.coder.groups(), entry)?);
        }
        self.keys.push(key.clone());
        self.places.insert(key, place);
        Ok(place)
    }

    /// Removes the vector of that key, if there is one. The last vector takes its place.
    pub(crate) fn remove(&mut self, key: &K) {
        let Some(place) = self.places.remove(key) else {
            return;
        };
        let last = self.keys.len() - 1;
        self.keys.swap_remove(place);
        if place != last {
            self.places.insert(self.keys[place].clone(), place);
            let moved = self.blocks[last / ROWS].row(last % ROWS);
            let row = self.blocks[place / ROWS].row_mut(place % ROWS);
            row.copy_from(&moved);
        }
        self.blocks.truncate(last.div_ceil(ROWS));
    }

    /// Removes all vectors.
    pub(crate) fn clear(&mut self) {
        self.blocks.clear();
        self.keys = Vec::new();
        self.places = HashMap::new();
    }

    /// The `most` best candidates, best first; all vectors where there are no more.
    pub(crate) fn candidates(
        &self,
        query: &[f32],
        metric: Metric,
        most: usize,
    ) -> Vec<Candidate<K>> {
        let query = self.coder.query(query, metric, self.errors);
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let worth = self.blocks.len() * ROWS * self.coder.groups() * size_of::<Group>();
        let threads = (worth / PER_THREAD).clamp(1, threads.min(THREADS));
        let best = if threads == 1 {
            self.scan(0..self.blocks.len(), &query, most)
        } else {
            self.scan_together(threads, &query, most)
        };
        self.named(best)
    }

    /// The same of the vectors of some keys only.
    pub(crate) fn candidates_among(
        &self,
        keys: &[K],
        query: &[f32],
        metric: Metric,
        most: usize,
    ) -> Vec<Candidate<K>> {
        let query = self.coder.query(query, metric, self.errors);
        let mut best = Best::new(most);
        for place in keys.iter().filter_map(|key| self.places.get(key)) {
            let bound = self.blocks[place / ROWS].bound_of(place % ROWS, &query);
            best.offer(bound, *place);
        }
        self.named(best)
    }

    fn scan(&self, blocks: std::ops::Range<usize>, query: &Query, most: usize) -> Best {
        let mut best = Best::new(most);
        // Whether half of the codes is enough to pass over most vectors.
        let mut sharp = false;
        for number in blocks {
            let rows = (self.len() - number * ROWS).min(ROWS);
            let block = &self.blocks[number];
            if sharp || number % AGAIN == 0 {
                let coarse = block.coarse_bounds(query);
                let taken = |row: &usize| best.takes(coarse[*row]);
                let taken: Vec<usize> = (0..rows).filter(taken).collect();
                sharp = taken.len() * ALONE <= rows;
                if sharp {
                    for row in taken {
                        best.offer(block.bound_of(row, query), number * ROWS + row);
                    }
                    continue;
                }
            }
            let bounds = block.fine_bounds(query);
            for (row, bound) in bounds[..rows].iter().enumerate() {
                best.offer(*bound, number * ROWS + row);
            }
        }
        best
    }

    fn scan_together(&self, threads: usize, query: &Query, most: usize) -> Best {
        let each = self.blocks.len().div_ceil(threads);
        let part = |number: usize| number * each..((number + 1) * each).min(self.blocks.len());
        thread::scope(|scope| {
            let others: Vec<_> = (1..threads)
                .map(|number| {
                    let scan = move || self.scan(part(number), query, most);
                    let thread = thread::Builder::new().name("vector-search".to_owned());
                    (number, thread.spawn_scoped(scope, scan))
                })
                .collect();
            let mut best = self.scan(part(0), query, most);
            for (number, thread) in others {
                let found = match thread {
                    Ok(thread) => thread.join().unwrap_or_else(|panic| resume_unwind(panic)),
                    // Where the system is short of threads, one does it all.
                    Err(_) => self.scan(part(number), query, most),
                };
                for (bound, place) in found.kept {
                    best.offer(bound, place);
                }
            }
            best
        })
    }

    fn named(&self, best: Best) -> Vec<Candidate<K>> {
        let sorted = best.into_sorted().into_iter();
        let named = sorted.map(|(bound, place)| Candidate {
            bound,
            key: self.keys[place].clone(),
        });
        named.collect()
    }
}

/// The places with the highest bounds.
#[derive(Debug)]
struct Best {
    kept: Vec<(f32, usize)>,
    most: usize,
    /// No lower bound is among the best.
    floor: f32,
}

impl Best {
    fn new(most: usize) -> Self {
        Self {
            kept: Vec::new(),
            most,
            floor: f32::NEG_INFINITY,
        }
    }

    /// What is not a number is compared by the caller, who knows the vector itself.
    fn takes(&self, bound: f32) -> bool {
        bound.is_nan() || bound >= self.floor
    }

    fn offer(&mut self, bound: f32, place: usize) {
        if !self.takes(bound) {
            return;
        }
        let bound = if bound.is_nan() { f32::INFINITY } else { bound };
        self.kept.push((bound, place));
        if self.kept.len() >= self.most.saturating_mul(2).max(1) {
            self.shorten();
        }
    }

    fn shorten(&mut self) {
        if self.kept.len() > self.most && self.most > 0 {
            let (_, (floor, _), _) = self
                .kept
                .select_nth_unstable_by(self.most - 1, |one, other| other.0.total_cmp(&one.0));
            self.floor = *floor;
        }
        self.kept.truncate(self.most);
    }

    fn into_sorted(mut self) -> Vec<(f32, usize)> {
        self.shorten();
        self.kept
            .sort_unstable_by(|(one, place), (other, other_place)| {
                other.total_cmp(one).then(place.cmp(other_place))
            });
        self.kept
    }
}

#[cfg(test)]
mod tests;
