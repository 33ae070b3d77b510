//! From JSON to values without parts.

use uuid::Uuid;

use crate::base64_text;
use crate::json::{Number, Object, Value, float};
use crate::number::{self, Decimal};
use crate::table::column_type::Scalar;
use crate::table::value::{CqlValue, Duration, Mismatch, SentDecimal, calendar, inet};
use crate::uuid_text;

/// Digits an integer of any size may have. The real server stops at what fits one of its messages; a bound keeps
/// `1e999999999` from filling the memory.
pub(super) const MAX_VARINT_DIGITS: i64 = 100_000;

/// Digits beyond which a number is no `bigint` for certain.
const MAX_BIGINT_DIGITS: i64 = 20;

pub(super) fn read(scalar: Scalar, json: &Value) -> Result<CqlValue, Mismatch> {
    match scalar {
        Scalar::Tinyint => integer(json, i64::from(i8::MIN), i64::from(i8::MAX)),
        Scalar::Smallint => integer(json, i64::from(i16::MIN), i64::from(i16::MAX)),
        Scalar::Int => integer(json, i64::from(i32::MIN), i64::from(i32::MAX)),
        Scalar::Bigint => integer(json, i64::MIN, i64::MAX),
        Scalar::Varint => varint(json),
        Scalar::Decimal => decimal(json),
        Scalar::Float => float(json),
        Scalar::Double => double(json),
        Scalar::Boolean => match json {
            Value::Bool(value) => Ok(CqlValue::Boolean(*value)),
            _ => Err(Mismatch::expected("true or false", json)),
        },
        Scalar::Timestamp => timestamp(json),
        Scalar::Blob => blob(json),
        Scalar::Ascii => match text(json)? {
            text if text.is_ascii() => Ok(CqlValue::Text(text.to_owned())),
            _ => Err(Mismatch::new("expected a string of ASCII characters only")),
        },
        Scalar::Text => text(json).map(|text| CqlValue::Text(text.to_owned())),
        Scalar::Date => calendar::read_date(text(json)?).map(CqlValue::Date),
        Scalar::Time => calendar::read_time(text(json)?).map(CqlValue::Time),
        Scalar::Duration => Duration::read(text(json)?).map(CqlValue::Duration),
        Scalar::Uuid => uuid(text(json)?).map(CqlValue::Uuid),
        Scalar::Inet => inet::read(text(json)?).map(CqlValue::Inet),
    }
}

/// A float32, infinite where the number is too large for one.
pub(super) fn parse_float(number: &Number) -> Result<f32, Mismatch> {
    let parsed = number.as_str().parse();
    parsed.map_err(|_| Mismatch::new("the number cannot be read"))
}

/// The bytes of `{"$binary": "…"}`.
pub(super) fn binary(object: &Object) -> Option<Vec<u8>> {
    let text = match object.first() {
        Some(("$binary", Value::String(text))) if object.len() == 1 => text,
        _ => return None,
    };
    base64_text::read(text)
}

fn text(json: &Value) -> Result<&str, Mismatch> {
    json.as_str()
        .ok_or_else(|| Mismatch::expected("a string", json))
}

fn number(json: &Value) -> Result<&str, Mismatch> {
    json.as_number()
        .map(Number::as_str)
        .ok_or_else(|| Mismatch::expected("a number", json))
}

fn integer(json: &Value, lowest: i64, highest: i64) -> Result<CqlValue, Mismatch> {
    let text = number(json)?;
    let mut value = text.parse::<i64>().ok();
    if value.is_none() {
        whole(text)?;
        value = number::plain(text, MAX_BIGINT_DIGITS).parse().ok();
    }
    value
        .filter(|value| (lowest..=highest).contains(value))
        .map(CqlValue::Int)
        .ok_or_else(|| Mismatch::new(format!("{text} is not between {lowest} and {highest}")))
}

fn varint(json: &Value) -> Result<CqlValue, Mismatch> {
    let text = number(json)?;
    let value = whole(text)?;
    if number::plain(text, MAX_VARINT_DIGITS).contains('E') {
        let phrase = format!("{text} has more than {MAX_VARINT_DIGITS} digits");
        return Err(Mismatch::new(phrase));
    }
    Ok(CqlValue::Varint(value))
}

fn whole(text: &str) -> Result<Decimal, Mismatch> {
    let value = Decimal::parse(text);
    if value.is_whole() {
        Ok(value)
    } else {
        Err(Mismatch::new(format!("{text} is not a whole number")))
    }
}

fn decimal(json: &Value) -> Result<CqlValue, Mismatch> {
    let text = number(json)?;
    if number::normalise(text).is_none() {
        return Err(Mismatch::new(format!(
            "the exponent of {text} is too large"
        )));
    }
    Ok(CqlValue::Decimal(SentDecimal::parse(text)))
}

fn float(json: &Value) -> Result<CqlValue, Mismatch> {
    if let Value::Number(number) = json {
        return parse_float(number).map(CqlValue::Float);
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "NaN and infinities are so in both sizes"
    )]
    special(json).map(|value| CqlValue::Float(value as f32))
}

fn double(json: &Value) -> Result<CqlValue, Mismatch> {
    if let Value::Number(number) = json {
        let parsed = number.as_str().parse().map(CqlValue::Double);
        return parsed.map_err(|_| Mismatch::new("the number cannot be read"));
    }
    special(json).map(CqlValue::Double)
}

fn special(json: &Value) -> Result<f64, Mismatch> {
    json.as_str().and_then(float::special).ok_or_else(|| {
        Mismatch::expected("a number, or \"NaN\", \"Infinity\" or \"-Infinity\"", json)
    })
}

