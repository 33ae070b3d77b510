//! Values of a field's kind, taken leniently: the real server's decoder takes scalars of a neighbouring kind where their
//! meaning is plain, and clients rely on it. What does not fit is given back.

use super::Value;

pub(crate) fn text(value: Value) -> Result<String, Value> {
    match value {
        Value::String(text) => Ok(text),
        Value::Number(number) => Ok(number.as_str().to_owned()),
        Value::Bool(flag) => Ok(flag.to_string()),
        other => Err(other),
    }
}

pub(crate) fn texts(value: Value) -> Result<Vec<String>, Value> {
    match value {
        Value::Array(items) => items.into_iter().map(text).collect(),
        other => Err(other),
    }
}

/// None for an empty text, which is as good as nothing.
pub(crate) fn flag(value: Value) -> Result<Option<bool>, Value> {
    let flag = match &value {
        Value::Bool(flag) => Some(*flag),
        Value::Number(number) => whole(number.as_str()).map(|number| number != 0),
        Value::String(text) => match text.trim() {
            "true" | "True" | "TRUE" => Some(true),
            "false" | "False" | "FALSE" => Some(false),
            "" => return Ok(None),
            _ => None,
        },
        _ => None,
    };
    flag.map(Some).ok_or(value)
}

/// None for an empty text or the text `null`, which are as good as nothing.
pub(crate) fn integer(value: Value) -> Result<Option<i32>, Value> {
    let integer = match &value {
        Value::Number(number) => match whole(number.as_str()) {
            Some(whole) => i32::try_from(whole).ok(),
            None => cut(number.as_str()),
        },
        Value::String(text) if matches!(text.trim(), "" | "null") => return Ok(None),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    integer.map(Some).ok_or(value)
}

fn whole(number: &str) -> Option<i64> {
    number.parse().ok()
}

/// The integer part of a number with a fraction or an exponent.
fn cut(number: &str) -> Option<i32> {
    let number = number.parse::<f64>().ok()?.trunc();
    if number < f64::from(i32::MIN) || number > f64::from(i32::MAX) {
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the number is whole and in range"
    )]
    Some(number as i32)
}
