//! `time`

use std::fmt;
use std::str::FromStr;

use super::text::{InvalidText, as_text, digits};

const EXPECTED: &str = "a time of day, HH:MM:SS.nnnnnnnnn";
const SECOND: u64 = 1_000_000_000;
const DAY: u64 = 86_400 * SECOND;

/// A time of day to the nanosecond, without a time zone: a column of type `time`.
///
/// On the wire it is text. It is written with its seconds, `"12:30:00.5"`, and read without them,
/// too: the API answers `"12:30"` for a full minute. With the feature `jiff` it converts from and
/// to `jiff::civil::Time`.
///
/// ```
/// use astra_db::table::Time;
///
/// let noon: Time = "12:00".parse()?;
/// assert_eq!(Some(noon), Time::new(12, 0, 0, 0));
/// assert_eq!(serde_json::to_string(&noon)?, r#""12:00:00""#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(u64);

impl Time {
    /// Hour, minute, second and nanosecond; `None` if there is no such time of day.
    pub fn new(hour: u8, minute: u8, second: u8, nanosecond: u32) -> Option<Self> {
        let nanosecond = u64::from(nanosecond);
        if hour > 23 || minute > 59 || second > 59 || nanosecond >= SECOND {
            return None;
        }
        let seconds = (u64::from(hour) * 60 + u64::from(minute)) * 60 + u64::from(second);
        Some(Self(seconds * SECOND + nanosecond))
    }

    /// From nanoseconds since midnight; `None` from 24 hours on.
    pub fn from_nanoseconds(nanoseconds: u64) -> Option<Self> {
        (nanoseconds < DAY).then_some(Self(nanoseconds))
    }

    /// Nanoseconds since midnight.
    pub const fn nanoseconds(self) -> u64 {
        self.0
    }
}

/// As it is written on the wire.
impl fmt::Display for Time {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seconds, nanoseconds) = (self.0 / SECOND, self.0 % SECOND);
        let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        write!(formatter, "{hour:02}:{minute:02}:{second:02}")?;
        if nanoseconds == 0 {
            return Ok(());
        }
        let fraction = format!("{nanoseconds:09}");
        write!(formatter, ".{}", fraction.trim_end_matches('0'))
    }
}

impl FromStr for Time {
    type Err = InvalidText;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text).ok_or_else(|| InvalidText::new(text, EXPECTED))
    }
}

fn parse(text: &str) -> Option<Time> {
    let (hour, rest) = digits(text, 2)?;
    let (minute, rest) = digits(rest.strip_prefix(':')?, 2)?;
    let (second, rest) = match rest.strip_prefix(':') {
        Some(rest) => digits(rest, 2)?,
        None => (0, rest),
    };
    let nanosecond = match rest.strip_prefix('.') {
        Some(fraction) => nanoseconds(fraction)?,
        None if rest.is_empty() => 0,
        None => return None,
    };
    let part = |number: u32| u8::try_from(number).ok();
    Time::new(part(hour)?, part(minute)?, part(second)?, nanosecond)
}

/// What the digits behind the point of a second mean; at most nine.
pub(super) fn nanoseconds(fraction: &str) -> Option<u32> {
    let (number, _) = digits(fraction, fraction.len()).filter(|_| fraction.len() <= 9)?;
    let missing = 9 - u32::try_from(fraction.len()).ok()?;
    Some(number * 10_u32.pow(missing))
}

as_text!(Time);

#[cfg(feature = "jiff")]
impl From<jiff::civil::Time> for Time {
    fn from(time: jiff::civil::Time) -> Self {
        let part = |number: i8| u64::from(number.unsigned_abs());
        let minutes = part(time.hour()) * 60 + part(time.minute());
        let nanosecond = u64::from(time.subsec_nanosecond().unsigned_abs());
        Self((minutes * 60 + part(time.second())) * SECOND + nanosecond)
    }
}

#[cfg(feature = "jiff")]
impl From<Time> for jiff::civil::Time {
    fn from(time: Time) -> Self {
        Self::midnight() + std::time::Duration::from_nanos(time.0)
    }
}
