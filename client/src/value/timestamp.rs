//! `{"$date": milliseconds}`

use std::time::{Duration, SystemTime};

use serde::{Serialize, Serializer};

use super::Value;
use super::extended::{self, Extended, extended};

/// A point in time, on the wire `{"$date": <milliseconds since 1970-01-01T00:00:00Z>}`.
///
/// The API knows milliseconds only: whatever is finer is cut off, towards the past. With the
/// feature `jiff` it converts from and to `jiff::Timestamp`, which knows calendars and time zones.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use astra_db::Timestamp;
///
/// let at = Timestamp::try_from(SystemTime::UNIX_EPOCH + Duration::from_micros(1_500))?;
/// assert_eq!(at, Timestamp::from_millis(1));
/// assert_eq!(serde_json::to_string(&at)?, r#"{"$date":1}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// A point in time that the other type cannot hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the time is out of range")]
pub struct OutOfRange;

impl Timestamp {
    /// Now, by the clock of this machine.
    pub fn now() -> Self {
        // A clock set outside ±292 million years is not worth an error in every caller.
        Self::try_from(SystemTime::now()).unwrap_or(Self(0))
    }

    /// From milliseconds since 1970-01-01T00:00:00Z.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub const fn as_millis(self) -> i64 {
        self.0
    }
}

impl TryFrom<SystemTime> for Timestamp {
    type Error = OutOfRange;

    fn try_from(time: SystemTime) -> Result<Self, OutOfRange> {
        let millis = match time.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(since) => i64::try_from(since.as_millis()).ok(),
            Err(before) => i64::try_from(before.duration().as_nanos().div_ceil(1_000_000))
                .ok()
                .map(|millis| -millis),
        };
        millis.map(Self).ok_or(OutOfRange)
    }
}

impl TryFrom<Timestamp> for SystemTime {
    type Error = OutOfRange;

    fn try_from(timestamp: Timestamp) -> Result<Self, OutOfRange> {
        let distance = Duration::from_millis(timestamp.0.unsigned_abs());
        let time = if timestamp.0 < 0 {
            Self::UNIX_EPOCH.checked_sub(distance)
        } else {
            Self::UNIX_EPOCH.checked_add(distance)
        };
        time.ok_or(OutOfRange)
    }
}

#[cfg(feature = "jiff")]
impl From<jiff::Timestamp> for Timestamp {
    fn from(timestamp: jiff::Timestamp) -> Self {
        let nanos = timestamp.as_nanosecond().div_euclid(1_000_000);
        // jiff's range, the years -9999 to 9999, is far inside that of i64 milliseconds.
        Self(i64::try_from(nanos).unwrap_or(i64::MAX))
    }
}

#[cfg(feature = "chrono")]
impl From<chrono::DateTime<chrono::Utc>> for Timestamp {
    fn from(time: chrono::DateTime<chrono::Utc>) -> Self {
        Self(time.timestamp_millis())
    }
}

#[cfg(feature = "chrono")]
impl TryFrom<Timestamp> for chrono::DateTime<chrono::Utc> {
    type Error = OutOfRange;

    fn try_from(timestamp: Timestamp) -> Result<Self, OutOfRange> {
        Self::from_timestamp_millis(timestamp.0).ok_or(OutOfRange)
    }
}

#[cfg(feature = "jiff")]
impl TryFrom<Timestamp> for jiff::Timestamp {
    type Error = OutOfRange;

    fn try_from(timestamp: Timestamp) -> Result<Self, OutOfRange> {
        Self::from_millisecond(timestamp.0).map_err(|_| OutOfRange)
    }
}

impl From<Timestamp> for Value {
    fn from(timestamp: Timestamp) -> Self {
        extended::wrap("$date", timestamp.0)
    }
}

impl Extended for Timestamp {
    const EXPECTED: &'static str = r#"{"$date": <milliseconds>}"#;

    fn from_value(value: &Value) -> Option<Self> {
        extended::content(value, "$date")?.as_i64().map(Self)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        extended::serialize(serializer, "$date", &self.0)
    }
}

extended!(Timestamp);
