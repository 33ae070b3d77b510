//! `{"$objectId": 24 hexadecimal digits}`

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use serde::{Serialize, Serializer};

use super::extended::{self, Extended, extended};
use super::{Timestamp, Value};
use crate::shortened::shortened;

/// A 12-byte id, on the wire `{"$objectId": "<24 hexadecimal digits>"}`.
///
/// Its first four bytes are the second it was made in, so ids sort roughly by age
/// ([layout](https://www.mongodb.com/docs/manual/reference/bson-types/#objectid)).
///
/// ```
/// use astra_db::ObjectId;
///
/// let id: ObjectId = "65f1a7d0e4b0c9a1b2c3d4e5".parse()?;
/// assert_eq!(id.timestamp().as_millis(), 1_710_335_952_000);
/// assert_ne!(ObjectId::new(), ObjectId::new());
/// # Ok::<(), astra_db::value::InvalidObjectId>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId([u8; 12]);

/// Text that is not 24 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no ObjectId: expected 24 hexadecimal digits")]
pub struct InvalidObjectId(String);

impl ObjectId {
    /// A new one: the second, five bytes random to this process, a counter.
    #[expect(
        clippy::new_without_default,
        reason = "every call answers another value"
    )]
    pub fn new() -> Self {
        static PROCESS: LazyLock<[u8; 16]> = LazyLock::new(|| ::uuid::Uuid::new_v4().into_bytes());
        static COUNTER: LazyLock<AtomicU32> = LazyLock::new(|| {
            let [.., a, b, c] = *PROCESS;
            AtomicU32::new(u32::from_be_bytes([0, a, b, c]))
        });
        let [_, _, _, _, s0, s1, s2, s3] = (Timestamp::now().as_millis() / 1000).to_be_bytes();
        let [p0, p1, p2, p3, p4, ..] = *PROCESS;
        let [_, c0, c1, c2] = COUNTER.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        Self([s0, s1, s2, s3, p0, p1, p2, p3, p4, c0, c1, c2])
    }

    /// From its bytes.
    pub const fn from_bytes(bytes: [u8; 12]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    pub const fn as_bytes(&self) -> &[u8; 12] {
        &self.0
    }

    /// The second it was made in, by the clock of whoever made it.
    pub fn timestamp(&self) -> Timestamp {
        let [s0, s1, s2, s3, ..] = self.0;
        Timestamp::from_millis(i64::from(u32::from_be_bytes([s0, s1, s2, s3])) * 1000)
    }
}

impl FromStr for ObjectId {
    type Err = InvalidObjectId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digit = |byte: u8| {
            char::from(byte)
                .to_digit(16)
                .and_then(|digit| u8::try_from(digit).ok())
        };
        let pairs = text.as_bytes().chunks(2).map(|pair| match *pair {
            [high, low] => Some(digit(high)? << 4 | digit(low)?),
            _ => None,
        });
        let bytes: Option<Vec<u8>> = pairs.collect();
        bytes
            .and_then(|bytes| bytes.try_into().ok())
            .map(Self)
            .ok_or_else(|| InvalidObjectId(shortened(text, 100)))
    }
}

/// 24 lower-case hexadecimal digits.
impl fmt::Display for ObjectId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

impl fmt::Debug for ObjectId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ObjectId({self})")
    }
}

impl From<ObjectId> for Value {
    fn from(id: ObjectId) -> Self {
        extended::wrap("$objectId", id.to_string())
    }
}

impl Extended for ObjectId {
    const EXPECTED: &'static str = r#"{"$objectId": "<24 hexadecimal digits>"}"#;

    fn from_value(value: &Value) -> Option<Self> {
        extended::content(value, "$objectId")?
            .as_str()?
            .parse()
            .ok()
    }
}

impl Serialize for ObjectId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        extended::serialize(serializer, "$objectId", &self.to_string())
    }
}

extended!(ObjectId);
