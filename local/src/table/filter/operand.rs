//! What columns are compared with, as JSON has it.

use crate::error::{ApiError, document, filter};
use crate::json::{Object, Value};
use crate::uuid_text;

pub(super) fn operands(values: &[Value]) -> Result<Vec<Value>, ApiError> {
    values.iter().map(operand).collect()
}

/// An operand with the extended values in it as plain ones; dates stay.
pub(super) fn operand(value: &Value) -> Result<Value, ApiError> {
    match value {
        Value::Array(items) => operands(items).map(Value::from),
        Value::Object(object) => match (object.len(), object.first()) {
            (1, Some((name, content))) if name.starts_with('$') => extended(name, content),
            _ => {
                let members = object
                    .iter()
                    .map(|(name, value)| Ok((name.clone(), operand(value)?)));
                members.collect::<Result<Object, _>>().map(Value::Object)
            }
        },
        scalar => Ok(scalar.clone()),
    }
}

fn extended(name: &str, content: &Value) -> Result<Value, ApiError> {
    let bad = || {
        document::SHRED_BAD_EJSON_VALUE.because(format!(
            "The value of '{name}' is not valid: {}.",
            content.to_json()
        ))
    };
    match (name, content) {
        ("$date", Value::Number(number)) if number.as_str().parse::<i64>().is_ok() => {
            Ok(Object::from([(name, content.clone())]).into())
        }
        ("$date", _) => Err(invalid(
            "'$date' needs a whole number, the milliseconds since 1970.".to_owned(),
        )),
        ("$uuid", Value::String(text)) => {
            let uuid = uuid_text::read(text);
            uuid.map(|uuid| Value::from(uuid.to_string()))
                .ok_or_else(bad)
        }
        ("$objectId", Value::String(text)) => {
            let valid = text.len() == 24 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
            valid
                .then(|| Value::from(text.to_ascii_lowercase()))
                .ok_or_else(bad)
        }
        ("$binary", Value::String(_)) => Ok(content.clone()),
        ("$uuid" | "$objectId" | "$binary", _) => Err(bad()),
        _ => Err(invalid(format!("'{name}' is not possible here."))),
    }
}

pub(super) fn invalid(message: String) -> ApiError {
    filter::FILTER_INVALID_EXPRESSION.because(message)
}
