//! Values as the Data API writes them: JSON whose numbers lose nothing, and the few types JSON
//! lacks.
//!
//! [`Document`] and [`Value`] hold a document of any shape; [`Number`] keeps a number exactly as it
//! was written. [`Timestamp`], [`Uuid`], [`ObjectId`], [`Binary`] and [`Vector`] are fields of your
//! own structs for what the API wraps in an object (`{"$date": 1700000000000}`), and [`DocumentId`]
//! is an `_id` of any kind.
//!
//! ```
//! use astra_db::{DocumentId, Timestamp, Vector};
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Serialize, Deserialize)]
//! struct Product {
//!     #[serde(rename = "_id")]
//!     id: DocumentId,
//!     name: String,
//!     added: Timestamp,
//!     #[serde(rename = "$vector", skip_serializing_if = "Option::is_none")]
//!     vector: Option<Vector>,
//! }
//!
//! let teapot = Product {
//!     id: "teapot".into(),
//!     name: "Teapot".to_owned(),
//!     added: Timestamp::from_millis(1_700_000_000_000),
//!     vector: Some(Vector::from([1.0, 0.0])),
//! };
//! assert_eq!(
//!     serde_json::to_string(&teapot)?,
//!     r#"{"_id":"teapot","name":"Teapot","added":{"$date":1700000000000},"$vector":{"$binary":"P4AAAAAAAAA="}}"#,
//! );
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! # Numbers in your own structs
//!
//! The API stores decimals of any length and writes them with trailing zeros stripped: `100.0`
//! comes back as `1E+2`, `1.0` as `1`. A plain `f64` field reads all of these and rounds to the
//! nearest `f64`. A plain `i64` field reads integers that were written as integers, which is what
//! serde writes for it; where something else may have written the field with a fraction or an
//! exponent (`$mul`, another language), put [`integer`] on it. A field of type [`Number`] keeps
//! every digit. `#[serde(flatten)]` and `#[serde(untagged)]` make serde round numbers to `f64`
//! before they reach the field, so exact numbers belong outside of them.

mod binary;
mod captured;
mod doc_macro;
mod document;
mod document_id;
mod extended;
mod index;
pub mod integer;
pub(crate) mod not_finite;
mod number;
mod object_id;
mod parse;
mod timestamp;
mod uuid;
mod vector;

use std::fmt;

use serde::de::DeserializeOwned;
use serde::{Serialize, Serializer};

pub use self::binary::Binary;
pub use self::document::{Document, NotAnObject};
pub use self::document_id::DocumentId;
pub use self::number::{InvalidNumber, Number};
pub use self::object_id::{InvalidObjectId, ObjectId};
pub use self::timestamp::{OutOfRange, Timestamp};
pub use self::uuid::Uuid;
pub(crate) use self::uuid::plain_uuid;
pub use self::vector::Vector;

use crate::lost_order;

/// Any JSON value, with its numbers as they were written.
///
/// Values are equal when they mean the same: numbers by value (`1` is `1.0`), objects whatever the
/// order of their fields.
///
/// ```
/// use astra_db::Value;
///
/// let value: Value = r#"{"price": 12.12312321312312312312312321}"#.parse()?;
/// assert_eq!(value.get("price").unwrap().to_string(), "12.12312321312312312312312321");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Value {
    /// `null`
    #[default]
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, exactly
    Number(Number),
    /// Text
    String(String),
    /// A list of values
    Array(Vec<Self>),
    /// Fields in their order
    Object(Document),
}

impl Value {
    /// The field `name` of an object; `None` if this is no object or has no such field.
    pub fn get(&self, name: &str) -> Option<&Self> {
        self.as_object()?.get(name)
    }

    /// Whether this is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The boolean, if this is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The number, if this is one.
    pub fn as_number(&self) -> Option<&Number> {
        match self {
            Self::Number(number) => Some(number),
            _ => None,
        }
    }

    /// The number as an `i64`, if this is a number and that loses nothing (`1E+2` is 100).
    pub fn as_i64(&self) -> Option<i64> {
        self.as_number()?.to_i64()
    }

