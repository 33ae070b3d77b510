//! `uuid` and `timeuuid`

use super::text::as_text;
use crate::value::{self, plain_uuid};

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

plain_uuid!(Uuid);

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

as_text!(Uuid);
