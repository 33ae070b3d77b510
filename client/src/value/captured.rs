//! Takes a value out of any deserializer; out of `serde_json`'s, as the text it was written with.
//!
//! serde's data model has no number but `i64`, `u64`, `i128`, `u128` and `f64`, so a decimal is
//! rounded before a `Visitor` sees it. `serde_json`'s `RawValue` gives the text instead, but only
//! where `serde_json` itself is the deserializer: inside `#[serde(flatten)]` and untagged enums it
//! fails. This does what `RawValue` does where that works, and reads serde's data model elsewhere.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::{Document, Number, Value};
use crate::json::RAW_TOKEN;

pub(super) enum Captured<'de> {
    Text(Cow<'de, str>),
    Value(Value),
}

impl<'de> Captured<'de> {
    pub(super) fn from_deserializer<D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(RAW_TOKEN, CapturedVisitor)
    }

    pub(super) fn into_value<E: serde::de::Error>(self) -> Result<Value, E> {
        match self {
            Self::Text(text) => text.parse().map_err(E::custom),
            Self::Value(value) => Ok(value),
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Captured::from_deserializer(deserializer)?.into_value()
    }
}

impl<'de> Deserialize<'de> for Document {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        value.try_into().map_err(D::Error::custom)
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::Number(number) => Ok(number),
            other => Err(D::Error::custom(format_args!(
                "expected a number, found {}",
                other.kind()
            ))),
        }
    }
}

struct CapturedVisitor;

impl<'de> Visitor<'de> for CapturedVisitor {
    type Value = Captured<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut document = Document::new();
        while let Some(name) = map.next_key::<String>()? {
            if name == RAW_TOKEN && document.is_empty() {
                return map.next_value_seed(RawText).map(Captured::Text);
            }
            document.insert(name, map.next_value::<Value>()?);
        }
        Ok(Captured::Value(Value::Object(document)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self::Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = elements.next_element()? {
            values.push(value);
        }
        Ok(Captured::Value(Value::Array(values)))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<Self::Value, D::Error> {
        inner.deserialize_any(self)
    }

    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<Self::Value, D::Error> {
        Captured::from_deserializer(inner)
    }

    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(Captured::Value(Value::Null))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Captured::Value(Value::Null))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Captured::Value(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Captured::Value(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Captured::Value(value.into()))
    }

    fn visit_i128<E>(self, value: i128) -> Result<Self::Value, E> {
        Ok(Captured::Value(value.into()))
    }

    fn visit_u128<E>(self, value: u128) -> Result<Self::Value, E> {
        Ok(Captured::Value(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Self::Value, E> {
        Number::try_from(value)
            .map(|number| Captured::Value(number.into()))
            .map_err(E::custom)
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Captured::Value(text.into()))
    }

    fn visit_string<E>(self, text: String) -> Result<Self::Value, E> {
        Ok(Captured::Value(text.into()))
    }
}

/// The text of a raw value, borrowed where the input outlives it.
struct RawText;

impl<'de> DeserializeSeed<'de> for RawText {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for RawText {
    type Value = Cow<'de, str>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the text of a JSON value")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serde_json_still_gives_the_text_of_a_value() {
        let captured =
            Captured::from_deserializer(&mut serde_json::Deserializer::from_str(" [1.0,1E+2] "));
        match captured {
            Ok(Captured::Text(Cow::Borrowed(text))) => assert_eq!(text, "[1.0,1E+2]"),
            Ok(_) => panic!("serde_json no longer knows {RAW_TOKEN}"),
            Err(error) => panic!("{error}"),
        }
    }
}
