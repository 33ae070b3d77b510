//! Numbers that keep the text they were written with.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use serde::ser::Error as _;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use crate::shortened::shortened;

/// A decimal number of any length, exactly as it was written.
///
/// The Data API stores arbitrary-precision decimals (up to 100 characters) and may write them with
/// an exponent: `100.0` comes back as `1E+2`. This keeps that text, compares by value, and converts
/// to Rust's types only where nothing is lost. For a decimal type of another crate, parse
/// [`as_str`](Self::as_str).
///
/// ```
/// use astra_db::Number;
///
/// let number: Number = "1E+2".parse()?;
/// assert_eq!(number.as_str(), "1E+2");
/// assert_eq!(number.to_i64(), Some(100));
/// assert_eq!(number, Number::from(100));
///
/// let big: Number = "9000000000000000123.5".parse()?;
/// assert_eq!(big.to_i64(), None);
/// # Ok::<(), astra_db::value::InvalidNumber>(())
/// ```
///
/// As a field it keeps every digit, except inside `#[serde(flatten)]` and untagged enums, where
/// serde rounds before it is asked, and inside [`serde_json::json!`] and [`serde_json::Value`],
/// which hold no number beyond `u64` and `f64`: put exact numbers into a filter by way of a struct
/// or a [`Document`](super::Document).
#[derive(Clone)]
pub struct Number(Box<str>);

/// Text that is no JSON number, or a number its target cannot hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not {expected}")]
pub struct InvalidNumber {
    text: String,
    expected: &'static str,
}

impl Number {
    /// The number as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number as an `i64`; `None` if it has a fraction or is out of range.
    pub fn to_i64(&self) -> Option<i64> {
        self.to_i128()?.try_into().ok()
    }

    /// The number as a `u64`; `None` if it is negative, has a fraction or is out of range.
    pub fn to_u64(&self) -> Option<u64> {
        self.to_i128()?.try_into().ok()
    }

    /// The number as an `i128`; `None` if it has a fraction or is out of range.
    pub fn to_i128(&self) -> Option<i128> {
        // Most numbers are short plain integers.
        self.0
            .parse()
            .ok()
            .or_else(|| self.decimal().integer_text()?.parse().ok())
    }

    /// The number as a `u128`; `None` if it is negative, has a fraction or is out of range.
    pub fn to_u128(&self) -> Option<u128> {
        self.0
            .parse()
            .ok()
            .or_else(|| self.decimal().integer_text()?.parse().ok())
    }

    /// The nearest `f64`; `None` if the number is beyond `f64`'s range.
    pub fn to_f64(&self) -> Option<f64> {
        self.0.parse().ok().filter(|value: &f64| value.is_finite())
    }

    /// The nearest `f32`; `None` if the number is beyond `f32`'s range.
    pub fn to_f32(&self) -> Option<f32> {
        self.0.parse().ok().filter(|value: &f32| value.is_finite())
    }

    fn decimal(&self) -> Decimal {
        Decimal::of(&self.0)
    }

    fn refused(&self, expected: &'static str) -> InvalidNumber {
        InvalidNumber {
            text: shortened(&self.0, 100),
            expected,
        }
    }
}

/// What a number means, whatever way it is written: 0.`digits` × 10^`magnitude`, no zeros at either
/// end of the digits.
#[derive(PartialEq, Eq, Hash)]
struct Decimal {
    negative: bool,
    magnitude: i64,
    digits: String,
}

impl Decimal {
    /// `text` is a valid JSON number whose exponent fits: [`Number::from_str`] checked both.
    fn of(text: &str) -> Self {
        let (negative, text) = text
            .strip_prefix('-')
            .map_or((false, text), |text| (true, text));
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all_digits = [whole, fraction].concat();
        let significant = all_digits.trim_start_matches('0');
        let leading_zeros = all_digits.len() - significant.len();
        let digits = significant.trim_end_matches('0');
        if digits.is_empty() {
            return Self {
                negative: false,
                magnitude: 0,
                digits: String::new(),
            };
        }
        let length = |text: usize| i64::try_from(text).unwrap_or(i64::MAX);
        let magnitude =
            exponent.parse::<i64>().unwrap_or(0) + length(whole.len()) - length(leading_zeros);
        Self {
            negative,
            magnitude,
            digits: digits.to_owned(),
        }
    }

