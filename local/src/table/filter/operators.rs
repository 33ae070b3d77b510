//! The operators that compare a column: one entry and its function for each.

use super::comparison::{Containment, Relation, Test, Unfit};
use super::operand::{invalid, operand};
use crate::error::{ApiError, filter};
use crate::json::Value;
use crate::language::filter::operators as collections;

/// Values of one `$in` or `$nin`.
const MAX_VALUES: usize = 100;

/// Reads what stands below an operator of a column: the column, the operator's name, the value.
pub(super) type Read = fn(&str, &str, &Value) -> Result<Test, ApiError>;

/// Those of columns with one value, in the order in which messages list them.
static OPERATORS: &[(&str, Read)] = &[
    ("$eq", |column, _, value| {
        Ok(Test::equal(column, operand(value)?))
    }),
    ("$ne", |column, _, value| {
        Ok(Test::is(column, Relation::NotEqual, operand(value)?))
    }),
    ("$gt", |column, operator, value| {
        ordered(column, operator, Relation::Greater, value)
    }),
    ("$gte", |column, operator, value| {
        ordered(column, operator, Relation::GreaterOrEqual, value)
    }),
    ("$lt", |column, operator, value| {
        ordered(column, operator, Relation::Less, value)
    }),
    ("$lte", |column, operator, value| {
        ordered(column, operator, Relation::LessOrEqual, value)
    }),
    ("$in", |_, operator, value| {
        values(operator, value).map(Test::In)
    }),
    ("$nin", |_, operator, value| {
        values(operator, value).map(Test::NotIn)
    }),
    ("$match", |_, _, value| terms(value)),
];

/// Those of lists, sets and maps.
static CONTAINMENTS: &[(&str, Containment)] = &[
    ("$in", Containment::Any),
    ("$nin", Containment::None),
    ("$all", Containment::All),
];

/// What reads the value of an operator; those that only collections have are read, too.
pub(super) fn named(name: &str) -> Option<Read> {
    let own = OPERATORS.iter().find(|(known, _)| *known == name);
    own.map(|(_, read)| *read)
        .or_else(|| collections::named(name).map(|_| of_collections as Read))
}

/// The names of all operators, for messages.
pub(super) fn names() -> String {
    let names: Vec<_> = OPERATORS.iter().map(|(name, _)| *name).collect();
    names.join(", ")
}

pub(super) fn containment(name: &str) -> Option<Containment> {
    let found = CONTAINMENTS.iter().find(|(known, _)| *known == name);
    found.map(|(_, containment)| *containment)
}

/// The names of the operators of containers, for messages, with this before the last.
pub(super) fn containments(last: &str) -> String {
    let names: Vec<_> = CONTAINMENTS.iter().map(|(name, _)| *name).collect();
    match names.split_last() {
        Some((name, others)) => format!("{}{last}{name}", others.join(", ")),
        None => String::new(),
    }
}

impl Test {
    pub(super) fn equal(column: &str, value: Value) -> Self {
        Self::is(column, Relation::Equal, value)
    }

    fn is(column: &str, relation: Relation, value: Value) -> Self {
        let unfit = |is_object, what: &str| {
            let message = format!(
                "The column '{column}' cannot be compared with {what}. Compare it with a value of its type."
            );
            Self::Unfit(Unfit {
                is_object,
                error: filter::FILTER_UNSUPPORTED_DATA_TYPE.because(message),
            })
        };
        match &value {
            Value::Null => unfit(false, "null: no value is equal or unequal to nothing"),
            Value::Array(_) => unfit(false, "an array"),
            Value::Object(object) if object.contains_key("$date") => {
                unfit(false, "a $date; write it as text")
            }
            Value::Object(object) if object.contains_key("$binary") && object.len() == 1 => {
                Self::Is(relation, value)
            }
            Value::Object(_) => unfit(true, "an object"),
            _ => Self::Is(relation, value),
        }
    }
}

fn ordered(
    name: &str,
    operator: &str,
    relation: Relation,
    value: &Value,
) -> Result<Test, ApiError> {
    let value = operand(value)?;
    let is_date = value
        .as_object()
        .is_some_and(|object| object.contains_key("$date"));
    match value {
        Value::String(_) | Value::Bool(_) | Value::Number(_) => Ok(Test::is(name, relation, value)),
        Value::Object(_) if is_date => Ok(Test::is(name, relation, value)),
        other => Err(invalid(format!(
            "'{operator}' needs a string, a number or a boolean; it has {}.",
            other.kind()
        ))),
    }
}

fn values(operator: &str, value: &Value) -> Result<Vec<Value>, ApiError> {
    match operand(value)? {
        Value::Array(values) => {
            check_count(operator, &values)?;
            Ok(values.into_iter().collect())
        }
        other => Err(invalid(format!(
            "'{operator}' needs an array; it has {}.",
            other.kind()
        ))),
    }
}

pub(super) fn check_count(operator: &str, values: &[Value]) -> Result<(), ApiError> {
    if values.len() <= MAX_VALUES {
        return Ok(());
    }
    Err(invalid(format!(
        "'{operator}' has {} values; at most {MAX_VALUES} are possible.",
        values.len()
    )))
}

fn terms(value: &Value) -> Result<Test, ApiError> {
    match operand(value)? {
        Value::String(text) => Ok(Test::Match(text)),
        other => Err(invalid(format!(
            "'$match' needs a string; it has {}.",
            other.kind()
        ))),
    }
}

/// Operators columns do not have: their operands are checked nevertheless, then they are refused.
fn of_collections(column: &str, operator: &str, value: &Value) -> Result<Test, ApiError> {
    let value = operand(value)?;
    let fits = collections::named(operator).is_some_and(|operator| operator.takes(&value));
    if !fits {
        return Err(invalid(format!(
            "'{operator}' cannot have {}.",
            value.kind()
        )));
    }
    let message = format!("'{operator}' does not work on the column '{column}'.");
    Ok(Test::Unfit(Unfit {
        is_object: false,
        error: filter::FILTER_UNSUPPORTED_OPERATOR.because(message),
    }))
}
