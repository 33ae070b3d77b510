//! A part of the index entries of one path.

use std::ops::Bound;

/// Entries of one path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum EntryRange {
    Point(Vec<u8>),
    Range {
        from: Bound<Vec<u8>>,
        to: Bound<Vec<u8>>,
    },
}

impl EntryRange {
    /// Whether an entry with these bytes is in the range.
    #[cfg(test)]
    pub(crate) fn contains(&self, bytes: &[u8]) -> bool {
        use std::ops::RangeBounds as _;
        match self {
            Self::Point(point) => point == bytes,
            Self::Range { from, to } => (from.clone(), to.clone()).contains(&bytes.to_vec()),
        }
    }

    pub(super) fn between(first: Vec<u8>, end: Vec<u8>) -> Self {
        Self::Range {
            from: Bound::Included(first),
            to: Bound::Excluded(end),
        }
    }
}
