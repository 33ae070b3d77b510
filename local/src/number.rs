//! Exact decimal numbers over the literal text of JSON.
//!
//! Everything works on digits and an exponent, so that `1e1000000000` costs what `1` costs: comparing, encoding and
//! printing never write an exponent out as zeros, and arithmetic that would have to is refused.

use std::borrow::Cow;
use std::cmp::Ordering;

use bigdecimal::BigDecimal;
use bigdecimal::num_bigint::{BigInt, Sign};

#[cfg(test)]
mod tests;

/// The most digits a result of arithmetic may have: as many as a number in a request.
const MAX_DIGITS: usize = 100;

/// Exponents beyond this cannot be stored; the real server keeps them in 32 bits as well.
const MAX_EXPONENT: i64 = i32::MAX as i64;

/// What an exponent is cut off at while reading, far from where sums of two could overflow.
const EXPONENT_CEILING: i64 = 1 << 40;

/// A decimal by value: ±0.d₁d₂d₃… × 10^exponent without leading and trailing zeros, and no digits at all for zero.
/// Two texts of one value are equal: `100`, `1e2`, `100.0`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Decimal {
    negative: bool,
    digits: Vec<u8>,
    exponent: i64,
}

/// Why arithmetic has no storable result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ArithmeticError {
    #[error("the exact result has more than {MAX_DIGITS} digits")]
    TooManyDigits,
    #[error("the exponent of the result is beyond ±{MAX_EXPONENT}")]
    ExponentTooLarge,
}