/// An ISO instant, or `{"$date": milliseconds}`.
fn timestamp(json: &Value) -> Result<CqlValue, Mismatch> {
    let Value::Object(object) = json else {
        return calendar::read_instant(text(json)?).map(CqlValue::Timestamp);
    };
    let millis = match object.first() {
        Some(("$date", Value::Number(number))) if object.len() == 1 => {
            Decimal::parse(number.as_str())
        }
        _ => {
            return Err(Mismatch::new(
                "expected {\"$date\": milliseconds} or a string",
            ));
        }
    };
    Ok(CqlValue::Timestamp(millis.truncated()))
}

fn blob(json: &Value) -> Result<CqlValue, Mismatch> {
    json.as_object()
        .and_then(binary)
        .map(CqlValue::Blob)
        .ok_or_else(|| Mismatch::new("expected {\"$binary\": …} with a base64 string"))
}

/// Only the form with hyphens, in any case.
fn uuid(text: &str) -> Result<Uuid, Mismatch> {
    uuid_text::read(text).ok_or_else(|| Mismatch::new("expected a UUID of 36 characters"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    fn read_text(scalar: Scalar, text: &str) -> Result<CqlValue, Mismatch> {
        read(scalar, &json::parse(text.as_bytes()).expect("JSON"))
    }

    #[test]
    fn integers_are_whole_and_in_range() {
        for (scalar, text, value) in [
            (Scalar::Int, "7.0", Some(7)),
            (Scalar::Int, "2147483647", Some(2_147_483_647)),
            (Scalar::Int, "2147483648", None),
            (Scalar::Tinyint, "-128", Some(-128)),
            (Scalar::Tinyint, "128", None),
            (Scalar::Smallint, "1.5", None),
            (Scalar::Bigint, "1e18", Some(1_000_000_000_000_000_000)),
            (Scalar::Bigint, "9223372036854775807", Some(i64::MAX)),
            (Scalar::Bigint, "9223372036854775807.0", Some(i64::MAX)),
            (Scalar::Bigint, "-9223372036854775808.0", Some(i64::MIN)),
            (Scalar::Bigint, "9223372036854775808", None),
            (Scalar::Bigint, "1e999999999", None),
            (Scalar::Int, "\"7\"", None),
            (Scalar::Int, "true", None),
        ] {
            assert_eq!(
                read_text(scalar, text).ok(),
                value.map(CqlValue::Int),
                "{text}"
            );
        }
    }

    #[test]
    fn integers_of_any_size_are_bounded_in_digits_only() {
        assert_eq!(
            read_text(Scalar::Varint, "1E+3"),
            read_text(Scalar::Varint, "1000")
        );
        assert!(read_text(Scalar::Varint, "123456789012345678901234567890").is_ok());
        assert!(read_text(Scalar::Varint, "0.5").is_err());
        assert!(read_text(Scalar::Varint, "1e999999999").is_err());
        assert!(read_text(Scalar::Decimal, "1e2147483647").is_err());
        assert!(read_text(Scalar::Decimal, "\"1.5\"").is_err());
    }

    #[test]
    fn floats_take_numbers_and_three_words() {
        assert_eq!(
            read_text(Scalar::Float, "1e40"),
            Ok(CqlValue::Float(f32::INFINITY))
        );
        assert_eq!(
            read_text(Scalar::Double, "\"-Infinity\""),
            Ok(CqlValue::Double(f64::NEG_INFINITY))
        );
        for text in ["\"nan\"", "\"Inf\"", "\"1.5\"", "true", "[1]"] {
            assert!(read_text(Scalar::Float, text).is_err(), "{text}");
            assert!(read_text(Scalar::Double, text).is_err(), "{text}");
        }
    }

    #[test]
    fn blobs_and_timestamps_take_their_extended_form() {
        assert_eq!(
            read_text(Scalar::Blob, r#"{"$binary":"AAEC"}"#),
            Ok(CqlValue::Blob(vec![0, 1, 2]))
        );
        assert_eq!(
            read_text(Scalar::Blob, r#"{"$binary":""}"#),
            Ok(CqlValue::Blob(vec![]))
        );
        for text in [
            r#""AAEC""#,
            r#"{"$binary":"?"}"#,
            r#"{"$binary":5}"#,
            r#"{"$binary":"AA"}"#,
            r#"{"$date":1}"#,
        ] {
            assert!(read_text(Scalar::Blob, text).is_err(), "{text}");
        }
        assert_eq!(
            read_text(Scalar::Timestamp, r#"{"$date":5}"#),
            Ok(CqlValue::Timestamp(5))
        );
        assert!(read_text(Scalar::Timestamp, r#"{"$date":"x"}"#).is_err());
        assert!(read_text(Scalar::Timestamp, "5").is_err());
    }

    #[test]
    fn strings_are_checked_against_their_type() {
        assert!(read_text(Scalar::Ascii, "\"~!@#\"").is_ok());
        assert!(read_text(Scalar::Ascii, "\"é\"").is_err());
        assert!(read_text(Scalar::Uuid, "\"3F2504E0-4F89-41D3-9A0C-0305E82C3301\"").is_ok());
        for text in [
            "\"3f2504e04f8941d39a0c0305e82c3301\"",
            "\"\"",
            "\"not-a-uuid\"",
            "5",
        ] {
            assert!(read_text(Scalar::Uuid, text).is_err(), "{text}");
        }
    }
}
