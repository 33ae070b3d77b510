//! `{"$uuid": text}`

use std::fmt;

use serde::{Serialize, Serializer};

use super::Value;
use super::extended::{self, Extended, extended};

/// What both types of UUIDs have of [`uuid::Uuid`], which they wrap.
macro_rules! plain_uuid {
    ($type:ident) => {
        impl $type {
            /// A random one, version 4.
            pub fn new_v4() -> Self {
                Self(::uuid::Uuid::new_v4())
            }

            /// A new one that sorts by the time of its making, version 7.
            pub fn now_v7() -> Self {
                Self(::uuid::Uuid::now_v7())
            }
        }

        impl From<::uuid::Uuid> for $type {
            fn from(uuid: ::uuid::Uuid) -> Self {
                Self(uuid)
            }
        }

        impl From<$type> for ::uuid::Uuid {
            fn from(uuid: $type) -> Self {
                uuid.0
            }
        }

        /// Parses what [`uuid::Uuid`] parses.
        impl std::str::FromStr for $type {
            type Err = ::uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        /// Lower case, hyphenated.
        impl std::fmt::Display for $type {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(formatter)
            }
        }
    };
}
pub(crate) use plain_uuid;

/// A UUID, on the wire `{"$uuid": "<36 characters>"}`; wraps [`uuid::Uuid`], which serde would
/// write as plain text.
///
/// It reads plain text too: collections made without a `defaultId` type generate `_id`s that are
/// plain UUID strings. The API takes `{"$uuid": X}` and the string X for the same `_id` and the
/// same value in a filter.
///
/// ```
/// use astra_db::Uuid;
///
/// let id: Uuid = "0190f7d2-7b2a-7c4e-8f0b-2f7e7a1d3c55".parse()?;
/// assert_eq!(serde_json::to_string(&id)?, r#"{"$uuid":"0190f7d2-7b2a-7c4e-8f0b-2f7e7a1d3c55"}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uuid(::uuid::Uuid);

plain_uuid!(Uuid);

impl fmt::Debug for Uuid {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Uuid({self})")
    }
}

impl From<Uuid> for Value {
    fn from(uuid: Uuid) -> Self {
        extended::wrap("$uuid", uuid.to_string())
    }
}

impl Extended for Uuid {
    const EXPECTED: &'static str = r#"{"$uuid": "<36 characters>"}"#;

    fn from_value(value: &Value) -> Option<Self> {
        value
            .as_str()
            .or_else(|| extended::content(value, "$uuid")?.as_str())?
            .parse()
            .ok()
    }
}

impl Serialize for Uuid {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        extended::serialize(serializer, "$uuid", &self.0.hyphenated().to_string())
    }
}

extended!(Uuid);
