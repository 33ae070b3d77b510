//! What a single value is to filters, sorts and the index.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::fingerprint;
use crate::ejson::{self, Extended};
use crate::json::{Object, Value};
use crate::number::{self, Decimal, ordered};

/// A value that has an order among its kind. Ids wrapped as `{"$uuid"}` and `{"$objectId"}` are lower-case text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Scalar<'a> {
    Null,
    Bool(bool),
    Number(Decimal),
    Text(Cow<'a, str>),
    Date(i64),
}

/// Where the real server puts bytes among texts: it takes them for what its language writes for an array of bytes.
pub(crate) const BYTES: &str = "[B@";

/// A value as filters see it.
#[derive(Clone, Debug)]
pub(crate) enum Content<'a> {
    Scalar(Scalar<'a>),
    Array(&'a [Value]),
    Object(&'a Object),
    /// Something only known to exist, such as bytes.
    Opaque,
}

impl<'a> Content<'a> {
    /// A value as it is seen at its own path.
    pub(crate) fn at_path(value: &'a Value) -> Self {
        match value {
            Value::Object(object) => match ejson::wrapper(object) {
                None => Self::Object(object),
                Some((wrapper, content)) => match wrapper.read(content) {
                    Some(Extended::Date(instant)) => Self::Scalar(Scalar::Date(instant)),
                    Some(Extended::Uuid(text) | Extended::ObjectId(text)) => {
                        Self::Scalar(Scalar::Text(Cow::Owned(text)))
                    }
                    Some(Extended::Binary(_)) | None => Self::Opaque,
                },
            },
            other => Self::plain(other),
        }
    }

    /// A value as it is seen as an element of an array. There the ids are objects of one field, and only dates scalars.
    pub(crate) fn in_array(value: &'a Value) -> Self {
        match value {
            Value::Object(object) => match ejson::date(object) {
                Some(instant) => Self::Scalar(Scalar::Date(instant)),
                None => Self::Object(object),
            },
            other => Self::plain(other),
        }
    }

    fn plain(value: &'a Value) -> Self {
        match value {
            Value::Null => Self::Scalar(Scalar::Null),
            Value::Bool(value) => Self::Scalar(Scalar::Bool(*value)),
            Value::Number(number) => Self::Scalar(Scalar::Number(Decimal::parse(number.as_str()))),
            Value::String(text) => Self::Scalar(Scalar::Text(Cow::Borrowed(text))),
            Value::Array(items) => Self::Array(items),
            Value::Object(object) => Self::Object(object),
        }
    }

    /// Where this value stands in comparisons that order values: containers stand among the texts, by a fingerprint
    /// of their content.
    pub(crate) fn ordering_scalar(&self) -> Option<Scalar<'a>> {
        match self {
            Self::Scalar(scalar) => Some(scalar.clone()),
            Self::Array(items) => Some(Scalar::Text(Cow::Owned(fingerprint::of_array(items)))),
            Self::Object(object) => Some(Scalar::Text(Cow::Owned(fingerprint::of_object(object)))),
            Self::Opaque => None,
        }
    }
}

impl Scalar<'_> {
    pub(crate) fn into_owned(self) -> Scalar<'static> {
        match self {
            Self::Null => Scalar::Null,
            Self::Bool(value) => Scalar::Bool(value),
            Self::Number(number) => Scalar::Number(number),
            Self::Text(text) => Scalar::Text(Cow::Owned(text.into_owned())),
            Self::Date(instant) => Scalar::Date(instant),
        }
    }

    /// The order of two values of one type; values of different types have none.
    pub(crate) fn compare(&self, other: &Scalar<'_>) -> Option<Ordering> {
        match (self, other) {
            (Self::Null, Scalar::Null) => Some(Ordering::Equal),
            (Self::Bool(left), Scalar::Bool(right)) => Some(left.cmp(right)),
            (Self::Number(left), Scalar::Number(right)) => Some(left.cmp(right)),
            (Self::Text(left), Scalar::Text(right)) => Some(left.as_bytes().cmp(right.as_bytes())),
            (Self::Date(left), Scalar::Date(right)) => Some(left.cmp(right)),
            _ => None,
        }
    }

    /// Appends bytes that compare as values of this type do.
    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::Null => {}
            Self::Bool(value) => out.push(u8::from(*value)),
            Self::Number(number) => number.encode(out),
            Self::Text(text) => out.extend(text.as_bytes()),
            Self::Date(instant) => out.extend(ordered(*instant)),
        }
    }
}

/// Whether two values have the same content: numbers by value, fields in the same order.
pub(crate) fn same_content(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => {
            number::compare(left.as_str(), right.as_str()).is_eq()
        }
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .zip(right)
                    .all(|(left, right)| same_content(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .zip(right)
                    .all(|((name, left), (other, right))| {
                        name == other && same_content(left, right)
                    })
        }
        _ => left == right,
    }
}

/// Whether two values are equal to updates, which tell `1` from `1.0`.
pub(crate) fn same_representation(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => {
            number::same_representation(left.as_str(), right.as_str())
        }
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .zip(right)
                    .all(|(left, right)| same_representation(left, right))
        }
        (Value::Object(left), Value::Object(right)) => same_fields(left.iter(), right.iter()),
        _ => left == right,
    }
}

/// Whether two lists of fields are equal to updates, the order of the fields included.
pub(crate) fn same_fields<'a>(
    left: impl Iterator<Item = (&'a String, &'a Value)>,
    right: impl Iterator<Item = (&'a String, &'a Value)>,
) -> bool {
    let (left, right): (Vec<_>, Vec<_>) = (left.collect(), right.collect());
    left.len() == right.len()
        && left
            .iter()
            .zip(&right)
            .all(|((name, left), (other, right))| name == other && same_representation(left, right))
}

/// Appends bytes that are equal for values of the [`same_representation`], and only for them.
pub(crate) fn encode_representation(value: &Value, out: &mut Vec<u8>) {
    let text = |text: &str, out: &mut Vec<u8>| {
        out.extend(text.len().to_be_bytes());
        out.extend(text.as_bytes());
    };
    match value {
        Value::Null => out.push(b'z'),
        Value::Bool(value) => out.extend([b'b', u8::from(*value)]),
        Value::Number(number) => {
            out.push(if number::is_integer(number.as_str()) {
                b'i'
            } else {
                b'd'
            });
            Decimal::parse(number.as_str()).encode(out);
        }
        Value::String(string) => {
            out.push(b's');
            text(string, out);
        }
        Value::Array(items) => {
            out.push(b'a');
            out.extend(items.len().to_be_bytes());
            for item in items {
                encode_representation(item, out);
            }
        }
        Value::Object(object) => {
            out.push(b'o');
            out.extend(object.len().to_be_bytes());
            for (name, value) in object {
                text(name, out);
                encode_representation(value, out);
            }
        }
    }
}