    /// The number in plain digits, if it is an integer that could fit into 128 bits (39 digits).
    fn integer_text(&self) -> Option<String> {
        let length = usize::try_from(self.magnitude)
            .ok()
            .filter(|length| *length <= 39)?;
        let sign = if self.negative { "-" } else { "" };
        (self.digits.len() <= length)
            .then(|| format!("{sign}{:0<length$}", self.digits))
            .map(|text| {
                if text.is_empty() {
                    "0".to_owned()
                } else {
                    text
                }
            })
    }

    /// The order of two numbers of the same sign, as if both were positive.
    fn cmp_size(&self, other: &Self) -> Ordering {
        match (self.digits.is_empty(), other.digits.is_empty()) {
            (false, false) => self
                .magnitude
                .cmp(&other.magnitude)
                .then_with(|| self.digits.cmp(&other.digits)),
            (self_is_zero, other_is_zero) => other_is_zero.cmp(&self_is_zero),
        }
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        let (left, right) = (self.decimal(), other.decimal());
        match (left.negative, right.negative) {
            (false, false) => left.cmp_size(&right),
            (true, true) => right.cmp_size(&left),
            (left_is_negative, right_is_negative) => right_is_negative.cmp(&left_is_negative),
        }
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// By value: `1`, `1.0` and `10e-1` are equal.
impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0 || self.decimal() == other.decimal()
    }
}

impl Eq for Number {}

impl Hash for Number {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.decimal().hash(state);
    }
}

