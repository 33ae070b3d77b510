//! Durations: months, days and nanoseconds that do not convert into each other.
//!
//! Read in the two ways of CQL, as units (`1h30m`) and as ISO 8601 (`PT1H30M`, `P2W`, `P0001-02-03T04:05:06`)
//! (<https://cassandra.apache.org/doc/latest/cassandra/developing/cql/types.html#durations>), and written as ISO 8601.
//! What is written is also read, so parts of a second too (`PT1.5S`), which the official server refuses.

use std::fmt::Write as _;

use crate::table::value::Mismatch;

const NANOS_PER_MICRO: i64 = 1_000;
const NANOS_PER_MILLI: i64 = 1_000 * NANOS_PER_MICRO;
const NANOS_PER_SECOND: i64 = 1_000 * NANOS_PER_MILLI;
const NANOS_PER_MINUTE: i64 = 60 * NANOS_PER_SECOND;
const NANOS_PER_HOUR: i64 = 60 * NANOS_PER_MINUTE;

/// A duration. All parts have the same sign or are zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Duration {
    pub(crate) months: i32,
    pub(crate) days: i32,
    pub(crate) nanoseconds: i64,
}

/// What a unit counts, from the largest to the smallest: a duration names them in this order, each at most once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Unit {
    Years,
    Months,
    Weeks,
    Days,
    Hours,
    Minutes,
    Seconds,
    Millis,
    Micros,
    Nanos,
}

impl Duration {
    pub(super) fn read(text: &str) -> Result<Self, Mismatch> {
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let amounts = match unsigned.strip_prefix('P') {
            Some(iso) => parse_iso(iso),
            None => parse_units(unsigned),
        };
        let duration = amounts.and_then(|amounts| Self::sum(&amounts));
        let duration = duration
            .ok_or_else(|| Mismatch::new("expected a duration such as \"1h30m\" or \"PT1H30M\""))?;
        Ok(if negative {
            duration.negated()
        } else {
            duration
        })
    }

    /// Adds the amounts up; none if their units are out of order or the sum is too large.
    fn sum(amounts: &[(i64, Unit)]) -> Option<Self> {
        if !amounts.is_sorted_by(|(_, one), (_, next)| one < next) {
            return None;
        }
        let mut months = 0_i64;
        let mut days = 0_i64;
        let mut nanoseconds = 0_i64;
        for (amount, unit) in amounts {
            let (total, each) = match unit {
                Unit::Years => (&mut months, 12),
                Unit::Months => (&mut months, 1),
                Unit::Weeks => (&mut days, 7),
                Unit::Days => (&mut days, 1),
                Unit::Hours => (&mut nanoseconds, NANOS_PER_HOUR),
                Unit::Minutes => (&mut nanoseconds, NANOS_PER_MINUTE),
                Unit::Seconds => (&mut nanoseconds, NANOS_PER_SECOND),
                Unit::Millis => (&mut nanoseconds, NANOS_PER_MILLI),
                Unit::Micros => (&mut nanoseconds, NANOS_PER_MICRO),
                Unit::Nanos => (&mut nanoseconds, 1),
            };
            *total = total.checked_add(amount.checked_mul(each)?)?;
        }
        Some(Self {
            months: i32::try_from(months).ok()?,
            days: i32::try_from(days).ok()?,
            nanoseconds,
        })
    }

    fn negated(self) -> Self {
        Self {
            months: -self.months,
            days: -self.days,
            nanoseconds: -self.nanoseconds,
        }
    }

    /// ISO 8601 with the sign in front: `-P1Y2M3DT4H5M6.5S`, and `PT0S` for nothing.
    pub(super) fn to_iso(self) -> String {
        let negative = self < Self::default();
        let Self {
            months,
            days,
            nanoseconds,
        } = if negative { self.negated() } else { self };
        let mut text = String::from(if negative { "-P" } else { "P" });
        let mut part = |amount: i64, unit: char| {
            if amount > 0 {
                // Writing to a string cannot fail.
                let _ = write!(text, "{amount}{unit}");
            }
        };
        part(i64::from(months / 12), 'Y');
        part(i64::from(months % 12), 'M');
        part(i64::from(days), 'D');
        text.push_str(&time_part(nanoseconds));
        if text == "P" { "PT0S".to_owned() } else { text }
    }
}

fn time_part(nanoseconds: i64) -> String {
    if nanoseconds == 0 {
        return String::new();
    }
    let mut text = String::from("T");
    let hours = nanoseconds / NANOS_PER_HOUR;
    let minutes = nanoseconds / NANOS_PER_MINUTE % 60;
    let seconds = nanoseconds / NANOS_PER_SECOND % 60;
    let fraction = nanoseconds % NANOS_PER_SECOND;
    if hours > 0 {
        let _ = write!(text, "{hours}H");
    }
    if minutes > 0 {
        let _ = write!(text, "{minutes}M");
    }
    if fraction > 0 {
        let digits = format!("{fraction:09}");
        let _ = write!(text, "{seconds}.{}S", digits.trim_end_matches('0'));
    } else if seconds > 0 {
        let _ = write!(text, "{seconds}S");
    }
    text
}

/// `1h30m`: at least one amount, units in any case.
fn parse_units(text: &str) -> Option<Vec<(i64, Unit)>> {
    let mut rest = text;
    let mut amounts = Vec::new();
    while !rest.is_empty() {
        let amount = take_amount(&mut rest)?;
        let letters = rest.find(|letter: char| letter.is_ascii_digit());
        let (unit, after) = rest.split_at(letters.unwrap_or(rest.len()));
        let unit = match unit.to_lowercase().as_str() {
            "y" => Unit::Years,
            "mo" => Unit::Months,
            "w" => Unit::Weeks,
            "d" => Unit::Days,
            "h" => Unit::Hours,
            "m" => Unit::Minutes,
            "s" => Unit::Seconds,
            "ms" => Unit::Millis,
            "us" | "µs" | "μs" => Unit::Micros,
            "ns" => Unit::Nanos,
            _ => return None,
        };
        amounts.push((amount, unit));
        rest = after;
    }
    (!amounts.is_empty()).then_some(amounts)
}

