//! `timestamp`

use std::fmt;
use std::str::FromStr;
use std::time::SystemTime;

use super::date::Date;
use super::text::{InvalidText, as_text, digits};
use super::time::Time;
use crate::value::{self, OutOfRange};

const EXPECTED: &str = "a point in time, YYYY-MM-DDTHH:MM:SS.mmmZ";
const DAY: i64 = 86_400_000;

/// A point in time to the millisecond: a column of type `timestamp`.
///
/// On the wire it is text in UTC, `"2024-01-31T12:34:56.789Z"`; it is read with any offset.
/// [`astra_db::Timestamp`](crate::Timestamp) is the same in a collection, where it is written
/// `{"$date": …}`, which a table takes for a value but not in a filter. The two convert into each
/// other, and with the feature `jiff` into `jiff::Timestamp`.
///
/// ```
/// use astra_db::table::Timestamp;
///
/// let at: Timestamp = "2024-01-31T14:34:56.789+02:00".parse()?;
/// assert_eq!(at.as_millis(), 1_706_704_496_789);
/// assert_eq!(serde_json::to_string(&at)?, r#""2024-01-31T12:34:56.789Z""#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// Now, by the clock of this machine.
    pub fn now() -> Self {
        value::Timestamp::now().into()
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

/// As on the wire.
impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis_of_day = self.0.rem_euclid(DAY).unsigned_abs();
        let time = Time::from_nanoseconds(millis_of_day * 1_000_000).ok_or(fmt::Error)?;
        let date = Date::from_days(self.0.div_euclid(DAY)).ok_or(fmt::Error)?;
        write!(formatter, "{date}T{time}Z")
    }
}

/// Reads ISO 8601 with an offset; what is finer than milliseconds is cut off, towards the past.
impl FromStr for Timestamp {
    type Err = InvalidText;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text).ok_or_else(|| InvalidText::new(text, EXPECTED))
    }
}

fn parse(text: &str) -> Option<Timestamp> {
    let (date, rest) = text.split_once('T')?;
    let date: Date = date.parse().ok()?;
    let offset_at = rest.find(['Z', '+', '-'])?;
    let (time, offset) = rest.split_at(offset_at);
    let time: Time = time.parse().ok()?;
    let millis_of_day = i64::try_from(time.nanoseconds() / 1_000_000).ok()?;
    // In 128 bits, as the two ends of the range lie within their days.
    let millis = i128::from(date.to_days()) * i128::from(DAY) + i128::from(millis_of_day)
        - i128::from(offset_millis(offset)?);
    millis.try_into().ok().map(Timestamp)
}

/// `Z`, or a sign, hours and perhaps minutes and seconds.
fn offset_millis(offset: &str) -> Option<i64> {
    if offset == "Z" {
        return Some(0);
    }
    let sign = if offset.starts_with('-') { -1 } else { 1 };
    let mut rest = offset.strip_prefix(['+', '-'])?;
    let mut total = 0;
    for (unit, limit) in [(3_600_000, 19), (60_000, 60), (1000, 60)] {
        let (number, after) = digits(rest, 2).filter(|(number, _)| *number < limit)?;
        total += i64::from(number) * unit;
        match after.strip_prefix(':') {
            Some(after) => rest = after,
            None if after.is_empty() => return Some(sign * total),
            None => return None,
        }
    }
    None
}

as_text!(Timestamp);

impl From<value::Timestamp> for Timestamp {
    fn from(timestamp: value::Timestamp) -> Self {
        Self(timestamp.as_millis())
    }
}

impl From<Timestamp> for value::Timestamp {
    fn from(timestamp: Timestamp) -> Self {
        Self::from_millis(timestamp.0)
    }
}

impl TryFrom<SystemTime> for Timestamp {
    type Error = OutOfRange;

    fn try_from(time: SystemTime) -> Result<Self, OutOfRange> {
        value::Timestamp::try_from(time).map(Self::from)
    }
}

impl TryFrom<Timestamp> for SystemTime {
    type Error = OutOfRange;

    fn try_from(timestamp: Timestamp) -> Result<Self, OutOfRange> {
        value::Timestamp::from(timestamp).try_into()
    }
}

#[cfg(feature = "jiff")]
impl From<jiff::Timestamp> for Timestamp {
    fn from(timestamp: jiff::Timestamp) -> Self {
        value::Timestamp::from(timestamp).into()
    }
}

#[cfg(feature = "chrono")]
impl From<chrono::DateTime<chrono::Utc>> for Timestamp {
    fn from(time: chrono::DateTime<chrono::Utc>) -> Self {
        value::Timestamp::from(time).into()
    }
}

#[cfg(feature = "chrono")]
impl TryFrom<Timestamp> for chrono::DateTime<chrono::Utc> {
    type Error = OutOfRange;

    fn try_from(timestamp: Timestamp) -> Result<Self, OutOfRange> {
        value::Timestamp::from(timestamp).try_into()
    }
}

#[cfg(feature = "jiff")]
impl TryFrom<Timestamp> for jiff::Timestamp {
    type Error = OutOfRange;

    fn try_from(timestamp: Timestamp) -> Result<Self, OutOfRange> {
        value::Timestamp::from(timestamp).try_into()
    }
}