impl fmt::Display for Number {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Parses a JSON number ([RFC 8259](https://www.rfc-editor.org/rfc/rfc8259#section-6)) whose
/// exponent fits an `i32`, as the server's decimals do.
impl FromStr for Number {
    type Err = InvalidNumber;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refused = || InvalidNumber {
            text: shortened(text, 100),
            expected: "a JSON number",
        };
        let digits =
            |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let unsigned = text.strip_prefix('-').unwrap_or(text);
        let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
        let exponent_digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        let leading_zero = whole.len() > 1 && whole.starts_with('0');
        if !digits(whole) || leading_zero || !digits(fraction) || !digits(exponent_digits) {
            return Err(refused());
        }
        exponent.parse::<i32>().map_err(|_| InvalidNumber {
            expected: "a number with an exponent in range",
            ..refused()
        })?;
        Ok(Self(text.into()))
    }
}

macro_rules! from_integer {
    ($($integer:ty),*) => {$(
        impl From<$integer> for Number {
            fn from(value: $integer) -> Self {
                Self(value.to_string().into())
            }
        }
    )*};
}

from_integer!(
    i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize
);

/// Fails for NaN and the infinities, which JSON does not have.
impl TryFrom<f64> for Number {
    type Error = InvalidNumber;

    fn try_from(value: f64) -> Result<Self, Self::Error> {
        serde_json::Number::from_f64(value)
            .map(Self::from)
            .ok_or_else(|| InvalidNumber {
                text: value.to_string(),
                expected: "a JSON number",
            })
    }
}

impl From<serde_json::Number> for Number {
    fn from(number: serde_json::Number) -> Self {
        Self(number.to_string().into())
    }
}

/// Fails where the number would be rounded.
impl TryFrom<Number> for serde_json::Number {
    type Error = InvalidNumber;

    fn try_from(number: Number) -> Result<Self, Self::Error> {
        if let Some(integer) = number.to_i64() {
            return Ok(integer.into());
        }
        if let Some(integer) = number.to_u64() {
            return Ok(integer.into());
        }
        number
            .to_f64()
            .and_then(Self::from_f64)
            .filter(|nearest| Number::from(nearest.clone()) == number)
            .ok_or_else(|| number.refused("an i64, u64 or f64 without rounding"))
    }
}

#[cfg(feature = "rust_decimal")]
impl From<rust_decimal::Decimal> for Number {
    fn from(decimal: rust_decimal::Decimal) -> Self {
        Self(decimal.to_string().into())
    }
}

/// Fails where the number has more digits than a `Decimal`.
#[cfg(feature = "rust_decimal")]
impl TryFrom<Number> for rust_decimal::Decimal {
    type Error = InvalidNumber;

    fn try_from(number: Number) -> Result<Self, Self::Error> {
        let text = number.as_str();
        let decimal = Self::from_str_exact(text).or_else(|_| Self::from_scientific(text));
        decimal
            .ok()
            .filter(|decimal| Number::from(*decimal) == number)
            .ok_or_else(|| number.refused("a Decimal without rounding"))
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Integers take the road every serializer knows; `-0` would lose its sign on it.
        match self.0.parse::<i64>() {
            Ok(integer) if &*self.0 != "-0" => serializer.serialize_i64(integer),
            _ => RawValue::from_string(self.0.to_string())
                .map_err(S::Error::custom)?
                .serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn number(text: &str) -> Number {
        text.parse().expect("a number")
    }

    #[test]
    fn numbers_compare_by_value_however_they_are_written() {
        for (left, right) in [
            ("1", "1.0"),
            ("1E+2", "100"),
            ("0.1e-10", "1E-11"),
            ("-0.0", "0"),
            ("1.50", "15e-1"),
        ] {
            assert_eq!(number(left), number(right));
            assert_eq!(number(left).cmp(&number(right)), Ordering::Equal);
        }
        let ascending = [
            "-1e1000", "-2", "-1.5", "-1e-9", "0", "1e-9", "0.2", "0.25", "1", "9", "10", "1e2",
            "1e1000",
        ];
        for pair in ascending.windows(2) {
            assert!(number(pair[0]) < number(pair[1]), "{pair:?}");
        }
    }

    #[test]
    fn only_json_numbers_parse() {
        for text in [
            "",
            "-",
            "01",
            "1.",
            ".5",
            "1e",
            "1e+",
            "+1",
            "0x1",
            "NaN",
            "1 ",
            "1e9999999999",
            "١",
        ] {
            assert!(text.parse::<Number>().is_err(), "{text}");
        }
    }

    #[test]
    fn conversions_answer_none_rather_than_round() {
        assert_eq!(number("1E+2").to_i64(), Some(100));
        assert_eq!(number("1.5").to_i64(), None);
        assert_eq!(number("-1").to_u64(), None);
        assert_eq!(number("-0.0").to_i64(), Some(0));
        assert_eq!(number("9223372036854775808").to_i64(), None);
        assert_eq!(number("9223372036854775808").to_u64(), Some(1 << 63));
        assert_eq!(
            number("3.40282366920938463463374607431768211455E+38").to_u128(),
            Some(u128::MAX)
        );
        assert_eq!(number("1e400").to_f64(), None);
        assert_eq!(number("1e2000000000").to_i64(), None);
    }

    #[test]
    fn a_number_that_serde_json_would_round_is_refused() {
        let convert =
            |text| serde_json::Number::try_from(number(text)).map(|number| number.to_string());
        assert_eq!(convert("0.1").as_deref(), Ok("0.1"));
        assert_eq!(convert("1E+2").as_deref(), Ok("100"));
        assert!(convert("12.12312321312312312312312321").is_err());
        assert!(convert("18446744073709551616000000000001").is_err());
    }

    proptest! {
        #[test]
        fn a_number_survives_json_digit_for_digit(text in "-?(0|[1-9][0-9]{0,60})(\\.[0-9]{1,60})?([eE][+-]?[0-9]{1,8})?") {
            let read: Number = serde_json::from_str(&text).expect("a number");
            prop_assert_eq!(read.as_str(), &text);
            prop_assert_eq!(serde_json::to_string(&read).expect("JSON"), text);
        }

        #[test]
        fn order_is_that_of_the_integers(left: i64, right: i64, scale in 0_usize..4) {
            let shifted = |value: i64| number(&format!("{value}{}e-{scale}", "0".repeat(scale)));
            prop_assert_eq!(shifted(left).cmp(&number(&right.to_string())), left.cmp(&right));
            prop_assert_eq!(shifted(left).to_i64(), Some(left));
        }
    }
}
