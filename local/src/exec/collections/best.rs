//! The best few of many, in little memory.

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

    /// Those kept, smallest first.
    pub(crate) fn into_sorted(self) -> Vec<T> {
        self.kept.into_sorted_vec()
    }
}

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
