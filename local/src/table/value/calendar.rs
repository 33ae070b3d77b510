//! Dates, times of day and instants, read and written as ISO 8601.
//!
//! A CQL date covers some five million years either way and a timestamp three hundred million, more than the calendar
//! libraries do; so the calendar is counted here. It is the proleptic Gregorian one.

use crate::table::value::Mismatch;

const MILLIS_PER_DAY: i64 = 86_400_000;
const NANOS_PER_SECOND: i64 = 1_000_000_000;

/// Reads `2024-02-29` or `+12345-01-01` as days since 1970-01-01.
pub(super) fn read_date(text: &str) -> Result<i32, Mismatch> {
    let whole = parse_date(text).filter(|(_, rest)| rest.is_empty());
    let days = whole.and_then(|(days, _)| i32::try_from(days).ok());
    days.ok_or_else(|| Mismatch::new("expected a date such as \"2024-02-29\""))
}

/// Reads `12:30`, `12:30:15` or `12:30:15.123456789` as nanoseconds since midnight.
pub(super) fn read_time(text: &str) -> Result<i64, Mismatch> {
    let mut rest = text;
    let time = parse_time(&mut rest, Seconds::Optional).filter(|_| rest.is_empty());
    time.ok_or_else(|| Mismatch::new("expected a time such as \"12:30:15.5\""))
}

/// Reads `2024-02-29T12:30:15.123+02:00` as milliseconds since 1970-01-01T00:00Z; finer digits are dropped.
pub(super) fn read_instant(text: &str) -> Result<i64, Mismatch> {
    parse_instant(text).ok_or_else(|| {
        Mismatch::new("expected an instant with its zone such as \"2024-02-29T12:30:15Z\"")
    })
}

/// Days since 1970-01-01 as `2024-02-29`.
pub(super) fn date_text(days: i32) -> String {
    let (year, month, day) = civil_from_days(i64::from(days));
    format!("{}-{month:02}-{day:02}", year_text(year))
}

/// Nanoseconds since midnight, without the seconds where they are zero: `12:30`, `12:30:15.500`.
pub(super) fn time_text(nanos: i64) -> String {
    let (hours_minutes, seconds, fraction) = split_time(nanos);
    if seconds == 0 && fraction == 0 {
        return hours_minutes;
    }
    let fraction = match fraction {
        0 => String::new(),
        n if n % 1_000_000 == 0 => format!(".{:03}", n / 1_000_000),
        n if n % 1_000 == 0 => format!(".{:06}", n / 1_000),
        n => format!(".{n:09}"),
    };
    format!("{hours_minutes}:{seconds:02}{fraction}")
}

/// Nanoseconds since midnight, always with the seconds and as few digits as they need: `12:30:00`, `12:30:15.5`. Keys
/// of inserted rows are answered in this form.
pub(crate) fn time_text_with_seconds(nanos: i64) -> String {
    let (hours_minutes, seconds, fraction) = split_time(nanos);
    let digits = format!("{fraction:09}");
    let digits = digits.trim_end_matches('0');
    let point = if digits.is_empty() { "" } else { "." };
    format!("{hours_minutes}:{seconds:02}{point}{digits}")
}

/// Milliseconds since 1970-01-01T00:00Z as `2024-02-29T12:30:15.123Z`, without the fraction where it is zero.
pub(crate) fn instant_text(millis: i64) -> String {
    let (year, month, day) = civil_from_days(millis.div_euclid(MILLIS_PER_DAY));
    let of_day = millis.rem_euclid(MILLIS_PER_DAY);
    let (hours_minutes, seconds, _) = split_time(of_day * 1_000_000);
    let fraction = match of_day % 1_000 {
        0 => String::new(),
        fraction => format!(".{fraction:03}"),
    };
    format!(
        "{}-{month:02}-{day:02}T{hours_minutes}:{seconds:02}{fraction}Z",
        year_text(year)
    )
}

fn split_time(nanos: i64) -> (String, i64, i64) {
    let seconds = nanos / NANOS_PER_SECOND;
    let hours_minutes = format!("{:02}:{:02}", seconds / 3600, seconds / 60 % 60);
    (hours_minutes, seconds % 60, nanos % NANOS_PER_SECOND)
}

/// Four digits at least; a plus sign where there are more.
fn year_text(year: i64) -> String {
    match year {
        10_000.. => format!("+{year}"),
        0.. => format!("{year:04}"),
        _ => format!("-{:04}", year.unsigned_abs()),
    }
}

