//! Changes to vectors on their way to the indexes in memory, which take them over once they are committed.

use std::sync::Arc;

use super::table::RowKey;
use super::vector_cache::{Change, VectorCache};

/// A change to the vectors of a collection, or of a column of a table.
#[derive(Debug)]
pub(super) enum Uncommitted {
    Document(Arc<VectorCache<i64>>, Change<i64>),
    Row(Arc<VectorCache<RowKey>>, Change<RowKey>),
}

impl Uncommitted {
    pub(super) fn apply(self) {
        match self {
            Self::Document(cache, change) => cache.apply(change),
            Self::Row(cache, change) => cache.apply(change),
        }
    }
}