impl Decimal {
    /// Reads the text of a JSON number.
    pub(crate) fn parse(text: &str) -> Self {
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, power) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, power)) => (mantissa, read_power(power)),
            None => (unsigned, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let bytes = whole.bytes().chain(fraction.bytes());
        let mut digits: Vec<u8> = bytes.map(|byte| byte.wrapping_sub(b'0')).collect();
        let leading = digits.iter().take_while(|digit| **digit == 0).count();
        digits.drain(..leading);
        let trailing = digits.iter().rev().take_while(|digit| **digit == 0).count();
        digits.truncate(digits.len() - trailing);
        if digits.is_empty() {
            return Self::zero();
        }
        let point = i64::try_from(whole.len()).unwrap_or(EXPONENT_CEILING)
            - i64::try_from(leading).unwrap_or(EXPONENT_CEILING);
        Self {
            negative,
            digits,
            exponent: point.saturating_add(power),
        }
    }

    fn zero() -> Self {
        Self {
            negative: false,
            digits: Vec::new(),
            exponent: 0,
        }
    }

    pub(crate) fn is_zero(&self) -> bool {
        self.digits.is_empty()
    }

    /// Whether the exponent is one that can be stored.
    fn is_storable(&self) -> bool {
        self.exponent.abs() <= MAX_EXPONENT
    }

    /// The integer left after dropping a fraction, cut off at the ends of `i64`.
    pub(crate) fn truncated(&self) -> i64 {
        let limit = if self.negative { i64::MIN } else { i64::MAX };
        let Ok(whole) = usize::try_from(self.exponent) else {
            return 0;
        };
        if whole > 18 {
            return limit;
        }
        let digits = self.digits.iter().copied().chain(std::iter::repeat(0));
        let magnitude = digits
            .take(whole)
            .fold(0_i64, |sum, digit| sum * 10 + i64::from(digit));
        if self.negative { -magnitude } else { magnitude }
    }

    /// Whether the value has no fraction.
    pub(crate) fn is_whole(&self) -> bool {
        self.is_zero() || self.count() <= self.exponent
    }

    /// Appends bytes that compare as the values do, and that no other value begins with.
    ///
    /// A sign byte; the exponent in one byte, or in nine where it is large; two digits to a byte from 1 up, closed by
    /// a 0. All but the sign is inverted for negative numbers.
    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        if self.is_zero() {
            out.push(2);
            return;
        }
        out.push(if self.negative { 1 } else { 3 });
        let start = out.len();
        if let Ok(small @ 8..=248) = u8::try_from(self.exponent + 128) {
            out.push(small);
        } else {
            out.push(if self.exponent < 0 { 7 } else { 249 });
            out.extend(ordered(self.exponent));
        }
        for pair in self.digits.chunks(2) {
            out.push(1 + pair[0] * 10 + pair.get(1).copied().unwrap_or(0));
        }
        out.push(0);
        if self.negative {
            for byte in &mut out[start..] {
                *byte = !*byte;
            }
        }
    }

    /// The text numbers are stored and answered in: no trailing zeros, and an exponent where the stripped form has a
    /// positive one or the number is small, as in `1E+2` and `1E-7`.
    pub(crate) fn to_text(&self) -> String {
        let digits = self.digits_text();
        let sign = if self.negative { "-" } else { "" };
        let leading = self.exponent - 1;
        if self.is_zero() {
            "0".to_owned()
        } else if self.exponent > self.count() || leading < -6 {
            let (first, rest) = digits.split_at(1);
            let point = if rest.is_empty() { "" } else { "." };
            format!("{sign}{first}{point}{rest}E{leading:+}")
        } else if let Ok(whole @ 1..) = usize::try_from(self.exponent) {
            let (whole, fraction) = digits.split_at(whole);
            let point = if fraction.is_empty() { "" } else { "." };
            format!("{sign}{whole}{point}{fraction}")
        } else {
            let zeros = "0".repeat(usize::try_from(-self.exponent).unwrap_or(0));
            format!("{sign}0.{zeros}{digits}")
        }
    }

    /// The same number for the arithmetic of a library. Only for exponents that have been looked at.
    fn to_big(&self) -> BigDecimal {
        let sign = if self.negative {
            Sign::Minus
        } else {
            Sign::Plus
        };
        let digits = BigInt::from_radix_be(sign, &self.digits, 10).unwrap_or_default();
        BigDecimal::new(digits, self.count() - self.exponent)
    }

    fn from_big(number: &BigDecimal) -> Self {
        let (digits, scale) = number.as_bigint_and_exponent();
        let mut decimal = Self::parse(&digits.to_string());
        if !decimal.is_zero() {
            decimal.exponent -= scale;
        }
        decimal
    }

    /// The text of a result with this many decimal places. Without any it is an integer, digit by digit, as the sum of
    /// two integers is; else it is written like any other number.
    fn to_result(&self, scale: i64) -> Result<String, ArithmeticError> {
        if self.digits.len() > MAX_DIGITS {
            return Err(ArithmeticError::TooManyDigits);
        }
        if !self.is_storable() {
            return Err(ArithmeticError::ExponentTooLarge);
        }
        let zeros = usize::try_from(self.exponent - self.count()).unwrap_or(0);
        if scale != 0 || zeros == 0 {
            return Ok(self.to_text());
        }
        if self.digits.len() + zeros > MAX_DIGITS {
            return Err(ArithmeticError::TooManyDigits);
        }
        let sign = if self.negative { "-" } else { "" };
        Ok(format!("{sign}{}{}", self.digits_text(), "0".repeat(zeros)))
    }

    fn digits_text(&self) -> String {
        let digits = self.digits.iter();
        digits.map(|digit| char::from(b'0' + digit)).collect()
    }

    fn count(&self) -> i64 {
        i64::try_from(self.digits.len()).unwrap_or(i64::MAX)
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let sign = |number: &Self| match (number.is_zero(), number.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        };
        let magnitude = || (self.exponent, &self.digits).cmp(&(other.exponent, &other.digits));
        sign(self).cmp(&sign(other)).then_with(|| {
            if self.negative {
                magnitude().reverse()
            } else {
                magnitude()
            }
        })
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Bytes of an `i64` that compare as the numbers do.
pub(crate) fn ordered(number: i64) -> [u8; 8] {
    (number.cast_unsigned() ^ (1 << 63)).to_be_bytes()
}

/// Whether a JSON number was written without fraction and exponent. Updates tell `1` from `1.0` by this.
pub(crate) fn is_integer(text: &str) -> bool {
    !text.bytes().any(|byte| matches!(byte, b'.' | b'e' | b'E'))
}

/// Compares two JSON numbers by value.
pub(crate) fn compare(left: &str, right: &str) -> Ordering {
    match (small(left), small(right)) {
        (Some(left), Some(right)) => left.cmp(&right),
        _ => Decimal::parse(left).cmp(&Decimal::parse(right)),
    }
}

/// Whether two JSON numbers are equal to updates: the same value, and both written as integers or both not.
pub(crate) fn same_representation(left: &str, right: &str) -> bool {
    is_integer(left) == is_integer(right) && compare(left, right).is_eq()
}

/// The text a number is stored as, or `None` if its exponent is beyond what can be stored.
pub(crate) fn normalise(text: &str) -> Option<Cow<'_, str>> {
    if is_integer(text) {
        return Some(Cow::Borrowed(if text == "-0" { "0" } else { text }));
    }
    let decimal = Decimal::parse(text);
    decimal.is_storable().then(|| Cow::Owned(decimal.to_text()))
}