    /// The number as the nearest `f64`, if this is a number within its range.
    pub fn as_f64(&self) -> Option<f64> {
        self.as_number()?.to_f64()
    }

    /// The text, if this is a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The elements, if this is an array.
    pub fn as_array(&self) -> Option<&[Self]> {
        match self {
            Self::Array(values) => Some(values),
            _ => None,
        }
    }

    /// The fields, if this is an object.
    pub fn as_object(&self) -> Option<&Document> {
        match self {
            Self::Object(document) => Some(document),
            _ => None,
        }
    }

    /// What kind of value this is, for messages.
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

    /// This value as a type of yours.
    ///
    /// ```
    /// use astra_db::{Timestamp, Value};
    ///
    /// let value: Value = r#"{"$date": 0}"#.parse()?;
    /// assert_eq!(value.decode::<Timestamp>()?, Timestamp::from_millis(0));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        crate::json::decode(&self.to_string())
    }

    /// Any serialisable thing as a value; the inverse of [`decode`](Self::decode).
    pub fn encode<T: Serialize + ?Sized>(thing: &T) -> Result<Self, serde_json::Error> {
        let (json, order_lost) = lost_order::watched::<T, _>(|| serde_json::to_string(thing));
        let mut value: Self = json?.parse()?;
        if order_lost {
            value.mark_order_lost();
        }
        Ok(value)
    }

    /// Says of every object in it that its fields may once have stood in another order.
    fn mark_order_lost(&mut self) {
        match self {
            Self::Array(values) => values.iter_mut().for_each(Self::mark_order_lost),
            Self::Object(document) => document.mark_order_lost(),
            _ => {}
        }
    }
}

/// Compact JSON.
impl fmt::Display for Value {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = serde_json::to_string(self).map_err(|_| fmt::Error)?;
        formatter.write_str(&text)
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(number) => number.serialize(serializer),
            Self::String(text) => serializer.serialize_str(text),
            Self::Array(values) => serializer.collect_seq(values),
            Self::Object(document) => document.serialize(serializer),
        }
    }
}

macro_rules! from_variant {
    ($($source:ty => $variant:ident),* $(,)?) => {$(
        impl From<$source> for Value {
            fn from(value: $source) -> Self {
                Self::$variant(value.into())
            }
        }
    )*};
}

from_variant! {
    bool => Bool, Number => Number, String => String, &str => String, Vec<Self> => Array, Document => Object,
    i8 => Number, i16 => Number, i32 => Number, i64 => Number, i128 => Number, isize => Number,
    u8 => Number, u16 => Number, u32 => Number, u64 => Number, u128 => Number, usize => Number,
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// Exact: a [`serde_json::Value`] holds no number that this cannot. The order of fields is that of
/// the [`serde_json::Value`], which sorts them unless the program turns on `serde_json`'s feature
/// `preserve_order`. Without it, an object with several fields that comes from there is refused when
/// it is sent.
impl From<serde_json::Value> for Value {
    fn from(value: serde_json::Value) -> Self {
        match value {
            serde_json::Value::Null => Self::Null,
            serde_json::Value::Bool(value) => Self::Bool(value),
            serde_json::Value::Number(number) => Self::Number(number.into()),
            serde_json::Value::String(text) => Self::String(text),
            serde_json::Value::Array(values) => {
                Self::Array(values.into_iter().map(Self::from).collect())
            }
            serde_json::Value::Object(fields) => Self::Object(fields.into()),
        }
    }
}

/// Fails where a number would be rounded: [`serde_json::Value`] holds `i64`, `u64` and `f64` only.
impl TryFrom<Value> for serde_json::Value {
    type Error = InvalidNumber;

    fn try_from(value: Value) -> Result<Self, Self::Error> {
        Ok(match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(value),
            Value::Number(number) => Self::Number(number.try_into()?),
            Value::String(text) => Self::String(text),
            Value::Array(values) => Self::Array(
                values
                    .into_iter()
                    .map(Self::try_from)
                    .collect::<Result<_, _>>()?,
            ),
            Value::Object(document) => document.try_into()?,
        })
    }
}

#[cfg(test)]
mod tests;
