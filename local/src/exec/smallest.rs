//! The smallest few of many, in little memory, and what is nearest as the smallest.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// Keeps the `most` smallest of the values it is offered.
#[derive(Debug)]
pub(crate) struct Smallest<T> {
    /// The largest of those kept is on top, next to be pushed out.
    kept: BinaryHeap<T>,
    most: usize,
}

impl<T: Ord> Smallest<T> {
    pub(crate) fn new(most: usize) -> Self {
        Self {
            kept: BinaryHeap::new(),
            most,
        }
    }

    pub(crate) fn offer(&mut self, value: T) {
        if self.kept.len() < self.most {
            self.kept.push(value);
        } else if let Some(mut largest) = self.kept.peek_mut()
            && value < *largest
        {
            *largest = value;
        }
    }

    /// The largest of those kept, once there is room for no more: what is not smaller is not kept.
    pub(crate) fn largest(&self) -> Option<&T> {
        self.kept.peek().filter(|_| self.kept.len() >= self.most)
    }

    /// Those kept, smallest first.
    pub(crate) fn into_sorted(self) -> Vec<T> {
        self.kept.into_sorted_vec()
    }
}

/// What was found, and how similar its vector is. Orders most similar first, then by key.
#[derive(Debug, Clone)]
pub(crate) struct Near<K> {
    pub(crate) similarity: f32,
    pub(crate) key: K,
}

impl<K: Ord> Ord for Near<K> {
    fn cmp(&self, other: &Self) -> Ordering {
        other
            .similarity
            .total_cmp(&self.similarity)
            .then_with(|| self.key.cmp(&other.key))
    }
}

impl<K: Ord> PartialOrd for Near<K> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<K: Ord> PartialEq for Near<K> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl<K: Ord> Eq for Near<K> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_are_kept_in_order() {
        let mut smallest = Smallest::new(3);
        for value in [5, 1, 4, 1, 9, 2] {
            smallest.offer(value);
        }
        assert_eq!(smallest.into_sorted(), [1, 1, 2]);
        let mut none = Smallest::new(0);
        none.offer(1);
        assert!(none.into_sorted().is_empty());
    }
}
