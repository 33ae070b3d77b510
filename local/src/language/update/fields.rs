//! `$set`, `$setOnInsert`, `$unset`, `$rename` and `$currentDate`.

use std::collections::{HashMap, HashSet};

use super::operator::{Action, Change, Operator, read_path};
use super::target::{Draft, Target};
use crate::document::insert::bad_vectorize;
use crate::document::scalar::same_representation;
use crate::document::special;
use crate::ejson::{Wrapper, abbreviated};
use crate::error::{ApiError, update};
use crate::json::{Object, Value};
use crate::path::DocumentPath;

pub(super) fn parse_current_date(argument: &Value) -> Result<Change, ApiError> {
    let is_date =
        |object: &Object| object.len() == 1 && object.get("$type") == Some(&Value::from("date"));
    match argument {
        Value::Bool(true) => Ok(Change::CurrentDate),
        Value::Object(object) if is_date(object) => Ok(Change::CurrentDate),
        other => Err(update::UNSUPPORTED_UPDATE_OPERATION_PARAM.because(format!(
            "`$currentDate` takes `true` or `{{\"$type\": \"date\"}}`, not {}.",
            abbreviated(other)
        ))),
    }
}

pub(super) fn parse_rename(
    operator: &Operator,
    name: &str,
    argument: &Value,
) -> Result<Change, ApiError> {
    let Value::String(to) = argument else {
        return Err(update::UNSUPPORTED_UPDATE_OPERATION_PARAM.because(format!(
            "`$rename` takes the new path as a string, not {}.",
            argument.kind()
        )));
    };
    operator.check_field(to)?;
    if name == to {
        return Err(update::UNSUPPORTED_UPDATE_OPERATION_PATH.because(format!(
            "`$rename` cannot rename `{name}` to itself. Give another path."
        )));
    }
    read_path(to).map(Change::Rename)
}

pub(super) fn date(now_ms: i64) -> Value {
    Object::from([(Wrapper::Date.key(), now_ms)]).into()
}

/// Sets a value, unless it is there already in the same representation.
pub(super) fn set(draft: &mut Draft, path: &DocumentPath, value: &Value) -> Result<bool, ApiError> {
    let target = Target::find_or_create(draft, path)?;
    let modified = target
        .get()
        .is_none_or(|old| !same_representation(old, value));
    if modified {
        target.set(value.clone());
    }
    Ok(modified)
}

/// As [`set`]; a vector and the text it was made of do not outlive each other.
pub(super) fn set_with_vectors(
    draft: &mut Draft,
    path: &DocumentPath,
    value: &Value,
) -> Result<bool, ApiError> {
    let modified = set(draft, path, value)?;
    if !modified {
        return Ok(false);
    }
    if path.is_field(special::VECTOR) {
        if let Some(object) = draft.fields() {
            object.remove(special::VECTORIZE);
        }
    } else if path.is_field(special::VECTORIZE) {
        match value {
            Value::String(text) if !text.trim().is_empty() => draft.text = Some(text.clone()),
            Value::Null | Value::String(_) => {
                if let Some(object) = draft.fields() {
                    object.insert(special::VECTOR, Value::Null);
                }
            }
            other => return Err(bad_vectorize(other)),
        }
    }
    Ok(true)
}

/// Takes out what is at some paths, from each object in one go: one by one, many fields of a large object would take hours.
pub(super) fn unset(draft: &mut Draft, actions: &[Action]) -> bool {
    let mut parents: HashMap<_, (&DocumentPath, HashSet<&str>)> = HashMap::new();
    for action in actions {
        let (parent, name) = action.path.split_last();
        let (_, names) = parents
            .entry(parent)
            .or_insert_with(|| (&action.path, HashSet::new()));
        names.insert(name);
    }
    let mut modified = false;
    for (path, names) in parents.into_values() {
        modified |= Target::find(draft, path).is_some_and(|target| target.remove_all(&names));
    }
    if modified {
        forget_vectors(draft, actions);
    }
    modified
}

/// Removes the vector with the text it was made of, or the text with the vector, once one of them was unset.
fn forget_vectors(draft: &mut Draft, actions: &[Action]) {
    let Some(object) = draft.fields() else {
        return;
    };
    let names = |name: &str| actions.iter().any(|action| action.path.is_field(name));
    if names(special::VECTOR) {
        object.remove(special::VECTORIZE);
    }
    if names(special::VECTORIZE) {
        object.remove(special::VECTOR);
    }
}

/// Moves a value to another path, over what is there; nothing happens if there is no value.
pub(super) fn rename(
    draft: &mut Draft,
    from: &DocumentPath,
    to: &DocumentPath,
) -> Result<bool, ApiError> {
    let refused = |path: &DocumentPath| {
        Err(update::UNSUPPORTED_UPDATE_OPERATION_PATH.because(format!(
            "`$rename` moves fields of objects, but `{path}` is an element of an array."
        )))
    };
    let value = match Target::find(draft, from) {
        Some(source) if source.is_element() && source.get().is_some() => return refused(from),
        Some(source) => source.remove(),
        None => None,
    };
    let Some(value) = value else {
        return Ok(false);
    };
    let destination = Target::find_or_create(draft, to)?;
    if destination.is_element() {
        return refused(to);
    }
    destination.set(value);
    Ok(true)
}
