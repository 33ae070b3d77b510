//! Locks that a panic does not close.

use std::sync::PoisonError;

/// A lock that a panicking holder left behind protects nothing half-done here: values are replaced whole.
pub(super) fn unpoisoned<T>(lock: Result<T, PoisonError<T>>) -> T {
    lock.unwrap_or_else(PoisonError::into_inner)
}
