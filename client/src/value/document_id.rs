//! `_id`

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::captured::Captured;
use super::extended::{self, Extended};
use super::{Number, ObjectId, Timestamp, Uuid, Value};

/// The `_id` of a document: every kind the API knows.
///
/// Two ids are equal here if they are of one kind and mean the same (the numbers `1` and `1.0`).
/// The API goes further: to it a UUID or ObjectId and the string of the same characters are one
/// `_id`.
///
/// ```
/// use astra_db::{DocumentId, ObjectId};
///
/// assert_eq!(DocumentId::from("teapot").as_str(), Some("teapot"));
/// assert_eq!(DocumentId::from(7), serde_json::from_str("7.0")?);
///
/// let id = ObjectId::new();
/// assert_eq!(DocumentId::from(id).as_object_id(), Some(id));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DocumentId {
    /// Text, what the API generates unless the collection says otherwise (a UUID as text)
    String(String),
    /// A number
    Number(Number),
    /// `true` or `false`
    Bool(bool),
    /// `null`, which is an id like any other
    Null,
    /// `{"$date": …}`
    Date(Timestamp),
    /// `{"$uuid": …}`
    Uuid(Uuid),
    /// `{"$objectId": …}`
    ObjectId(ObjectId),
    /// An id of a kind this version of the crate has no type for, as it came
    Other(Value),
}

impl DocumentId {
    /// The text, if the id is a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The number, if the id is an integer within range.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Number(number) => number.to_i64(),
            _ => None,
        }
    }

    /// The UUID, if the id is one, wrapped or as text.
    pub fn as_uuid(&self) -> Option<Uuid> {
        match self {
            Self::Uuid(uuid) => Some(*uuid),
            Self::String(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// The ObjectId, if the id is one.
    pub fn as_object_id(&self) -> Option<ObjectId> {
        match self {
            Self::ObjectId(id) => Some(*id),
            _ => None,
        }
    }

    /// The point in time, if the id is a date.
    pub fn as_timestamp(&self) -> Option<Timestamp> {
        match self {
            Self::Date(timestamp) => Some(*timestamp),
            _ => None,
        }
    }
}

/// The id as one would write it in a URL or a log: text as it is, the rest as digits or JSON.
impl fmt::Display for DocumentId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::String(text) => formatter.pad(text),
            Self::Uuid(uuid) => uuid.fmt(formatter),
            Self::ObjectId(id) => id.fmt(formatter),
            other => Value::from(other.clone()).fmt(formatter),
        }
    }
}

impl From<Value> for DocumentId {
    fn from(value: Value) -> Self {
        match value {
            Value::String(text) => Self::String(text),
            Value::Number(number) => Self::Number(number),
            Value::Bool(value) => Self::Bool(value),
            Value::Null => Self::Null,
            other => extended::content(&other, "$date")
                .and_then(|_| Timestamp::from_value(&other).map(Self::Date))
                .or_else(|| Uuid::from_value(&other).map(Self::Uuid))
                .or_else(|| ObjectId::from_value(&other).map(Self::ObjectId))
                .unwrap_or(Self::Other(other)),
        }
    }
}

impl From<DocumentId> for Value {
    fn from(id: DocumentId) -> Self {
        match id {
            DocumentId::String(text) => text.into(),
            DocumentId::Number(number) => number.into(),
            DocumentId::Bool(value) => value.into(),
            DocumentId::Null => Self::Null,
            DocumentId::Date(timestamp) => timestamp.into(),
            DocumentId::Uuid(uuid) => uuid.into(),
            DocumentId::ObjectId(id) => id.into(),
            DocumentId::Other(value) => value,
        }
    }
}

macro_rules! from_variant {
    ($($source:ty => $variant:ident),* $(,)?) => {$(
        impl From<$source> for DocumentId {
            fn from(value: $source) -> Self {
                Self::$variant(value.into())
            }
        }
    )*};
}

from_variant! {
    String => String, &str => String, &String => String, bool => Bool, Number => Number, Timestamp => Date,
    Uuid => Uuid, ::uuid::Uuid => Uuid, ObjectId => ObjectId,
    i32 => Number, i64 => Number, u32 => Number, u64 => Number, usize => Number,
}

impl Serialize for DocumentId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::String(text) => serializer.serialize_str(text),
            Self::Number(number) => number.serialize(serializer),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Null => serializer.serialize_unit(),
            Self::Date(timestamp) => timestamp.serialize(serializer),
            Self::Uuid(uuid) => uuid.serialize(serializer),
            Self::ObjectId(id) => id.serialize(serializer),
            Self::Other(value) => value.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for DocumentId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Captured::from_deserializer(deserializer)?
            .into_value()
            .map(|value: Value| value.into())
    }
}