/// What follows the `P`: `1Y2M3DT4H5M6S`, `2W` or `0001-02-03T04:05:06`. Parts may be missing, all of them even.
fn parse_iso(text: &str) -> Option<Vec<(i64, Unit)>> {
    if let Some(weeks) = text.strip_suffix('W') {
        let mut rest = weeks;
        let amount = take_amount(&mut rest)?;
        return rest.is_empty().then(|| vec![(amount, Unit::Weeks)]);
    }
    if text.contains('-') {
        return parse_iso_alternative(text);
    }
    let (date, time) = match text.split_once('T') {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let date_units = [('Y', Unit::Years), ('M', Unit::Months), ('D', Unit::Days)];
    let time_units = [
        ('H', Unit::Hours),
        ('M', Unit::Minutes),
        ('S', Unit::Seconds),
    ];
    let mut amounts = parse_parts(date, &date_units)?;
    amounts.extend(parse_parts(time.unwrap_or(""), &time_units)?);
    Some(amounts)
}

fn parse_parts(text: &str, units: &[(char, Unit)]) -> Option<Vec<(i64, Unit)>> {
    let mut rest = text;
    let mut amounts = Vec::new();
    while !rest.is_empty() {
        let amount = take_amount(&mut rest)?;
        let nanos = match rest.strip_prefix('.') {
            None => None,
            Some(fraction) => {
                rest = fraction;
                Some(take_fraction(&mut rest)?)
            }
        };
        let letter = rest.chars().next()?;
        let (_, unit) = units.iter().find(|(known, _)| *known == letter)?;
        amounts.push((amount, *unit));
        match nanos {
            None => {}
            Some(nanos) if *unit == Unit::Seconds => amounts.push((nanos, Unit::Nanos)),
            Some(_) => return None,
        }
        rest = &rest[letter.len_utf8()..];
    }
    Some(amounts)
}

/// `0001-02-03T04:05:06`, every part with exactly these digits.
fn parse_iso_alternative(text: &str) -> Option<Vec<(i64, Unit)>> {
    let parts = [
        (4, "-", Unit::Years),
        (2, "-", Unit::Months),
        (2, "T", Unit::Days),
        (2, ":", Unit::Hours),
        (2, ":", Unit::Minutes),
        (2, "", Unit::Seconds),
    ];
    let mut rest = text;
    let mut amounts = Vec::new();
    for (digits, separator, unit) in parts {
        let (number, after) = rest.split_at_checked(digits)?;
        if !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        amounts.push((number.parse().ok()?, unit));
        rest = after.strip_prefix(separator)?;
    }
    rest.is_empty().then_some(amounts)
}

/// Up to nine digits after the point, as nanoseconds.
fn take_fraction(rest: &mut &str) -> Option<i64> {
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (fraction, after) = rest.split_at(digits);
    *rest = after;
    let nanos = format!("{fraction:0<9}").parse().ok();
    nanos.filter(|_| (1..=9).contains(&digits))
}

fn take_amount(rest: &mut &str) -> Option<i64> {
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (number, after) = rest.split_at(digits);
    *rest = after;
    number.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn durations_are_read_in_every_form_and_written_in_one() {
        for (text, written) in [
            ("1h30m", "PT1H30M"),
            ("1y2mo3d", "P1Y2M3D"),
            ("14mo", "P1Y2M"),
            ("2w", "P14D"),
            ("P2W", "P14D"),
            ("90s", "PT1M30S"),
            ("25h", "PT25H"),
            ("-1d", "-P1D"),
            ("-1H", "-PT1H"),
            ("10ms5us3ns", "PT0.010005003S"),
            ("500µs", "PT0.0005S"),
            ("P1Y2M3DT4H5M6S", "P1Y2M3DT4H5M6S"),
            ("P0001-02-03T04:05:06", "P1Y2M3DT4H5M6S"),
            ("P0D", "PT0S"),
            ("P", "PT0S"),
            ("PT", "PT0S"),
            ("0s", "PT0S"),
            ("-0s", "PT0S"),
            ("PT0.000000001S", "PT0.000000001S"),
            ("PT1.50S", "PT1.5S"),
            ("-P1DT1M0.5S", "-P1DT1M0.5S"),
        ] {
            assert_eq!(
                Duration::read(text).expect(text).to_iso(),
                written,
                "{text}"
            );
        }
    }

    #[test]
    fn malformed_durations_are_refused() {
        for text in [
            "",
            "-",
            "1",
            "h",
            "1x",
            "30m1h",
            "1h1h",
            "1h 30m",
            "PT.5S",
            "PT0.S",
            "PT0.0000000001S",
            "PT0.5M",
            "PT0.5",
            "P0.5D",
            "1.5s",
            "PT9223372036.9S",
            "P-1D",
            "P1D2Y",
            "PW",
            "--1d",
            "9223372036854775808ns",
            "9223372036854775807h",
            "2147483648d",
            "P1-02-03T04:05:06",
            "soon",
        ] {
            assert!(Duration::read(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(
            months in 0..=i32::MAX, days in 0..=i32::MAX, nanoseconds in 0..=i64::MAX, negative: bool,
        ) {
            let duration = Duration { months, days, nanoseconds };
            let duration = if negative { duration.negated() } else { duration };
            prop_assert_eq!(Duration::read(&duration.to_iso()).ok(), Some(duration));
        }
    }
}
