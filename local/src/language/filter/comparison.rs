//! From one field of a filter to its comparisons.

use std::collections::HashSet;

use super::condition::{Comparison, Range, Test};
use super::operand::Operand;
use crate::document::ejson::{self, Wrapper, abbreviated};
use crate::document::id::DocumentId;
use crate::document::scalar::{BYTES, Scalar};
use crate::document::special;
use crate::error::{ApiError, filter, schema};
use crate::json::{Object, Value};
use crate::language::path::DocumentPath;
use crate::number::Decimal;

/// Values of `$in` and `$nin`.
const MAX_VALUES: usize = 100;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Equal,
    In,
    All,
    Range(Range),
    Exists,
    Size,
}

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
        let Some((operator, negated)) = operator(name) else {
            comparisons.push(whole(key, object, name, value)?);
            return Ok(());
        };
        let path = checked_path(key)?;
        let (test, opposite) = if path.is_field(special::ID) {
            id_test(operator, name, value)?
        } else {
            test(operator, name, value)?
        };
        comparisons.push(Comparison {
            path,
            test,
            negated: negated != opposite,
        });
    }
    Ok(())
}

/// The operator of a name, and whether the name means its opposite.
fn operator(name: &str) -> Option<(Operator, bool)> {
    Some(match name {
        "$eq" => (Operator::Equal, false),
        "$ne" => (Operator::Equal, true),
        "$in" => (Operator::In, false),
        "$nin" => (Operator::In, true),
        "$all" => (Operator::All, false),
        "$gt" => (Operator::Range(Range::Greater), false),
        "$gte" => (Operator::Range(Range::GreaterOrEqual), false),
        "$lt" => (Operator::Range(Range::Less), false),
        "$lte" => (Operator::Range(Range::LessOrEqual), false),
        "$exists" => (Operator::Exists, false),
        "$size" => (Operator::Size, false),
        _ => return None,
    })
}

/// Equality with extended JSON or an object, at the first key that is no operator.
fn whole(key: &str, object: &Object, name: &str, value: &Value) -> Result<Comparison, ApiError> {
    let wrapper = Wrapper::named(name);
    if wrapper.is_none() && name.starts_with('$') {
        return Err(filter::FILTER_UNSUPPORTED_OPERATOR.because(format!(
            "`{name}` is not an operator of filters. There are `$eq`, `$ne`, `$in`, `$nin`, `$gt`, `$gte`, `$lt`, \
             `$lte`, `$exists`, `$all` and `$size`; `$and`, `$or` and `$not` stand above fields."
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

/// Reads the value below an operator, and tells whether the opposite of the test is meant.
fn test(operator: Operator, name: &str, value: &Value) -> Result<(Test, bool), ApiError> {
    let test = match operator {
        Operator::Equal => Test::Equal(Operand::parse(value)?),
        Operator::In => {
            let operands = list(name, value)?.iter().map(Operand::parse_element);
            Test::In(operands.collect::<Result<_, _>>()?)
        }
        Operator::All => {
            let operands = value
                .as_array()
                .filter(|items| !items.is_empty())
                .ok_or_else(|| {
                    invalid("`$all` takes an array of at least one value.".to_owned())
                })?;
            // Twice the same asks for nothing more. Each is looked for in whole arrays.
            let mut asked = HashSet::new();
            let operands = operands
                .iter()
                .filter(|operand| asked.insert(operand.to_json()));
            Test::All(
                operands
                    .map(Operand::parse_element)
                    .collect::<Result<_, _>>()?,
            )
        }
        Operator::Range(range) => match Operand::parse(value)? {
            Operand::Container(Value::Object(object)) if is_binary(&object) => {
                Test::Range(range, Scalar::Text(BYTES.into()))
            }
            Operand::Scalar(Scalar::Null, _) | Operand::Container(_) => {
                return Err(no_order(name, value));
            }
            Operand::Scalar(scalar, _) => Test::Range(range, scalar),
        },
        Operator::Exists => return exists(value),
        Operator::Size => Test::Size(size(value)?),
    };
    Ok((test, false))
}

fn is_binary(object: &Object) -> bool {
    matches!(ejson::wrapper(object), Some((Wrapper::Binary, _)))
}

/// As [`test`], for `_id`.
fn id_test(operator: Operator, name: &str, value: &Value) -> Result<(Test, bool), ApiError> {
    let test = match (operator, value) {
        (Operator::Exists, _) => return exists(value),
        (Operator::In, _) => {
            if value.as_array().is_none() {
                DocumentId::from_value(value)?;
            }
            let ids = list(name, value)?.iter().map(DocumentId::from_value);
            Test::IdIn(ids.collect::<Result<_, _>>()?)
        }
        (Operator::All | Operator::Size, _)
        | (Operator::Equal | Operator::Range(_), Value::Array(_)) => {
            return Err(invalid(format!(
                "`_id` is never an array, so `{name}` cannot be used with {} here. Use `$eq` or `$in`.",
                abbreviated(value)
            )));
        }
        (Operator::Equal, _) => Test::Id(DocumentId::from_value(value)?),
        (Operator::Range(range), _) => Test::Range(range, id_bound(name, value)?),
    };
    Ok((test, false))
}

fn id_bound(name: &str, value: &Value) -> Result<Scalar<'static>, ApiError> {
    match DocumentId::from_value(value)? {
        DocumentId::Null => Err(no_order(name, value)),
        DocumentId::Bool(value) => Ok(Scalar::Bool(value)),
        DocumentId::Number(number) => Ok(Scalar::Number(Decimal::parse(number.as_str()))),
        DocumentId::Text(text) => Ok(Scalar::Text(text.into())),
        DocumentId::Date(instant) => Ok(Scalar::Date(instant)),
        DocumentId::Uuid(_) | DocumentId::ObjectId(_) => {
            Err(filter::FILTER_UNSUPPORTED_DATA_TYPE.because(format!(
                "`{name}` of `_id` does not take {}. Compare with its characters as a plain string.",
                abbreviated(value)
            )))
        }
    }
}

fn list<'a>(name: &str, value: &'a Value) -> Result<&'a [Value], ApiError> {
    let Value::Array(items) = value else {
        return Err(invalid(format!(
            "`{name}` takes an array of values, not {}.",
            value.kind()
        )));
    };
    if items.len() > MAX_VALUES {
        return Err(invalid(format!(
            "`{name}` has {} values, more than the {MAX_VALUES} allowed. Split the request.",
            items.len()
        )));
    }
    Ok(items)
}

fn exists(value: &Value) -> Result<(Test, bool), ApiError> {
    match value {
        Value::Bool(wanted) => Ok((Test::Exists, !wanted)),
        other => Err(invalid(format!(
            "`$exists` takes true or false, not {}.",
            other.kind()
        ))),
    }
}

fn size(value: &Value) -> Result<u64, ApiError> {
    let whole = value
        .as_number()
        .map(|number| Decimal::parse(number.as_str()))
        .filter(Decimal::is_whole)
        .and_then(|number| u64::try_from(number.truncated()).ok());
    whole.ok_or_else(|| {
        invalid(format!(
            "`$size` takes a whole number from 0 up, not {}.",
            abbreviated(value)
        ))
    })
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

fn no_order(name: &str, value: &Value) -> ApiError {
    invalid(format!(
        "`{name}` compares with a number, a string, a boolean or a `$date`, not with {}.",
        abbreviated(value)
    ))
}

fn invalid(message: String) -> ApiError {
    filter::FILTER_INVALID_EXPRESSION.because(message)
}
