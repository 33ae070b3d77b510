//! The forms of what `$push` adds, made one: an array of elements, or of `[key, value]` pairs.

use crate::error::{ApiError, update};
use crate::json::{Object, Value};
use crate::table::column_type::ColumnType;

const EACH: &str = "$each";

/// What to add to a column of the type. For other columns the argument is left as it is: it is refused elsewhere.
pub(super) fn items(column_type: Option<&ColumnType>, argument: &Value) -> Result<Value, ApiError> {
    match column_type {
        Some(ColumnType::List(_) | ColumnType::Set(_)) => elements(argument),
        Some(ColumnType::Map(..)) => entries(argument),
        _ => Ok(argument.clone()),
    }
}

fn elements(argument: &Value) -> Result<Value, ApiError> {
    match argument {
        Value::Array(_) => Err(bad_usage(
            "several elements are added with {\"$each\": […]}",
        )),
        Value::Object(object) if object.contains_key(EACH) => {
            each(object).map(|items| Value::from(items.to_vec()))
        }
        one => Ok(Value::from(vec![one.clone()])),
    }
}

fn entries(argument: &Value) -> Result<Value, ApiError> {
    let pairs = match argument {
        Value::Object(object) if object.contains_key(EACH) => {
            let entries = each(object)?.iter().map(pair);
            entries.collect::<Result<Vec<_>, _>>()?
        }
        one => vec![pair(one)?],
    };
    Ok(Value::from(pairs))
}

fn each(object: &Object) -> Result<&[Value], ApiError> {
    if object.len() > 1 {
        return Err(bad_usage("'$each' stands alone"));
    }
    let items = object.get(EACH).and_then(Value::as_array);
    items.ok_or_else(|| bad_usage("'$each' needs an array"))
}

fn pair(entry: &Value) -> Result<Value, ApiError> {
    match entry {
        Value::Array(pair) => {
            let has_parts = |value: &Value| matches!(value, Value::Array(_) | Value::Object(_));
            if pair.len() != 2 || pair.iter().any(has_parts) {
                return Err(bad_usage(
                    "an array is one entry, [key, value], neither of them an array or object",
                ));
            }
            Ok(entry.clone())
        }
        Value::Object(object) => match (object.len(), object.first()) {
            (1, Some((key, value))) => Ok(Value::from(vec![Value::from(key), value.clone()])),
            _ => Err(bad_usage("several entries are added with {\"$each\": […]}")),
        },
        _ => Err(bad_usage(
            "an entry of a map is {\"key\": value} or [key, value]",
        )),
    }
}

fn bad_usage(reason: &str) -> ApiError {
    update::INVALID_PUSH_OPERATOR_USAGE
        .because(format!("The argument of '$push' is not valid: {reason}."))
}
