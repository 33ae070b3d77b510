//! `uuid` and `timeuuid`

use std::fmt;
use std::str::FromStr;

use super::text::as_text;
use crate::value;

/// A UUID: a column of type `uuid` or `timeuuid`.
///
/// On the wire it is plain text. [`astra_db::Uuid`](crate::Uuid) is the same in a collection, where
/// it is written `{"$uuid": …}`, which a table does not take for a value. The two and
/// [`uuid::Uuid`] convert into each other.
///
/// ```
/// use astra_db::table::Uuid;
///
/// let id: Uuid = "0190F7D2-7B2A-7C4E-8F0B-2F7E7A1D3C55".parse()?;
/// assert_eq!(serde_json::to_string(&id)?, r#""0190f7d2-7b2a-7c4e-8f0b-2f7e7a1d3c55""#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uuid(::uuid::Uuid);

impl Uuid {
    /// A random one, version 4.
    pub fn new_v4() -> Self {
        Self(::uuid::Uuid::new_v4())
    }

    /// A new one that sorts by the time of its making, version 7.
    pub fn now_v7() -> Self {
        Self(::uuid::Uuid::now_v7())
    }
}

impl From<::uuid::Uuid> for Uuid {
    fn from(uuid: ::uuid::Uuid) -> Self {
        Self(uuid)
    }
}

impl From<Uuid> for ::uuid::Uuid {
    fn from(uuid: Uuid) -> Self {
        uuid.0
    }
}

impl From<value::Uuid> for Uuid {
    fn from(uuid: value::Uuid) -> Self {
        Self(uuid.into())
    }
}

impl From<Uuid> for value::Uuid {
    fn from(uuid: Uuid) -> Self {
        uuid.0.into()
    }
}

/// Parses what [`uuid::Uuid`] parses.
impl FromStr for Uuid {
    type Err = ::uuid::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

/// Lower case, hyphenated.
impl fmt::Display for Uuid {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl fmt::Debug for Uuid {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Uuid({})", self.0)
    }
}

as_text!(Uuid);
