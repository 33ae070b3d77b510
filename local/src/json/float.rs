//! Floating-point numbers in the text form of Java, which the Data API answers in: `1.0`, `1.6777216E7`, `4.9E-324`.
//!
//! The rules are those of `Double.toString` since Java 19
//! (<https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/lang/Double.html#toString(double)>).

use super::{Number, Value};

/// A float as JSON. Numbers JSON cannot write become strings.
pub(crate) fn float_to_json(value: f32) -> Value {
    let shortest = format!("{value:e}");
    let two_digits = format!("{value:.1e}");
    let same = |text: &str| {
        text.parse::<f32>()
            .is_ok_and(|parsed| parsed.to_bits() == value.to_bits())
    };
    to_json(f64::from(value), shortest, two_digits, same)
}

/// A double as JSON. Numbers JSON cannot write become strings.
pub(crate) fn double_to_json(value: f64) -> Value {
    let shortest = format!("{value:e}");
    let two_digits = format!("{value:.1e}");
    let same = |text: &str| {
        text.parse::<f64>()
            .is_ok_and(|parsed| parsed.to_bits() == value.to_bits())
    };
    to_json(value, shortest, two_digits, same)
}

/// What a string says about a floating-point number, if it is one of the three JSON has no number for.
pub(crate) fn special(text: &str) -> Option<f64> {
    match text {
        "NaN" => Some(f64::NAN),
        "Infinity" => Some(f64::INFINITY),
        "-Infinity" => Some(f64::NEG_INFINITY),
        _ => None,
    }
}

fn to_json(value: f64, shortest: String, two_digits: String, same: impl Fn(&str) -> bool) -> Value {
    if value.is_nan() {
        return Value::from("NaN");
    }
    if value.is_infinite() {
        return Value::from(if value > 0.0 { "Infinity" } else { "-Infinity" });
    }
    // Java writes at least two digits, and of two-digit forms the nearest: 4.9E-324 where one digit would do as 5e-324.
    let scientific = if !shortest.contains('.') && same(&two_digits) {
        two_digits
    } else {
        shortest
    };
    Value::Number(Number::new(in_java_form(&scientific)))
}

/// From `-1.25e-7` to Java's choice of plain or scientific form.
fn in_java_form(scientific: &str) -> String {
    let (mantissa, power) = scientific.split_once('e').unwrap_or((scientific, "0"));
    let power: i32 = power.parse().unwrap_or(0);
    let (sign, mantissa) = match mantissa.strip_prefix('-') {
        Some(mantissa) => ("-", mantissa),
        None => ("", mantissa),
    };
    let (first, rest) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let rest = match rest.trim_end_matches('0') {
        "" => "0",
        rest => rest,
    };
    if first == "0" {
        return format!("{sign}0.0");
    }
    match power {
        0..=6 => {
            let places = power.unsigned_abs() as usize;
            let padded = format!("{rest:0<places$}");
            let (whole, fraction) = padded.split_at(places);
            let fraction = if fraction.is_empty() { "0" } else { fraction };
            format!("{sign}{first}{whole}.{fraction}")
        }
        -3..=-1 => {
            let zeros = "0".repeat(power.unsigned_abs() as usize - 1);
            let rest = if rest == "0" { "" } else { rest };
            format!("{sign}0.{zeros}{first}{rest}")
        }
        _ => format!("{sign}{first}.{rest}E{power}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn doubles_are_written_as_java_writes_them() {
        for (value, written) in [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (-1.5, "-1.5"),
            (100.0, "100.0"),
            (1_234_567.0, "1234567.0"),
            (1_234_567.5, "1234567.5"),
            (9_999_999.0, "9999999.0"),
            (1e7, "1.0E7"),
            (1.25e10, "1.25E10"),
            (0.001, "0.001"),
            (0.0125, "0.0125"),
            (0.000_999, "9.99E-4"),
            (1e-10, "1.0E-10"),
            (5e-324, "4.9E-324"),
            (2e-323, "2.0E-323"),
            (1.797_693_134_862_315_7e308, "1.7976931348623157E308"),
            (-1e300, "-1.0E300"),
            (2e23, "2.0E23"),
        ] {
            assert_eq!(double_to_json(value).to_json(), written, "{value:e}");
        }
        assert_eq!(double_to_json(f64::NAN), Value::from("NaN"));
        assert_eq!(double_to_json(f64::NEG_INFINITY), Value::from("-Infinity"));
    }

    #[test]
    fn floats_are_written_with_the_digits_a_float_needs() {
        for (value, written) in [
            (0.1, "0.1"),
            (3.4e38, "3.4E38"),
            (16_777_216.0, "1.6777216E7"),
            (1.4e-45, "1.4E-45"),
            (0.9, "0.9"),
        ] {
            assert_eq!(float_to_json(value).to_json(), written);
        }
        assert_eq!(float_to_json(f32::INFINITY), Value::from("Infinity"));
    }

    proptest! {
        #[test]
        fn written_numbers_are_read_back_equal(bits in any::<u64>(), short in any::<u32>()) {
            let double = f64::from_bits(bits);
            if double.is_finite() {
                prop_assert_eq!(double_to_json(double).to_json().parse::<f64>(), Ok(double));
            }
            let float = f32::from_bits(short);
            if float.is_finite() {
                prop_assert_eq!(float_to_json(float).to_json().parse::<f32>(), Ok(float));
            }
        }
    }
}
