//! From one field of a filter to its comparisons.

use std::sync::Arc;

use super::condition::{Comparison, Test};
use super::operand::Operand;
use super::operators::{self, invalid};
use super::terms::Terms;
use crate::document::id::DocumentId;
use crate::document::special;
use crate::ejson::Wrapper;
use crate::error::{ApiError, filter, schema};
use crate::json::{Object, Value};
use crate::path::DocumentPath;
use crate::text::Analyzer;

/// Reads `{"field": value}` with a value that is no object.
pub(super) fn implicit(
    key: &str,
    value: &Value,
    lexical: Option<&Arc<Analyzer>>,
) -> Result<Comparison, ApiError> {
    if key == special::LEXICAL {
        return Err(only_matched(lexical));
    }
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
    lexical: Option<&Arc<Analyzer>>,
    comparisons: &mut Vec<Comparison>,
) -> Result<(), ApiError> {
    for (name, value) in object {
        match (key, lexical) {
            // As on the real server, it is the same below `$vectorize`.
            (special::LEXICAL | special::VECTORIZE, Some(analyzer)) if name == "$match" => {
                comparisons.push(matching(object, value, analyzer)?);
                continue;
            }
            (special::LEXICAL, lexical) => return Err(only_matched(lexical)),
            _ => {}
        }
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

/// Reads the text of `$match`, which stands alone.
fn matching(
    object: &Object,
    value: &Value,
    analyzer: &Arc<Analyzer>,
) -> Result<Comparison, ApiError> {
    let Value::String(text) = value else {
        return Err(invalid(format!(
            "`$match` takes a string, not {}.",
            value.kind()
        )));
    };
    if object.len() > 1 {
        return Err(invalid(
            "`$match` cannot stand beside other operators. Use `$and` for several conditions."
                .to_owned(),
        ));
    }
    Ok(Comparison {
        path: checked_path(special::LEXICAL)?,
        test: Test::Match(Terms::of(text, analyzer)),
        negated: false,
    })
}

/// The error about another comparison of `$lexical`.
fn only_matched(lexical: Option<&Arc<Analyzer>>) -> ApiError {
    match lexical {
        Some(_) => invalid("`$lexical` can only be filtered by `$match`.".to_owned()),
        None => schema::LEXICAL_NOT_ENABLED_FOR_COLLECTION.because(
            "Lexical search is not enabled for this collection, so `$lexical` cannot be filtered.",
        ),
    }
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
        special::VECTOR | special::VECTORIZE | special::LEXICAL => {}
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
