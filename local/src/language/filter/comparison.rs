//! From one field of a filter to its comparisons.

use super::condition::{Comparison, Test};
use super::operand::Operand;
use super::operators::{self, invalid};
use crate::document::id::DocumentId;
use crate::document::special;
use crate::ejson::Wrapper;
use crate::error::{ApiError, filter, schema};
use crate::json::{Object, Value};
use crate::path::DocumentPath;

/// Reads `{"field": value}` with a value that is no object.
pub(super) fn implicit(key: &str, value: &Value) -> Result<Comparison, ApiError> {
    if matches!(key, special::VECTOR | special::VECTORIZE) {
        let advice = if key == special::VECTOR {
            " To search by similarity, sort by it."
        } else {
            ""
        };
        return Err(invalid(format!(
            "`{key}` can only be filtered by `$exists`.{advice}"
        )));
    }
    if matches!(value, Value::Array(_)) {
        let advice = if key == special::ID {
            "It is never an array. Use `$in` for one of several ids."
        } else {
            "Use `{\"$eq\": […]}` for the exact array, `$in` or `$all` for its elements."
        };
        return Err(invalid(format!(
            "`{key}` cannot be compared with an array in this way. {advice}"
        )));
    }
    let path = checked_path(key)?;
    let test = equality(&path, value)?;
    Ok(Comparison {
        path,
        test,
        negated: false,
    })
}

/// Reads `{"field": {…}}`: a comparison for each operator, or equality with the object if it has other keys.
pub(super) fn of_field(
    key: &str,
    object: &Object,
    comparisons: &mut Vec<Comparison>,
) -> Result<(), ApiError> {
    for (name, value) in object {
        if name == "$match" {
            checked_path(key)?;
            return Err(invalid(format!(
                "`$match` searches `$lexical` only, not `{key}`."
            )));
        }
        let Some(operator) = operators::named(name) else {
            comparisons.push(whole(key, object, name, value)?);
            return Ok(());
        };
        let path = checked_path(key)?;
        let (test, negated) = operator.read(&path, value)?;
        comparisons.push(Comparison {
            path,
            test,
            negated,
        });
    }
    Ok(())
}

/// Equality with extended JSON or an object, at the first key that is no operator.
fn whole(key: &str, object: &Object, name: &str, value: &Value) -> Result<Comparison, ApiError> {
    let wrapper = Wrapper::named(name);
    if wrapper.is_none() && name.starts_with('$') {
        return Err(filter::FILTER_UNSUPPORTED_OPERATOR.because(format!(
            "`{name}` is not an operator of filters. There are {}; `$and`, `$or` and `$not` stand above fields.",
            operators::names()
        )));
    }
    let path = checked_path(key)?;
    let test = match wrapper {
        _ if path.is_field(special::ID) => equality(&path, &Value::Object(object.clone()))?,
        Some(wrapper) => Test::Equal(Operand::parse_wrapper(wrapper, value)?),
        None => Test::Equal(Operand::parse(&Value::Object(object.clone()))?),
    };
    Ok(Comparison {
        path,
        test,
        negated: false,
    })
}

fn equality(path: &DocumentPath, value: &Value) -> Result<Test, ApiError> {
    if path.is_field(special::ID) {
        DocumentId::from_value(value).map(Test::Id)
    } else {
        Operand::parse(value).map(Test::Equal)
    }
}

/// The path of a comparison, other than that of a special field that cannot be filtered.
fn checked_path(key: &str) -> Result<DocumentPath, ApiError> {
    match key {
        "" => {
            return Err(invalid(
                "A filter cannot compare the empty path. Name a field.".to_owned(),
            ));
        }
        special::VECTOR | special::VECTORIZE => {}
        special::LEXICAL => {
            return Err(schema::LEXICAL_NOT_ENABLED_FOR_COLLECTION.because(
                "Lexical search is not enabled for this collection, so `$lexical` cannot be filtered.",
            ));
        }
        _ if key.starts_with('$') => {
            return Err(invalid(format!(
                "`{key}` is neither a field nor a logical operator. Logical operators are `$and` and `$or` with an array, \
                 and `$not` with an object."
            )));
        }
        _ => {}
    }
    DocumentPath::parse_lenient(key)
        .map_err(|problem| invalid(format!("The path `{key}` is not valid: {problem}.")))
}