/// The exact sum of two JSON numbers, as it is stored.
pub(crate) fn add(left: &str, right: &str) -> Result<String, ArithmeticError> {
    let (one, other) = (Decimal::parse(left), Decimal::parse(right));
    let (places, other_places) = (scale(left, &one), scale(right, &other));
    if one.is_zero() {
        return other.to_result(other_places);
    }
    if other.is_zero() {
        return one.to_result(places);
    }
    let lowest = |number: &Decimal| number.exponent - number.count();
    let span = one.exponent.max(other.exponent) - lowest(&one).min(lowest(&other));
    if !usize::try_from(span).is_ok_and(|span| span <= MAX_DIGITS) {
        return Err(ArithmeticError::TooManyDigits);
    }
    let sum = Decimal::from_big(&(one.to_big() + other.to_big()));
    sum.to_result(places.max(other_places))
}

/// The exact product of two JSON numbers, as it is stored.
pub(crate) fn multiply(left: &str, right: &str) -> Result<String, ArithmeticError> {
    let (one, other) = (Decimal::parse(left), Decimal::parse(right));
    let scale = scale(left, &one) + scale(right, &other);
    if one.is_zero() || other.is_zero() {
        return Ok("0".to_owned());
    }
    let exponent = one.exponent + other.exponent;
    let fraction = |number: Decimal| {
        Decimal {
            exponent: 0,
            ..number
        }
        .to_big()
    };
    let mut product = Decimal::from_big(&(fraction(one) * fraction(other)));
    product.exponent += exponent;
    product.to_result(scale)
}

/// The decimal places a number was written with; fewer than none for `1E+2`.
fn scale(text: &str, number: &Decimal) -> i64 {
    if is_integer(text) || number.is_zero() {
        0
    } else {
        number.count() - number.exponent
    }
}

/// A number written without an exponent, or as it is stored where that would take more than so many zeros.
pub(crate) fn plain(text: &str, most_zeros: i64) -> String {
    let number = Decimal::parse(text);
    if number.is_zero() || number.exponent.abs() > most_zeros {
        return number.to_text();
    }
    let sign = if number.negative { "-" } else { "" };
    let digits = number.digits_text();
    match usize::try_from(number.exponent) {
        Ok(0) | Err(_) => {
            let zeros = usize::try_from(-number.exponent).unwrap_or(0);
            format!("{sign}0.{}{digits}", "0".repeat(zeros))
        }
        Ok(whole) if whole >= digits.len() => {
            format!("{sign}{digits}{}", "0".repeat(whole - digits.len()))
        }
        Ok(whole) => {
            let (whole, fraction) = digits.split_at(whole);
            format!("{sign}{whole}.{fraction}")
        }
    }
}

/// The value of a short integer, the common case, without allocating.
fn small(text: &str) -> Option<i64> {
    if text.len() < 19 && is_integer(text) {
        text.parse().ok()
    } else {
        None
    }
}

fn read_power(text: &str) -> i64 {
    let limit = if text.starts_with('-') {
        -EXPONENT_CEILING
    } else {
        EXPONENT_CEILING
    };
    text.parse::<i64>().map_or(limit, |power| {
        power.clamp(-EXPONENT_CEILING, EXPONENT_CEILING)
    })
}
