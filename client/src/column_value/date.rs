//! `date`

use std::fmt;
use std::str::FromStr;

use super::text::{InvalidText, as_text, digits};

const EXPECTED: &str = "a date, YYYY-MM-DD";

/// A day of the calendar, without a time zone: a column of type `date`.
///
/// On the wire it is text, `"2024-01-31"`; years beyond 9999 have a sign, `"+12345-01-01"`. The
/// calendar is the Gregorian one, also before there was one. With the feature `jiff` it converts
/// from and to `jiff::civil::Date`.
///
/// ```
/// use astra_db::table::Date;
///
/// let day: Date = "2024-02-29".parse()?;
/// assert_eq!(Some(day), Date::new(2024, 2, 29));
/// assert_eq!(Date::new(2023, 2, 29), None);
/// assert_eq!(serde_json::to_string(&day)?, r#""2024-02-29""#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: i32,
    month: u8,
    day: u8,
}

impl Date {
    /// A day of a month (from 1) of a year; `None` if the calendar has no such day.
    pub const fn new(year: i32, month: u8, day: u8) -> Option<Self> {
        let length = match month {
            2 if is_leap(year) => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => 0,
        };
        if day == 0 || day > length {
            return None;
        }
        Some(Self { year, month, day })
    }

    /// The year; 0 is the year before 1.
    pub const fn year(self) -> i32 {
        self.year
    }

    /// The month, 1 to 12.
    pub const fn month(self) -> u8 {
        self.month
    }

    /// The day of the month, 1 to 31.
    pub const fn day(self) -> u8 {
        self.day
    }

    /// The days since 1970-01-01. Years are counted from March, so that the leap day comes last:
    /// <https://howardhinnant.github.io/date_algorithms.html#days_from_civil>.
    pub(super) fn to_days(self) -> i64 {
        let (month, day) = (i64::from(self.month), i64::from(self.day));
        let year = i64::from(self.year) - i64::from(month <= 2);
        let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        era * 146_097 + day_of_era - 719_468
    }

    /// The inverse of [`to_days`](Self::to_days), `None` beyond the years of an `i32`:
    /// <https://howardhinnant.github.io/date_algorithms.html#civil_from_days>.
    pub(super) fn from_days(days: i64) -> Option<Self> {
        let days = days.checked_add(719_468)?;
        let era = days.div_euclid(146_097);
        let day_of_era = days.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let march_month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * march_month + 2) / 5 + 1;
        let month = (march_month + 2) % 12 + 1;
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        Self::new(
            year.try_into().ok()?,
            month.try_into().ok()?,
            day.try_into().ok()?,
        )
    }
}

const fn is_leap(year: i32) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// As on the wire.
impl fmt::Display for Date {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { year, month, day } = self;
        let sign = match year {
            ..0 => "-",
            0..=9999 => "",
            _ => "+",
        };
        let year = year.unsigned_abs();
        write!(formatter, "{sign}{year:04}-{month:02}-{day:02}")
    }
}

impl FromStr for Date {
    type Err = InvalidText;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text).ok_or_else(|| InvalidText::new(text, EXPECTED))
    }
}

fn parse(text: &str) -> Option<Date> {
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (year, rest) = unsigned.split_once('-')?;
    let year = match digits(year, year.len()) {
        Some((number, _)) if (4..=9).contains(&year.len()) => i32::try_from(number).ok()?,
        _ => return None,
    };
    let (month, rest) = digits(rest, 2)?;
    let (day, rest) = digits(rest.strip_prefix('-')?, 2)?;
    let year = if negative { -year } else { year };
    Date::new(year, month.try_into().ok()?, day.try_into().ok()?).filter(|_| rest.is_empty())
}

as_text!(Date);

#[cfg(feature = "jiff")]
impl From<jiff::civil::Date> for Date {
    fn from(date: jiff::civil::Date) -> Self {
        Self {
            year: date.year().into(),
            month: date.month().unsigned_abs(),
            day: date.day().unsigned_abs(),
        }
    }
}

/// Fails for years that jiff does not know, beyond -9999 and 9999.
#[cfg(feature = "jiff")]
impl TryFrom<Date> for jiff::civil::Date {
    type Error = crate::value::OutOfRange;

    fn try_from(date: Date) -> Result<Self, Self::Error> {
        let parts = || {
            let (month, day) = (date.month.try_into().ok()?, date.day.try_into().ok()?);
            Self::new(date.year.try_into().ok()?, month, day).ok()
        };
        parts().ok_or(crate::value::OutOfRange)
    }
}
