//! The content of `$vector`.

use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use super::captured::Captured;
use super::{Binary, Value, extended, not_finite};

/// A vector of 32-bit floats: the content of a `$vector` field, or of a vector sort.
///
/// It is sent packed, `{"$binary": "<base64 of big-endian floats>"}`, about a third of the size of
/// an array of numbers and without rounding, and read in either form: the API gives back the form
/// it was sent. In a column of a table, a vector may have numbers in it that are not finite, which are
/// read by their names, `"NaN"`, `"Infinity"` and `"-Infinity"`.
///
/// ```
/// use astra_db::Vector;
///
/// let vector = Vector::from([1.0, 0.0, 0.0]);
/// assert_eq!(serde_json::to_string(&vector)?, r#"{"$binary":"P4AAAAAAAAAAAAAA"}"#);
/// assert_eq!(serde_json::from_str::<Vector>("[1, 0, 0]")?, vector);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Default, PartialEq)]
pub struct Vector(Vec<f32>);

impl Vector {
    /// The numbers.
    pub fn as_slice(&self) -> &[f32] {
        &self.0
    }

    /// The numbers, taken out.
    pub fn into_vec(self) -> Vec<f32> {
        self.0
    }

    fn to_base64(&self) -> String {
        let bytes: Vec<u8> = self
            .0
            .iter()
            .flat_map(|number| number.to_be_bytes())
            .collect();
        Binary::base64(&bytes)
    }

    fn from_base64(text: &str) -> Option<Self> {
        let bytes = BASE64_STANDARD.decode(text).ok()?;
        let (numbers, rest) = bytes.as_chunks::<4>();
        rest.is_empty().then(|| {
            numbers
                .iter()
                .map(|bytes| f32::from_be_bytes(*bytes))
                .collect()
        })
    }

    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Array(numbers) => numbers
                .iter()
                .map(|number| match number {
                    Value::String(name) => not_finite::named(name),
                    number => number.as_number()?.to_f32(),
                })
                .collect(),
            _ => Self::from_base64(extended::content(value, "$binary")?.as_str()?),
        }
    }

    /// An array of numbers, without a [`Number`](super::Number) for each.
    fn from_array_text(text: &str) -> Option<Self> {
        let numbers: Vec<&RawValue> = serde_json::from_str(text).ok()?;
        // Parsed as f32 from the text: by way of f64 some numbers would be rounded twice. Of JSON's
        // values only numbers parse as f32.
        let number = |raw: &RawValue| match raw.get().parse::<f32>() {
            Ok(number) => Some(number).filter(|number| number.is_finite()),
            Err(_) => not_finite::named(&serde_json::from_str::<String>(raw.get()).ok()?),
        };
        numbers.into_iter().map(number).collect()
    }
}

impl From<Vec<f32>> for Vector {
    fn from(numbers: Vec<f32>) -> Self {
        Self(numbers)
    }
}

impl From<&[f32]> for Vector {
    fn from(numbers: &[f32]) -> Self {
        Self(numbers.to_vec())
    }
}

impl<const LENGTH: usize> From<[f32; LENGTH]> for Vector {
    fn from(numbers: [f32; LENGTH]) -> Self {
        Self(numbers.to_vec())
    }
}

impl FromIterator<f32> for Vector {
    fn from_iter<I: IntoIterator<Item = f32>>(numbers: I) -> Self {
        Self(numbers.into_iter().collect())
    }
}

impl AsRef<[f32]> for Vector {
    fn as_ref(&self) -> &[f32] {
        &self.0
    }
}

impl From<Vector> for Value {
    fn from(vector: Vector) -> Self {
        extended::wrap("$binary", vector.to_base64())
    }
}

/// The first numbers and how many there are: whole vectors drown a log.
impl fmt::Debug for Vector {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 4;
        match self.0.get(..SHOWN) {
            Some(first) if self.0.len() > SHOWN => {
                write!(formatter, "Vector({first:?}… {} in all)", self.0.len())
            }
            _ => write!(formatter, "Vector({:?})", self.0),
        }
    }
}

impl Serialize for Vector {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        extended::serialize(serializer, "$binary", &self.to_base64())
    }
}

impl<'de> Deserialize<'de> for Vector {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let captured = Captured::from_deserializer(deserializer)?;
        let vector = match &captured {
            Captured::Text(text) if text.starts_with('[') => Self::from_array_text(text),
            _ => Self::from_value(&captured.into_value()?),
        };
        vector.ok_or_else(|| {
            D::Error::custom(r#"expected a vector: an array of numbers or {"$binary": "<base64>"}"#)
        })
    }
}
