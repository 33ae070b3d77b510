//! Column values that travel as strings.

use std::borrow::Cow;

use crate::shortened::shortened;

/// Text that is not of the form a column type has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not {expected}")]
pub struct InvalidText {
    pub(super) text: String,
    pub(super) expected: &'static str,
}

impl InvalidText {
    pub(super) fn new(text: impl Into<String>, expected: &'static str) -> Self {
        Self {
            text: shortened(&text.into(), 100),
            expected,
        }
    }
}

/// Text out of any deserializer, for the types of [`as_text`].
pub(super) fn parse<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: std::str::FromStr<Err: std::fmt::Display>,
    D: serde::Deserializer<'de>,
{
    let text: Cow<'de, str> = serde::Deserialize::deserialize(deserializer)?;
    text.parse().map_err(serde::de::Error::custom)
}

/// serde and [`Value`](crate::Value) conversions, and `Debug`, of a type that `Display` writes and
/// `FromStr` reads.
macro_rules! as_text {
    ($type:ident) => {
        impl std::fmt::Debug for $type {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(formatter, concat!(stringify!($type), "({})"), self)
            }
        }

        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                crate::column_value::text::parse(deserializer)
            }
        }

        impl From<$type> for crate::Value {
            fn from(value: $type) -> Self {
                Self::String(value.to_string())
            }
        }
    };
}
pub(super) use as_text;

/// The number that exactly `count` ASCII digits at the beginning of `text` are, and the rest.
pub(super) fn digits(text: &str, count: usize) -> Option<(u32, &str)> {
    let (number, rest) = text.split_at_checked(count)?;
    let all_digits = number.bytes().all(|byte| byte.is_ascii_digit());
    Some((number.parse().ok().filter(|_| all_digits)?, rest))
}
