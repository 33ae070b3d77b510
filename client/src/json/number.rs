//! Numbers of JSON text, for serde.

use serde::de::{Error as _, Visitor};
use serde_json::Error;

use crate::shortened::shortened;

/// Integers as far as they go, then the nearest float.
pub(super) fn visit_number<'de, V: Visitor<'de>>(
    literal: &str,
    visitor: V,
) -> Result<V::Value, Error> {
    if let Ok(number) = literal.parse::<u64>() {
        return visitor.visit_u64(number);
    }
    // `-0` is left to floats, which have it.
    if let Ok(number) = literal.parse::<i64>()
        && number < 0
    {
        return visitor.visit_i64(number);
    }
    match literal.parse::<f64>() {
        Ok(number) if number.is_finite() => visitor.visit_f64(number),
        _ => Err(out_of_range(literal)),
    }
}

pub(super) fn out_of_range(literal: &str) -> Error {
    let shown = shortened(literal, 40);
    Error::custom(format_args!("the number {shown} is out of range"))
}

/// RFC 8259: `-`, digits without a leading zero, a fraction, an exponent.
pub(super) fn is_number(literal: &str) -> bool {
    let digits = |text: &[u8]| text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let bytes = literal.as_bytes();
    let mut rest = bytes.strip_prefix(b"-").unwrap_or(bytes);
    let whole = digits(rest);
    if whole == 0 || (whole > 1 && rest[0] == b'0') {
        return false;
    }
    rest = &rest[whole..];
    if let Some(fraction) = rest.strip_prefix(b".") {
        let count = digits(fraction);
        if count == 0 {
            return false;
        }
        rest = &fraction[count..];
    }
    if let [b'e' | b'E', exponent @ ..] = rest {
        let exponent = exponent
            .strip_prefix(b"+")
            .or(exponent.strip_prefix(b"-"))
            .unwrap_or(exponent);
        return !exponent.is_empty() && digits(exponent) == exponent.len();
    }
    rest.is_empty()
}
