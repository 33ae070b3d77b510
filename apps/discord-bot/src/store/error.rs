//! Why the store could not answer.

use astra_db::ErrorCode;

/// Why the store could not answer.
pub type StoreError = astra_db::Error;

/// Whether the database gave up because more than 10,000 documents were to be sorted.
pub fn is_too_much_to_sort(error: &StoreError) -> bool {
    error.code() == Some(&ErrorCode::OverloadedSortRowLimit)
}
