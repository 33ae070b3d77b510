//! The query language of collections, as pure functions: filters, sorts, projections, updates.

pub(crate) mod filter;
pub(crate) mod projection;
pub(crate) mod sort;
pub(crate) mod update;

#[cfg(test)]
mod tests;

use crate::json::Value;

/// Levels of objects and arrays a filter or projection may nest. The reading of them is recursive, and documents nest
/// no deeper than 16, so this only keeps a request from exhausting the stack.
pub(crate) const MAX_NESTING: usize = 100;

/// Whether a value nests deeper than a filter, a projection or the type of a column may.
pub(crate) fn nests_too_deep(value: &Value) -> bool {
    exceeds(value, MAX_NESTING)
}

fn exceeds(value: &Value, levels: usize) -> bool {
    match (value, levels.checked_sub(1)) {
        (Value::Array(items), Some(left)) => items.iter().any(|item| exceeds(item, left)),
        (Value::Object(object), Some(left)) => object.values().any(|value| exceeds(value, left)),
        (Value::Array(_) | Value::Object(_), None) => true,
        _ => false,
    }
}
