//! Documents or rows: what a command reads.

use crate::sort::Sort;

/// What is in the thing a command reads.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Contents {
    /// Documents, read as they come.
    Documents,
    /// Rows, which come without their empty columns and are made whole again.
    Rows,
}

impl Contents {
    /// Whether the sort makes the server search by a vector.
    pub(crate) fn is_by_vector(self, sort: &Sort) -> bool {
        match self {
            Self::Documents => sort.is_by_vector(),
            Self::Rows => sort.is_by_column_content(),
        }
    }
}
