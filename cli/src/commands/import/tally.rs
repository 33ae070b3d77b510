//! Counts of what became of documents and rows.

use serde::{Deserialize, Serialize};

/// How many documents or rows had which fate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Tally {
    pub(super) stored: u64,
    /// The very same had been there.
    pub(super) present: u64,
    pub(super) rejected: u64,
}
