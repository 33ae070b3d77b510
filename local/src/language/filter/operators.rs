//! The operators that compare a field: one entry and its functions for each.

use std::collections::HashSet;

use super::condition::{Property, Range, Test};
use super::entry_range::EntryRange;
use super::operand::Operand;
use crate::document::entries::{OWN, OWN_END, size_bytes};
use crate::document::id::DocumentId;
use crate::document::scalar::{BYTES, Content, Scalar};
use crate::document::special;
use crate::ejson::{self, Wrapper, abbreviated};
use crate::error::{ApiError, filter};
use crate::json::{Object, Value};
use crate::number::Decimal;
use crate::path::DocumentPath;

/// Values of `$in` and `$nin`.
const MAX_VALUES: usize = 100;

/// An operator: the test that stands below its name.
#[derive(Debug)]
pub(crate) struct Operator {
    pub(crate) name: &'static str,
    /// Whether the opposite of the test is meant.
    negated: bool,
    read: Read,
    /// For `_id`.
    read_id: Read,
}

/// Reads a value below the operator of a name, and tells whether the value asks for the opposite of the test.
type Read = fn(&str, &Value) -> Result<(Test, bool), ApiError>;

/// In the order in which messages list them.
pub(crate) static OPERATORS: &[Operator] = &[
    Operator::new("$eq", equal, id_equal),
    Operator::new("$ne", equal, id_equal).negated(),
    Operator::new("$in", one_of, id_one_of),
    Operator::new("$nin", one_of, id_one_of).negated(),
    Operator::new(
        "$gt",
        |name, value| range(Range::Greater, name, value),
        |name, value| id_range(Range::Greater, name, value),
    ),
    Operator::new(
        "$gte",
        |name, value| range(Range::GreaterOrEqual, name, value),
        |name, value| id_range(Range::GreaterOrEqual, name, value),
    ),
    Operator::new(
        "$lt",
        |name, value| range(Range::Less, name, value),
        |name, value| id_range(Range::Less, name, value),
    ),
    Operator::new(
        "$lte",
        |name, value| range(Range::LessOrEqual, name, value),
        |name, value| id_range(Range::LessOrEqual, name, value),
    ),
    Operator::new("$exists", exists, exists),
    Operator::new("$all", all, never_of_id),
    Operator::new("$size", size, never_of_id),
];

pub(crate) fn named(name: &str) -> Option<&'static Operator> {
    OPERATORS.iter().find(|operator| operator.name == name)
}

