//! `duration`

use std::fmt;
use std::str::FromStr;

use super::text::{InvalidText, as_text};
use super::time;

const EXPECTED: &str = "a duration: ISO 8601 such as P1Y2M3DT4H5M6.5S, or CQL such as 1y2mo3d4h";
const SECOND: i128 = 1_000_000_000;

/// An amount of time in months, days and nanoseconds: a column of type `duration`.
///
/// The three parts are kept apart, as a month has no fixed number of days, nor a day of hours. All
/// of them are zero or of one sign.
///
/// The API answers ISO 8601 and does not take back all that it answers (`"PT0.5S"` is refused), so
/// this is written in the other form the API takes, CQL's. It is read in either.
///
/// ```
/// use astra_db::table::Duration;
///
/// let duration: Duration = "P1Y2M3DT0.5S".parse()?;
/// assert_eq!(Some(duration), Duration::new(14, 3, 500_000_000));
/// assert_eq!(serde_json::to_string(&duration)?, r#""14mo3d500ms""#);
/// assert_eq!(Duration::new(1, -1, 0), None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Duration {
    months: i32,
    days: i32,
    nanoseconds: i64,
}

impl Duration {
    /// A duration of these parts; `None` if one is positive and another negative.
    pub const fn new(months: i32, days: i32, nanoseconds: i64) -> Option<Self> {
        let negative = months < 0 || days < 0 || nanoseconds < 0;
        let positive = months > 0 || days > 0 || nanoseconds > 0;
        if negative && positive {
            return None;
        }
        Some(Self {
            months,
            days,
            nanoseconds,
        })
    }

    /// The months, those of its years included.
    pub const fn months(self) -> i32 {
        self.months
    }

    /// The days, those of its weeks included.
    pub const fn days(self) -> i32 {
        self.days
    }

    /// The nanoseconds, those of its hours, minutes and seconds included.
    pub const fn nanoseconds(self) -> i64 {
        self.nanoseconds
    }
}

/// Fails above the nanoseconds of an `i64`, 292 years.
impl TryFrom<std::time::Duration> for Duration {
    type Error = crate::value::OutOfRange;

    fn try_from(duration: std::time::Duration) -> Result<Self, Self::Error> {
        let nanoseconds = duration.as_nanos().try_into();
        nanoseconds
            .map(|nanoseconds| Self {
                nanoseconds,
                ..Self::default()
            })
            .map_err(|_| crate::value::OutOfRange)
    }
}

/// As it is written on the wire, in CQL's form.
impl fmt::Display for Duration {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::default() {
            return formatter.write_str("0s");
        }
        if self.months < 0 || self.days < 0 || self.nanoseconds < 0 {
            formatter.write_str("-")?;
        }
        for (amount, unit) in [(self.months, "mo"), (self.days, "d")] {
            if amount != 0 {
                write!(formatter, "{}{unit}", amount.unsigned_abs())?;
            }
        }
        let mut left = self.nanoseconds.unsigned_abs();
        let units = [
            (3_600_000_000_000, "h"),
            (60_000_000_000, "m"),
            (1_000_000_000, "s"),
            (1_000_000, "ms"),
            (1000, "us"),
            (1, "ns"),
        ];
        for (length, unit) in units {
            if left >= length {
                write!(formatter, "{}{unit}", left / length)?;
                left %= length;
            }
        }
        Ok(())
    }
}

/// Reads ISO 8601 and CQL's form.
impl FromStr for Duration {
    type Err = InvalidText;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (sign, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text),
        };
        let sum = match unsigned.strip_prefix('P') {
            Some(designators) => iso(designators),
            None => cql(unsigned),
        };
        sum.and_then(|sum| sum.signed(sign))
            .ok_or_else(|| InvalidText::new(text, EXPECTED))
    }
}

/// A duration while it is read: wide enough not to overflow.
#[derive(Default)]
struct Sum {
    months: i128,
    days: i128,
    nanoseconds: i128,
}

impl Sum {
    fn signed(self, sign: i128) -> Option<Duration> {
        Duration::new(
            (sign * self.months).try_into().ok()?,
            (sign * self.days).try_into().ok()?,
            (sign * self.nanoseconds).try_into().ok()?,
        )
    }
}

/// What stands behind the `P`: `1Y2M3DT4H5M6.5S`, `2W`. A number may have a sign of its own, as
/// Java writes them.
fn iso(designators: &str) -> Option<Sum> {
    let (date, clock) = match designators.split_once('T') {
        Some((date, clock)) => (date, Some(clock)),
        None => (designators, None),
    };
    if date.is_empty() && clock.is_none_or(str::is_empty) {
        return None;
    }
    let mut sum = Sum::default();
    for (number, unit) in amounts(date)? {
        let number: i128 = number.parse::<i64>().ok()?.into();
        match unit {
            "Y" => sum.months += 12 * number,
            "M" => sum.months += number,
            "W" => sum.days += 7 * number,
            "D" => sum.days += number,
            _ => return None,
        }
    }
    for (number, unit) in amounts(clock.unwrap_or_default())? {
        let whole = || Some(i128::from(number.parse::<i64>().ok()?));
        match unit {
            "H" => sum.nanoseconds += 3600 * SECOND * whole()?,
            "M" => sum.nanoseconds += 60 * SECOND * whole()?,
            "S" => sum.nanoseconds += seconds(number)?,
            _ => return None,
        }
    }
    Some(sum)
}

/// Seconds with a fraction, in nanoseconds.
fn seconds(text: &str) -> Option<i128> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let nanoseconds = i128::from(time::nanoseconds(fraction)?);
    let sign = if whole.starts_with('-') { -1 } else { 1 };
    Some(SECOND * i128::from(whole.parse::<i64>().ok()?) + sign * nanoseconds)
}

/// CQL's form: `1y2mo3w4d5h6m7s8ms9us10ns`.
fn cql(text: &str) -> Option<Sum> {
    let parts = amounts(text).filter(|parts| !parts.is_empty())?;
    let mut sum = Sum::default();
    for (number, unit) in parts {
        let number = i128::from(number.parse::<u64>().ok()?);
        match unit.to_lowercase().as_str() {
            "y" => sum.months += 12 * number,
            "mo" => sum.months += number,
            "w" => sum.days += 7 * number,
            "d" => sum.days += number,
            "h" => sum.nanoseconds += 3600 * SECOND * number,
            "m" => sum.nanoseconds += 60 * SECOND * number,
            "s" => sum.nanoseconds += SECOND * number,
            "ms" => sum.nanoseconds += 1_000_000 * number,
            "us" | "µs" => sum.nanoseconds += 1000 * number,
            "ns" => sum.nanoseconds += number,
            _ => return None,
        }
    }
    Some(sum)
}

/// More than there are units. It keeps sums far from the end of an `i128`.
const MOST_AMOUNTS: usize = 32;

/// Cuts text into numbers and the units behind them; `None` if it is anything else.
fn amounts(mut text: &str) -> Option<Vec<(&str, &str)>> {
    let of_number = |letter: char| letter.is_ascii_digit() || matches!(letter, '.' | '-' | '+');
    let mut parts = Vec::new();
    while !text.is_empty() {
        let unit_at = text.find(|letter| !of_number(letter))?;
        let (number, rest) = text.split_at(unit_at);
        let (unit, rest) = rest.split_at(rest.find(of_number).unwrap_or(rest.len()));
        if number.is_empty() || parts.len() == MOST_AMOUNTS {
            return None;
        }
        parts.push((number, unit));
        text = rest;
    }
    Some(parts)
}

as_text!(Duration);
