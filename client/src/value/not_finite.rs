//! Floats that JSON has no numbers for: the API writes their names.

const NAN: &str = "NaN";
const INFINITY: &str = "Infinity";
const NEGATIVE_INFINITY: &str = "-Infinity";

/// The name of a number that is not finite.
pub(crate) fn name(number: f64) -> &'static str {
    match number {
        f64::INFINITY => INFINITY,
        f64::NEG_INFINITY => NEGATIVE_INFINITY,
        _ => NAN,
    }
}

/// The number with this name.
pub(crate) fn named(name: &str) -> Option<f32> {
    match name {
        NAN => Some(f32::NAN),
        INFINITY => Some(f32::INFINITY),
        NEGATIVE_INFINITY => Some(f32::NEG_INFINITY),
        _ => None,
    }
}
