//! `$min` and `$max`, and the order they know.

use std::cmp::Ordering;

use super::target::{Draft, Target};
use crate::error::ApiError;
use crate::json::Value;
use crate::number;
use crate::path::DocumentPath;
use crate::utf16;

/// Replaces a value that stands to the new one as asked; a missing one is set.
pub(super) fn replace_if(
    draft: &mut Draft,
    path: &DocumentPath,
    value: &Value,
    stands: fn(Ordering) -> bool,
) -> Result<bool, ApiError> {
    let target = Target::find_or_create(draft, path)?;
    let replaces = target.get().is_none_or(|old| stands(compare(old, value)));
    if replaces {
        target.set(value.clone());
    }
    Ok(replaces)
}

/// Null, numbers, strings, objects, arrays, booleans; strings by UTF-16. Extended JSON is compared as the objects it is
/// written as.
fn compare(left: &Value, right: &Value) -> Ordering {
    match (left, right) {
        (Value::Bool(left), Value::Bool(right)) => left.cmp(right),
        (Value::Number(left), Value::Number(right)) => {
            number::compare(left.as_str(), right.as_str())
        }
        (Value::String(left), Value::String(right)) => utf16::compare(left, right),
        (Value::Array(left), Value::Array(right)) => {
            let pairs = left
                .iter()
                .zip(right)
                .map(|(left, right)| compare(left, right));
            first_difference(pairs).then(left.len().cmp(&right.len()))
        }
        (Value::Object(left), Value::Object(right)) => {
            let pairs = left
                .iter()
                .zip(right)
                .map(|((name, left), (other, right))| {
                    utf16::compare(name, other).then_with(|| compare(left, right))
                });
            first_difference(pairs).then(left.len().cmp(&right.len()))
        }
        _ => rank(left).cmp(&rank(right)),
    }
}

fn first_difference(mut pairs: impl Iterator<Item = Ordering>) -> Ordering {
    pairs.find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

fn rank(value: &Value) -> u8 {
    match value {
        Value::Null => 0,
        Value::Number(_) => 1,
        Value::String(_) => 2,
        Value::Object(_) => 3,
        Value::Array(_) => 4,
        Value::Bool(_) => 5,
    }
}
