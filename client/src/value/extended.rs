//! The objects with one `$` field by which JSON carries what it has no type for.

use serde::de::Error as _;
use serde::{Deserializer, Serialize, Serializer};

use super::captured::Captured;
use super::{Document, Value};

/// A type that travels as `{"$name": content}`.
pub(super) trait Extended: Sized {
    /// The form, for error messages.
    const EXPECTED: &'static str;

    fn from_value(value: &Value) -> Option<Self>;
}

pub(super) fn deserialize<'de, T: Extended, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    let value: Value = Captured::from_deserializer(deserializer)?.into_value()?;
    T::from_value(&value).ok_or_else(|| {
        D::Error::custom(format_args!(
            "expected {}, found {}",
            T::EXPECTED,
            value.kind()
        ))
    })
}

pub(super) fn serialize<S: Serializer>(
    serializer: S,
    name: &str,
    content: &impl Serialize,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map([(name, content)])
}

/// The content of an object whose only field is `name`.
pub(super) fn content<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    value
        .as_object()
        .filter(|document| document.len() == 1)?
        .get(name)
}

pub(super) fn wrap(name: &str, content: impl Into<Value>) -> Value {
    Value::Object(Document::from([(name, content)]))
}

/// serde and [`Value`] conversions of one extended type.
macro_rules! extended {
    ($type:ty) => {
        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::value::extended::deserialize(deserializer)
            }
        }
    };
}

pub(super) use extended;
