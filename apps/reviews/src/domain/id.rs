//! Ids as types of their own: an id that parsed is well formed, and one kind is never taken for
//! another.
//!
//! A missing or malformed id therefore never reaches a filter, where it could match somebody else's
//! row.

use std::fmt;
use std::str::FromStr;

use astra_db::model::{ColumnValue, ElementValue, KeyValue};
use astra_db::schema::ColumnType;
use astra_db::table::Uuid;
use serde::{Deserialize, Serialize};

/// The text is not an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not a valid id")]
pub struct MalformedId;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "Uuid")]
        pub struct $name(Uuid);

        impl $name {
            /// A new one. Ids made later are greater, to the millisecond across machines and
            /// strictly within one program.
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }

            /// The id as 16 bytes.
            pub fn to_bytes(self) -> [u8; 16] {
                uuid::Uuid::from(self.0).into_bytes()
            }

            /// The id of these bytes.
            pub fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(uuid::Uuid::from_bytes(bytes).into())
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::new()
            }
        }

        impl FromStr for $name {
            type Err = MalformedId;

            fn from_str(text: &str) -> Result<Self, MalformedId> {
                // A UUID can be written in other ways too; one address for one thing is enough.
                let parsed = text.parse().ok().filter(|_| text.len() == 36);
                parsed.map(Self).ok_or(MalformedId)
            }
        }

        impl TryFrom<String> for $name {
            type Error = MalformedId;

            fn try_from(text: String) -> Result<Self, MalformedId> {
                text.parse()
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl ColumnValue for $name {
            fn column_type() -> ColumnType {
                ColumnType::Uuid
            }
        }
        impl ElementValue for $name {}
        impl KeyValue for $name {}
    )*};
}

ids! {
    /// A vehicle's id.
    VehicleId,
    /// A user's id.
    UserId,
    /// A review's id. It begins with the time of its making, so reviews sort by it.
    ReviewId,
    /// A change of a review. It begins with the time of its making.
    ChangeId,
}

impl ChangeId {
    /// When it was made, in milliseconds since 1970.
    pub fn made_at_ms(self) -> i64 {
        let made = uuid::Uuid::from(self.0).get_timestamp();
        let (seconds, nanoseconds) = made.map_or((0, 0), |made| made.to_unix());
        i64::try_from(seconds).map_or(i64::MAX, |seconds| {
            seconds
                .saturating_mul(1000)
                .saturating_add(i64::from(nanoseconds / 1_000_000))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_only_in_its_usual_spelling() {
        let id = ReviewId::new();
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(id.to_string().to_uppercase().parse(), Ok(id));
        let text = id.to_string();
        for bad in [
            String::new(),
            text.replace('-', ""),
            format!("{{{text}}}"),
            format!("urn:uuid:{text}"),
            text[..35].to_owned(),
            "$ne".to_owned(),
        ] {
            assert_eq!(bad.parse::<ReviewId>(), Err(MalformedId), "{bad}");
        }
    }

    #[test]
    fn a_later_id_is_greater_and_knows_when_it_was_made() {
        let (one, other) = (ChangeId::new(), ChangeId::new());
        assert!(one < other);
        let now = astra_db::table::Timestamp::now().as_millis();
        assert!((now - other.made_at_ms()).abs() < 60_000);
        assert_eq!(ChangeId::from_bytes(one.to_bytes()), one);
    }
}
