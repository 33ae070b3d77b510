//! `$push`, `$addToSet` and `$pop`.

use std::collections::HashSet;

use thin_vec::ThinVec;

use super::operator::Change;
use super::target::{Draft, Target};
use crate::document::scalar::{encode_representation, same_representation};
use crate::ejson::abbreviated;
use crate::error::{ApiError, update};
use crate::json::{Object, Value};
use crate::number::{self, Decimal};
use crate::path::DocumentPath;

/// Fewer values than this are compared with each element one by one.
const FEW: usize = 8;

pub(super) fn parse_push(name: &str, argument: &Value) -> Result<Change, ApiError> {
    check_field("$push", name)?;
    let Some(modifiers) = modifiers(argument) else {
        return Ok(Change::Push {
            values: vec![argument.clone()],
            position: None,
        });
    };
    let (mut values, mut position) = (None, None);
    for (modifier, argument) in modifiers {
        match modifier.as_str() {
            "$each" => values = Some(each("$push", argument)?),
            "$position" => position = Some(parse_position(argument)?),
            _ => {
                return Err(unknown_modifier(
                    "$push",
                    modifier,
                    "`$each` and `$position`",
                ));
            }
        }
    }
    let values = values.ok_or_else(|| missing_each("$push"))?;
    Ok(Change::Push { values, position })
}

pub(super) fn parse_add_to_set(name: &str, argument: &Value) -> Result<Change, ApiError> {
    check_field("$addToSet", name)?;
    let Some(modifiers) = modifiers(argument) else {
        return Ok(Change::AddToSet(vec![argument.clone()]));
    };
    let mut values = None;
    for (modifier, argument) in modifiers {
        match modifier.as_str() {
            "$each" => values = Some(each("$addToSet", argument)?),
            _ => return Err(unknown_modifier("$addToSet", modifier, "`$each`")),
        }
    }
    values
        .map(Change::AddToSet)
        .ok_or_else(|| missing_each("$addToSet"))
}

pub(super) fn parse_pop(argument: &Value) -> Result<Change, ApiError> {
    let end = argument
        .as_number()
        .map(|number| Decimal::parse(number.as_str()).truncated());
    match end {
        Some(1) => Ok(Change::Pop { first: false }),
        Some(-1) => Ok(Change::Pop { first: true }),
        _ => Err(update::UNSUPPORTED_UPDATE_OPERATION_PARAM.because(format!(
            "`$pop` takes 1 for the last element or -1 for the first, not {}.",
            abbreviated(argument)
        ))),
    }
}

/// Adds values to an array, at the end or at a position. It counts as a modification even if there are none.
pub(super) fn push(
    draft: &mut Draft,
    path: &DocumentPath,
    values: &[Value],
    position: Option<i64>,
) -> Result<bool, ApiError> {
    let items = array_at("$push", draft, path)?;
    let at = position.map_or(items.len(), |position| {
        let distance = usize::try_from(position.unsigned_abs()).unwrap_or(usize::MAX);
        if position < 0 {
            items.len().saturating_sub(distance)
        } else {
            distance.min(items.len())
        }
    });
    items.splice(at..at, values.iter().cloned());
    Ok(true)
}

/// Adds the values to an array that it does not have yet.
pub(super) fn add_to_set(
    draft: &mut Draft,
    path: &DocumentPath,
    values: &[Value],
) -> Result<bool, ApiError> {
    let items = array_at("$addToSet", draft, path)?;
    let before = items.len();
    if values.len() < FEW {
        for value in values {
            if !items.iter().any(|item| same_representation(item, value)) {
                items.push(value.clone());
            }
        }
    } else {
        // Comparing each with each would take a long array hours.
        let mut seen: HashSet<Vec<u8>> = items.iter().map(representation).collect();
        items.extend(
            values
                .iter()
                .filter(|value| seen.insert(representation(value)))
                .cloned(),
        );
    }
    Ok(items.len() > before)
}

fn representation(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    encode_representation(value, &mut bytes);
    bytes
}

/// Takes the first or last element out of an array, if there is an array and an element.
pub(super) fn pop(draft: &mut Draft, path: &DocumentPath, first: bool) -> Result<bool, ApiError> {
    let Some(mut target) = Target::find(draft, path) else {
        return Ok(false);
    };
    match target.get_mut() {
        None => Ok(false),
        Some(Value::Array(items)) if items.is_empty() => Ok(false),
        Some(Value::Array(items)) => {
            items.remove(if first { 0 } else { items.len() - 1 });
            Ok(true)
        }
        Some(other) => Err(no_array("$pop", path, other)),
    }
}

/// The array at a path, made if there is nothing.
fn array_at<'a>(
    operator: &str,
    draft: &'a mut Draft,
    path: &'a DocumentPath,
) -> Result<&'a mut ThinVec<Value>, ApiError> {
    let target = Target::find_or_create(draft, path)?;
    match target.get_or_insert(Value::Array(ThinVec::new())) {
        Value::Array(items) => Ok(items),
        other => Err(no_array(operator, path, other)),
    }
}

/// The argument as modifiers, if any of its keys begins with `$`.
fn modifiers(argument: &Value) -> Option<&Object> {
    argument
        .as_object()
        .filter(|object| object.keys().any(|key| key.starts_with('$')))
}

fn each(operator: &str, argument: &Value) -> Result<Vec<Value>, ApiError> {
    argument.as_array().map(<[Value]>::to_vec).ok_or_else(|| {
        update::UNSUPPORTED_UPDATE_OPERATION_PARAM.because(format!(
            "`$each` of `{operator}` takes an array of values, not {}.",
            argument.kind()
        ))
    })
}

fn parse_position(argument: &Value) -> Result<i64, ApiError> {
    let whole = argument
        .as_number()
        .filter(|number| number::is_integer(number.as_str()));
    whole
        .map(|number| Decimal::parse(number.as_str()).truncated())
        .ok_or_else(|| {
            update::UNSUPPORTED_UPDATE_OPERATION_PARAM.because(format!(
                "`$position` takes a whole number, not {}.",
                abbreviated(argument)
            ))
        })
}

fn check_field(operator: &str, name: &str) -> Result<(), ApiError> {
    if name.starts_with('$') {
        return Err(update::UNSUPPORTED_UPDATE_OPERATION_PARAM.because(format!(
            "`{operator}` takes fields, not `{name}`. Modifiers such as `$each` go below a field."
        )));
    }
    Ok(())
}

fn unknown_modifier(operator: &str, modifier: &str, known: &str) -> ApiError {
    update::UNSUPPORTED_UPDATE_OPERATION_MODIFIER.because(format!(
        "`{operator}` has no modifier `{modifier}`, only {known}. To add an object with such a key, put it into `$each`."
    ))
}

fn missing_each(operator: &str) -> ApiError {
    update::UNSUPPORTED_UPDATE_OPERATION_PARAM.because(format!(
        "The modifiers of `{operator}` need `$each` beside them, with the values to add."
    ))
}

fn no_array(operator: &str, path: &DocumentPath, value: &Value) -> ApiError {
    update::UNSUPPORTED_UPDATE_OPERATION_TARGET.because(format!(
        "`{operator}` changes arrays, but at `{path}` there is {}.",
        value.kind()
    ))
}