/// The names of all operators, for messages.
pub(super) fn names() -> String {
    let names = OPERATORS
        .iter()
        .map(|operator| format!("`{}`", operator.name));
    let names: Vec<_> = names.collect();
    match names.split_last() {
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}

impl Operator {
    const fn new(name: &'static str, read: Read, read_id: Read) -> Self {
        Self {
            name,
            negated: false,
            read,
            read_id,
        }
    }

    const fn negated(self) -> Self {
        Self {
            negated: true,
            ..self
        }
    }

    /// Reads the value below the operator, and tells whether the opposite of the test is meant.
    pub(super) fn read(
        &self,
        path: &DocumentPath,
        value: &Value,
    ) -> Result<(Test, bool), ApiError> {
        let read = if path.is_field(special::ID) {
            self.read_id
        } else {
            self.read
        };
        read(self.name, value).map(|(test, opposite)| (test, opposite != self.negated))
    }

    /// Whether a value can stand below the operator.
    pub(crate) fn takes(&self, value: &Value) -> bool {
        (self.read)(self.name, value).is_ok()
    }
}

fn equal(_: &str, value: &Value) -> Result<(Test, bool), ApiError> {
    Ok((Test::Equal(Operand::parse(value)?), false))
}

fn id_equal(name: &str, value: &Value) -> Result<(Test, bool), ApiError> {
    if value.as_array().is_some() {
        return never_of_id(name, value);
    }
    Ok((Test::Id(DocumentId::from_value(value)?), false))
}

fn one_of(name: &str, value: &Value) -> Result<(Test, bool), ApiError> {
    let operands = list(name, value)?.iter().map(Operand::parse_element);
    Ok((Test::In(operands.collect::<Result<_, _>>()?), false))
}

fn id_one_of(name: &str, value: &Value) -> Result<(Test, bool), ApiError> {
    if value.as_array().is_none() {
        DocumentId::from_value(value)?;
    }
    let ids = list(name, value)?.iter().map(DocumentId::from_value);
    Ok((Test::IdIn(ids.collect::<Result<_, _>>()?), false))
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

fn range(range: Range, name: &str, value: &Value) -> Result<(Test, bool), ApiError> {
    let bound = match Operand::parse(value)? {
        Operand::Container(Value::Object(object)) if is_binary(&object) => {
            Scalar::Text(BYTES.into())
        }
        Operand::Scalar(Scalar::Null, _) | Operand::Container(_) => {
            return Err(no_order(name, value));
        }
        Operand::Scalar(scalar, _) => scalar,
    };
    Ok((Test::Range(range, bound), false))
}

fn is_binary(object: &Object) -> bool {
    matches!(ejson::wrapper(object), Some((Wrapper::Binary, _)))
}

fn id_range(range: Range, name: &str, value: &Value) -> Result<(Test, bool), ApiError> {
    if value.as_array().is_some() {
        return never_of_id(name, value);
    }
    Ok((Test::Range(range, id_bound(name, value)?), false))
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

fn exists(_: &str, value: &Value) -> Result<(Test, bool), ApiError> {
    match value {
        Value::Bool(wanted) => {
            let property = Property {
                operand: Scalar::Null,
                holds: |_, _| true,
                entries: Some(|_| EntryRange::between(vec![OWN], vec![OWN_END])),
            };
            Ok((Test::Property(property), !wanted))
        }
        other => Err(invalid(format!(
            "`$exists` takes true or false, not {}.",
            other.kind()
        ))),
    }
}

fn all(_: &str, value: &Value) -> Result<(Test, bool), ApiError> {
    let operands = value
        .as_array()
        .filter(|items| !items.is_empty())
        .ok_or_else(|| invalid("`$all` takes an array of at least one value.".to_owned()))?;
    // Twice the same asks for nothing more. Each is looked for in whole arrays.
    let mut asked = HashSet::new();
    let operands = operands
        .iter()
        .filter(|operand| asked.insert(operand.to_json()))
        .map(Operand::parse_element);
    Ok((Test::All(operands.collect::<Result<_, _>>()?), false))
}

fn size(_: &str, value: &Value) -> Result<(Test, bool), ApiError> {
    let number = value
        .as_number()
        .map(|number| Decimal::parse(number.as_str()))
        .filter(|number| number.is_whole() && number.truncated() >= 0);
    let Some(number) = number else {
        return Err(invalid(format!(
            "`$size` takes a whole number from 0 up, not {}.",
            abbreviated(value)
        )));
    };
    let property = Property {
        operand: Scalar::Number(number),
        holds: |content, size| {
            let length = |items: &[Value]| u64::try_from(items.len()).ok();
            matches!(content, Content::Array(items) if length(items) == Some(whole(size)))
        },
        entries: Some(|size| EntryRange::Point(size_bytes(whole(size)))),
    };
    Ok((Test::Property(property), false))
}

fn whole(number: &Scalar<'_>) -> u64 {
    match number {
        Scalar::Number(number) => number.truncated().unsigned_abs(),
        _ => 0,
    }
}

fn never_of_id(name: &str, value: &Value) -> Result<(Test, bool), ApiError> {
    Err(invalid(format!(
        "`_id` is never an array, so `{name}` cannot be used with {} here. Use `$eq` or `$in`.",
        abbreviated(value)
    )))
}

fn no_order(name: &str, value: &Value) -> ApiError {
    invalid(format!(
        "`{name}` compares with a number, a string, a boolean or a `$date`, not with {}.",
        abbreviated(value)
    ))
}

pub(super) fn invalid(message: String) -> ApiError {
    filter::FILTER_INVALID_EXPRESSION.because(message)
}
