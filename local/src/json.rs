//! Exact JSON: numbers keep the text they were sent as, objects keep their order, a key given twice is refused.
//!
//! `serde_json` can keep number text only by a feature that changes `flatten` and untagged enums for every crate of
//! the build, and it silently keeps the last of two equal keys; both matter to a database.

pub(crate) mod float;
pub(crate) mod lenient;
mod object;
mod parse_error;
mod read;
mod reader;
mod scan;
mod write;

use thin_vec::ThinVec;

pub(crate) use object::Object;
pub(crate) use parse_error::ParseErrorKind;
pub(crate) use read::{Begun, begun, parse, parse_stored};
pub(crate) use scan::{memory_of_values, nests_beyond};
pub(crate) use write::write_string;

/// A JSON value. Equality is literal: numbers by their text, objects with the order of their fields.
///
/// A request can be an array of ten million numbers, so a value is as small as it can be: 24 bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    Number(Number),
    String(String),
    Array(ThinVec<Self>),
    Object(Object),
}

/// A JSON number as its literal text, such as `1.50` or `1e400`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Number(Digits);

/// Most numbers are short enough to be kept where a pointer to them would be.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Digits {
    Short(u8, [u8; SHORT]),
    Long(ThinVec<u8>),
}

const SHORT: usize = 14;

impl Number {
    /// Takes text that already is a valid JSON number; the reader is the judge of text from outside.
    pub(crate) fn new(text: impl AsRef<str>) -> Self {
        let text = text.as_ref().as_bytes();
        let mut short = [0; SHORT];
        Self(
            match (short.get_mut(..text.len()), u8::try_from(text.len())) {
                (Some(place), Ok(length)) => {
                    place.copy_from_slice(text);
                    Digits::Short(length, short)
                }
                _ => Digits::Long(text.into()),
            },
        )
    }

    pub(crate) fn as_str(&self) -> &str {
        let digits = match &self.0 {
            Digits::Short(length, short) => &short[..usize::from(*length)],
            Digits::Long(long) => long,
        };
        std::str::from_utf8(digits).expect("a number was made of text")
    }
}

impl Value {
    pub(crate) fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    pub(crate) fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    pub(crate) fn as_number(&self) -> Option<&Number> {
        match self {
            Self::Number(number) => Some(number),
            _ => None,
        }
    }

    pub(crate) fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn as_array(&self) -> Option<&[Self]> {
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }

    pub(crate) fn as_object(&self) -> Option<&Object> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The kind of value in words fit for a message: "an object", "a number".
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::String(_) => "a string",
            Self::Array(_) => "an array",
            Self::Object(_) => "an object",
        }
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::String(text)
    }
}

impl From<Vec<Self>> for Value {
    fn from(items: Vec<Self>) -> Self {
        Self::Array(items.into())
    }
}

impl From<Object> for Value {
    fn from(object: Object) -> Self {
        Self::Object(object)
    }
}

impl From<Number> for Value {
    fn from(number: Number) -> Self {
        Self::Number(number)
    }
}

macro_rules! from_integer {
    ($($integer:ty),*) => {$(
        impl From<$integer> for Value {
            fn from(integer: $integer) -> Self {
                Self::Number(Number::new(integer.to_string()))
            }
        }
    )*};
}

from_integer!(i32, i64, u32, u64, usize);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_small() {
        assert_eq!(size_of::<Value>(), 24);
    }

    #[test]
    fn numbers_keep_their_text_at_any_length() {
        for text in ["0", "12345678901234", "123456789012345", &"9".repeat(300)] {
            assert_eq!(Number::new(text).as_str(), text);
        }
    }
}
