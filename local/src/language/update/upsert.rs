//! The document an upsert starts from.

use super::operator::read_path;
use super::target::{Draft, Target};
use crate::document::scalar::Scalar;
use crate::document::special;
use crate::ejson;
use crate::error::{ApiError, filter};
use crate::json::{Object, Value};
use crate::language::filter::{Comparison, Filter, Operand, Test};

/// The document a filter describes: the values it asks to be equal to, outside of `$and` and `$or`.
///
/// As on the real server, null, arrays and objects are taken from `$ne` as well, and the values are put in by kind: of a
/// whole object and a path into it, the object stays.
///
/// # Errors
///
/// If the paths of the filter cannot be those of one document, such as `a` and `a.b`; and for what the real server
/// cannot start from either: several ids, and arrays and objects that hold further ones.
pub(crate) fn upsert_document(filter: &Filter) -> Result<Object, ApiError> {
    let mut parts = Vec::new();
    for comparison in filter.top_level() {
        if let Some(value) = described(comparison)? {
            parts.push((comparison.path.as_str(), value));
        }
    }
    parts.sort_by_key(|(_, value)| kind(value));
    let mut draft = Draft::new(Object::new());
    for (path, value) in parts {
        let path = read_path(path)?;
        Target::find_or_create(&mut draft, &path)?.set(value);
    }
    Ok(draft.into_document())
}

/// The place of a value among those of other kinds: strings, booleans, numbers, nulls, dates, arrays, objects.
fn kind(value: &Value) -> u8 {
    match value {
        Value::String(_) => 0,
        Value::Bool(_) => 1,
        Value::Number(_) => 2,
        Value::Null => 3,
        Value::Object(object) if ejson::date(object).is_some() => 4,
        Value::Array(_) => 5,
        Value::Object(_) => 6,
    }
}

/// The value a comparison describes, if it describes one.
fn described(comparison: &Comparison) -> Result<Option<Value>, ApiError> {
    let is_special = comparison
        .path
        .segments()
        .next()
        .is_some_and(special::is_special);
    match (&comparison.test, comparison.negated) {
        (Test::Match(terms), false) => Ok(Some(Value::from(&*terms.text))),
        _ if is_special => Ok(None),
        (Test::Id(id), false) => Ok(Some(id.to_value())),
        (Test::IdIn(ids), false) if ids.len() != 1 => Err(cannot_start(
            "none or several of some ids. Give the new document one by `$eq`, or by `$setOnInsert`",
        )),
        (Test::Equal(Operand::Scalar(Scalar::Null, value)), _)
        | (Test::Equal(Operand::Scalar(_, value)), false) => Ok(Some(value.clone())),
        (Test::Equal(Operand::Container(value)), _) => {
            let nested = match value {
                Value::Array(items) => items.iter().any(is_container),
                Value::Object(object) => object.values().any(is_container),
                _ => false,
            };
            if nested {
                return Err(cannot_start(
                    "a value that nests arrays or objects. Set such a value in the update",
                ));
            }
            Ok(Some(value.clone()))
        }
        _ => Ok(None),
    }
}

fn is_container(value: &Value) -> bool {
    matches!(value, Value::Array(_) | Value::Object(_))
}

fn cannot_start(from: &str) -> ApiError {
    filter::FILTER_UNSUPPORTED_DATA_TYPE.because(format!(
        "An upsert cannot start from a filter that asks for {from}."
    ))
}
