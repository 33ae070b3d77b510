//! `float` and `double`

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::value::{Number, Value, not_finite};

macro_rules! float {
    ($(#[$doc:meta])* $name:ident, $float:ident, $write:ident, $read:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Default, PartialEq, PartialOrd)]
        pub struct $name(pub $float);

        impl From<$float> for $name {
            fn from(number: $float) -> Self {
                Self(number)
            }
        }

        impl From<$name> for $float {
            fn from(number: $name) -> Self {
                number.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(formatter)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(formatter)
            }
        }

        impl From<$name> for Value {
            fn from($name(number): $name) -> Self {
                // The shortest text that reads as the same number, with an exponent if it is long.
                format!("{number:?}").parse::<Number>().map_or_else(
                    |_| Self::String(not_finite::name(number.into()).to_owned()),
                    Self::Number,
                )
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                if self.0.is_finite() {
                    serializer.$write(self.0)
                } else {
                    serializer.serialize_str(not_finite::name(self.0.into()))
                }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let value = Value::deserialize(deserializer)?;
                let number = match &value {
                    Value::Number(number) => number.$read(),
                    Value::String(name) => not_finite::named(name).map($float::from),
                    _ => None,
                };
                number.map(Self).ok_or_else(|| {
                    D::Error::custom(format_args!(
                        r#"expected a number, "NaN", "Infinity" or "-Infinity", found {value}"#
                    ))
                })
            }
        }
    };
}

float! {
    /// A column of type `float`, 32 bits.
    ///
    /// A plain `f32` field does for finite numbers. JSON has no others: serde writes `null` for
    /// them, which **erases** the column. This writes and reads `"NaN"`, `"Infinity"` and
    /// `"-Infinity"` as the API does.
    ///
    /// ```
    /// use astra_db::table::Float;
    ///
    /// assert_eq!(serde_json::to_string(&[Float(0.1), Float(f32::INFINITY)])?, r#"[0.1,"Infinity"]"#);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    Float, f32, serialize_f32, to_f32
}

float! {
    /// A column of type `double`, 64 bits.
    ///
    /// A plain `f64` field does for finite numbers. JSON has no others: serde writes `null` for
    /// them, which **erases** the column. This writes and reads `"NaN"`, `"Infinity"` and
    /// `"-Infinity"` as the API does.
    ///
    /// ```
    /// use astra_db::table::Double;
    ///
    /// let read: Vec<Double> = serde_json::from_str(r#"[1.6777216E7, "NaN"]"#)?;
    /// assert_eq!(read[0], Double(16_777_216.0));
    /// assert!(read[1].0.is_nan());
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    Double, f64, serialize_f64, to_f64
}
