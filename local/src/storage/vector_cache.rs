//! The index of the vectors of a collection or column, in memory: made from what is stored when it is first searched, and
//! changed by each commit from then on.

use std::hash::Hash;
use std::mem;
use std::sync::{Mutex, RwLock};

use super::locks::unpoisoned;
use crate::vector_index::{Full, VectorIndex};

/// A change to one vector, or to all.
#[derive(Debug)]
pub(super) enum Change<K> {
    Set(K, Vec<f32>),
    Remove(K),
    Clear,
}

/// An index, if there is one.
#[derive(Debug)]
pub(crate) struct VectorCache<K> {
    state: RwLock<State<K>>,
    /// Held by the one that makes the index; others who need it wait here.
    making: Mutex<()>,
}

#[derive(Debug)]
enum State<K> {
    Absent,
    /// It is being made; what has been committed meanwhile follows.
    Making(Vec<Change<K>>),
    Ready(VectorIndex<K>),
    /// There was no memory for it. It is not tried again until all vectors are removed.
    TooLarge,
}

impl<K> Default for VectorCache<K> {
    fn default() -> Self {
        Self {
            state: RwLock::new(State::Absent),
            making: Mutex::default(),
        }
    }
}

impl<K: Clone + Eq + Hash + Send + Sync> VectorCache<K> {
    /// What `search` finds in the index; none where there is no index.
    pub(crate) fn search<T>(&self, search: impl FnOnce(&VectorIndex<K>) -> T) -> Option<T> {
        match &*unpoisoned(self.state.read()) {
            State::Ready(index) => Some(search(index)),
            _ => None,
        }
    }

    /// Whether an index could still be made.
    pub(super) fn is_absent(&self) -> bool {
        matches!(
            &*unpoisoned(self.state.read()),
            State::Absent | State::Making(_)
        )
    }

    /// Makes the index unless there is one. `fill` reads a snapshot that it begins itself: what is committed before that is
    /// in the snapshot, and what is committed after it is handed in by [`Self::apply`].
    pub(super) fn make<E>(
        &self,
        dimension: usize,
        fill: impl FnOnce(&mut VectorIndex<K>) -> Result<Result<(), Full>, E>,
    ) -> Result<(), E> {
        let _making = unpoisoned(self.making.lock());
        if !self.is_absent() {
            return Ok(());
        }
        self.put(State::Making(Vec::new()));
        let abandoned = Abandoned(self);
        let mut index = VectorIndex::new(dimension);
        let filled = fill(&mut index)?;
        mem::forget(abandoned);
        let mut state = unpoisoned(self.state.write());
        let State::Making(changes) = mem::replace(&mut *state, State::Absent) else {
            return Ok(());
        };
        let complete = filled.and_then(|()| {
            let mut changes = changes.into_iter();
            changes.try_for_each(|change| carry_out(&mut index, change))
        });
        *state = state_of(complete, index);
        Ok(())
    }

    /// Takes over what was committed. Commits are handed in one after the other.
    pub(super) fn apply(&self, change: Change<K>) {
        let mut state = unpoisoned(self.state.write());
        match (&mut *state, change) {
            (State::Making(changes), change) => changes.push(change),
            (State::Ready(index), change) => {
                if let Err(full) = carry_out(index, change) {
                    *state = state_of(Err(full), VectorIndex::new(1));
                }
            }
            (State::TooLarge, Change::Clear) => *state = State::Absent,
            (State::Absent | State::TooLarge, _) => {}
        }
    }

    fn put(&self, next: State<K>) {
        *unpoisoned(self.state.write()) = next;
    }
}

fn carry_out<K: Clone + Eq + Hash + Send + Sync>(
    index: &mut VectorIndex<K>,
    change: Change<K>,
) -> Result<(), Full> {
    match change {
        Change::Set(key, vector) => index.set(key, &vector),
        Change::Remove(key) => {
            index.remove(&key);
            Ok(())
        }
        Change::Clear => {
            index.clear();
            Ok(())
        }
    }
}

fn state_of<K>(complete: Result<(), Full>, index: VectorIndex<K>) -> State<K> {
    if complete == Ok(()) {
        return State::Ready(index);
    }
    tracing::warn!("there is no memory left for an index of vectors; searches read all of them");
    State::TooLarge
}

/// An index that is not finished, by an error or a panic, is none.
struct Abandoned<'c, K: Clone + Eq + Hash + Send + Sync>(&'c VectorCache<K>);

impl<K: Clone + Eq + Hash + Send + Sync> Drop for Abandoned<'_, K> {
    fn drop(&mut self) {
        self.0.put(State::Absent);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::Metric;

    fn keys(cache: &VectorCache<i64>) -> Option<Vec<i64>> {
        cache.search(|index| {
            let all = index.candidates(&[1.0, 0.0], Metric::Cosine, 100);
            let mut keys: Vec<i64> = all.into_iter().map(|candidate| candidate.key).collect();
            keys.sort_unstable();
            keys
        })
    }

    fn make(cache: &VectorCache<i64>, filled: Result<Result<(), Full>, ()>) -> Result<(), ()> {
        cache.make(2, |index| {
            assert_eq!(index.set(1, &[1.0, 0.0]), Ok(()));
            assert_eq!(index.set(2, &[0.0, 1.0]), Ok(()));
            cache.apply(Change::Remove(1));
            cache.apply(Change::Set(3, vec![1.0, 1.0]));
            filled
        })
    }

    #[test]
    fn what_is_committed_while_the_index_is_made_is_in_it() {
        let cache = VectorCache::default();
        cache.apply(Change::Set(9, vec![1.0, 0.0]));
        assert_eq!(keys(&cache), None);
        assert_eq!(make(&cache, Ok(Ok(()))), Ok(()));
        assert_eq!(keys(&cache), Some(vec![2, 3]));
        cache.apply(Change::Set(4, vec![0.0, 1.0]));
        assert_eq!(keys(&cache), Some(vec![2, 3, 4]));
        cache.apply(Change::Clear);
        assert_eq!(keys(&cache), Some(Vec::new()));
    }

    #[test]
    fn an_index_that_fails_is_made_again_and_one_without_memory_only_once_it_is_empty() {
        let cache = VectorCache::default();
        assert_eq!(make(&cache, Err(())), Err(()));
        assert!(cache.is_absent());
        assert_eq!(make(&cache, Ok(Err(Full))), Ok(()));
        assert_eq!(keys(&cache), None);
        assert!(!cache.is_absent());
        cache.apply(Change::Set(4, vec![0.0, 1.0]));
        assert!(!cache.is_absent());
        cache.apply(Change::Clear);
        assert_eq!(make(&cache, Ok(Ok(()))), Ok(()));
        assert_eq!(keys(&cache), Some(vec![2, 3]));
    }
}