fn parse_instant(text: &str) -> Option<i64> {
    let (days, rest) = parse_date(text)?;
    let mut rest = rest.strip_prefix(['T', 't'])?;
    // The end of a day may be written as its hour 24, a leap second counts as the one before it.
    let leap = rest
        .strip_prefix("23:59:60")
        .map(|after| format!("23:59:59{after}"));
    if let Some(leap) = &leap {
        rest = leap;
    }
    let (days, nanos) = match rest.strip_prefix("24:00:00") {
        Some(after) => {
            let zeros = after.strip_prefix('.').unwrap_or(after);
            rest = zeros.trim_start_matches('0');
            (days + 1, 0)
        }
        None => (days, parse_time(&mut rest, Seconds::Required)?),
    };
    let offset = parse_offset(rest)?;
    let of_day = nanos.div_euclid(1_000_000) - offset * 1_000;
    // The first day there is began before its first instant.
    let millis = i128::from(days) * i128::from(MILLIS_PER_DAY) + i128::from(of_day);
    i64::try_from(millis).ok()
}

/// `Z` or `±HH:MM[:SS]` of at most 18 hours, in seconds.
fn parse_offset(text: &str) -> Option<i64> {
    if text.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let (sign, mut rest) = match text.strip_prefix('+') {
        Some(rest) => (1, rest),
        None => (-1, text.strip_prefix('-')?),
    };
    let hours = two_digits(&mut rest)?;
    let minutes = colon_and_two_digits(&mut rest)?;
    let seconds = if rest.is_empty() {
        0
    } else {
        colon_and_two_digits(&mut rest)?
    };
    let offset = hours * 3600 + minutes * 60 + seconds;
    let valid = rest.is_empty() && minutes < 60 && seconds < 60 && offset <= 18 * 3600;
    valid.then_some(sign * offset)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Seconds {
    Required,
    Optional,
}

fn parse_time(rest: &mut &str, seconds: Seconds) -> Option<i64> {
    let hours = two_digits(rest)?;
    let minutes = colon_and_two_digits(rest)?;
    let mut nanos = 0;
    let seconds = if seconds == Seconds::Required || rest.starts_with(':') {
        let seconds = colon_and_two_digits(rest)?;
        if let Some(fraction) = rest.strip_prefix('.') {
            let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
            let text = fraction.get(..digits).filter(|_| digits <= 9)?;
            nanos = format!("{text:0<9}").parse().ok()?;
            *rest = fraction.get(digits..)?;
        }
        seconds
    } else {
        0
    };
    let valid = hours < 24 && minutes < 60 && seconds < 60;
    valid.then(|| (hours * 3600 + minutes * 60 + seconds) * NANOS_PER_SECOND + nanos)
}

/// The days of a date at the start of `text`, and what follows it. Years have four digits, or up to ten with a sign
/// when they are beyond 9999.
fn parse_date(text: &str) -> Option<(i64, &str)> {
    let (sign, unsigned) = match text.as_bytes().first()? {
        b'+' => (Some(1), text.get(1..)?),
        b'-' => (Some(-1), text.get(1..)?),
        _ => (None, text),
    };
    let digits = unsigned.bytes().take_while(u8::is_ascii_digit).count();
    let year: i64 = unsigned.get(..digits)?.parse().ok()?;
    let well_formed = match sign {
        None => digits == 4,
        Some(1) => (5..=10).contains(&digits),
        Some(_) => (4..=10).contains(&digits) && year != 0,
    };
    let mut rest = unsigned.get(digits..)?.strip_prefix('-')?;
    let month = two_digits(&mut rest)?;
    rest = rest.strip_prefix('-')?;
    let day = two_digits(&mut rest)?;
    let year = sign.unwrap_or(1) * year;
    let exists = year.abs() <= 999_999_999
        && (1..=12).contains(&month)
        && (1..=days_in_month(year, month)).contains(&day);
    (well_formed && exists).then(|| (days_from_civil(year, month, day), rest))
}

fn two_digits(rest: &mut &str) -> Option<i64> {
    let (digits, after) = rest.split_at_checked(2)?;
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    *rest = after;
    digits.parse().ok()
}

fn colon_and_two_digits(rest: &mut &str) -> Option<i64> {
    *rest = rest.strip_prefix(':')?;
    two_digits(rest)
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

// Both conversions count years from March, so that the leap day comes last, in eras of 400 years
// (<https://howardhinnant.github.io/date_algorithms.html>).

fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = (shifted_month + 2) % 12 + 1;
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn dates_are_read_with_their_calendar_checked() {
        for (text, days) in [
            ("1970-01-01", Some(0)),
            ("2024-02-29", Some(19_782)),
            ("0001-01-01", Some(-719_162)),
            ("9999-12-31", Some(2_932_896)),
            ("+12345-01-01", Some(3_789_391)),
            ("-0001-01-01", Some(-719_893)),
            ("2023-02-29", None),
            ("2023-13-01", None),
            ("2023-00-10", None),
            ("+2000-01-01", None),
            ("12345-01-01", None),
            ("-0000-01-01", None),
            ("2023-1-1", None),
            ("2023-11-14T00:00:00Z", None),
            ("+999999999-12-31", None),
            ("", None),
            ("20é3-11-14", None),
        ] {
            assert_eq!(read_date(text).ok(), days, "{text}");
        }
        assert_eq!(date_text(i32::MAX), "+5881580-07-11");
        assert_eq!(date_text(i32::MIN), "-5877641-06-23");
    }

    #[test]
    fn times_are_read_and_written() {
        for (text, short, full) in [
            ("00:00:00", "00:00", "00:00:00"),
            ("08:15", "08:15", "08:15:00"),
            ("12:30:00.5", "12:30:00.500", "12:30:00.5"),
            ("23:59:00.", "23:59", "23:59:00"),
            ("23:59:59.000001", "23:59:59.000001", "23:59:59.000001"),
            (
                "23:59:59.999999999",
                "23:59:59.999999999",
                "23:59:59.999999999",
            ),
        ] {
            let nanos = read_time(text).expect(text);
            assert_eq!(time_text(nanos), short);
            assert_eq!(time_text_with_seconds(nanos), full);
        }
        for text in [
            "24:00:00",
            "8:15",
            "08:60",
            "08:15:60",
            "1:2:3",
            "12",
            "12:30:",
            "12:30:00.1234567890",
            "é:00",
        ] {
            assert!(read_time(text).is_err(), "{text}");
        }
    }

    #[test]
    fn instants_need_a_zone_and_keep_milliseconds() {
        for (text, written) in [
            ("2023-11-14T22:13:20Z", "2023-11-14T22:13:20Z"),
            ("1970-01-01T00:00:00.001Z", "1970-01-01T00:00:00.001Z"),
            ("2023-11-14T22:13:20.123+02:00", "2023-11-14T20:13:20.123Z"),
            ("2023-11-14T22:13:20.1239Z", "2023-11-14T22:13:20.123Z"),
            ("1969-12-31T23:59:59.9999Z", "1969-12-31T23:59:59.999Z"),
            ("2023-11-14t22:13:20z", "2023-11-14T22:13:20Z"),
            ("2023-11-14T24:00:00Z", "2023-11-15T00:00:00Z"),
            ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z"),
            ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
            ("+12345-01-01T00:00:00Z", "+12345-01-01T00:00:00Z"),
            ("-0044-03-15T12:00:00-00:30", "-0044-03-15T12:30:00Z"),
        ] {
            assert_eq!(instant_text(read_instant(text).expect(text)), written);
        }
        for millis in [i64::MIN, i64::MAX] {
            assert_eq!(read_instant(&instant_text(millis)).ok(), Some(millis));
        }
        for text in [
            "+292278994-08-17T07:12:55.808Z",
            "2023-11-14",
            "2023-11-14T22:13:20",
            "2023-11-14T22:13Z",
            "2023-11-14T22:13:20+2",
            "2023-11-14T22:13:60Z",
            "2023-11-14T22:13:20+19:00",
            "2023-11-14 22:13:20Z",
            "yesterday",
            "",
        ] {
            assert!(read_instant(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_day_and_every_instant_is_read_back(days in any::<i32>(), millis in any::<i64>()) {
            prop_assert_eq!(read_date(&date_text(days)).ok(), Some(days));
            prop_assert_eq!(read_instant(&instant_text(millis)).ok(), Some(millis));
        }

        #[test]
        fn every_time_is_read_back(nanos in 0..86_400 * NANOS_PER_SECOND) {
            prop_assert_eq!(read_time(&time_text(nanos)).ok(), Some(nanos));
            prop_assert_eq!(read_time(&time_text_with_seconds(nanos)).ok(), Some(nanos));
        }
    }
}
