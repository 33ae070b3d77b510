//! Integer fields that may have been written as `1E+2` or `100.0`.
//!
//! `#[serde(with = "astra_db::value::integer")]` on a field of any integer type, or an `Option` of
//! one, reads every way of writing an integer and refuses a number with a fraction or out of range.
//! It writes plain integers.
//!
//! ```
//! #[derive(serde::Deserialize)]
//! struct Line {
//!     #[serde(with = "astra_db::value::integer")]
//!     quantity: u32,
//!     #[serde(with = "astra_db::value::integer", default)]
//!     rating: Option<i64>,
//! }
//!
//! let line: Line = serde_json::from_str(r#"{"quantity": 1E+2}"#)?;
//! assert_eq!((line.quantity, line.rating), (100, None));
//! # Ok::<(), serde_json::Error>(())
//! ```

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Value;

/// An integer type of Rust, or an [`Option`] of one. Not for others to implement.
pub trait Integer: Serialize + Sized + sealed::FromValue {}

impl<T: Serialize + sealed::FromValue> Integer for T {}

mod sealed {
    use super::Value;

    pub trait FromValue: Sized {
        const EXPECTED: &'static str;

        fn from_value(value: &Value) -> Option<Self>;
    }

    macro_rules! integer {
        ($($integer:ident through $wide:ident),*) => {$(
            impl FromValue for $integer {
                const EXPECTED: &'static str = concat!("an integer within the range of ", stringify!($integer));

                fn from_value(value: &Value) -> Option<Self> {
                    value.as_number()?.$wide()?.try_into().ok()
                }
            }
        )*};
    }

    integer!(
        i8 through to_i128, i16 through to_i128, i32 through to_i128, i64 through to_i128, i128 through to_i128,
        isize through to_i128, u8 through to_i128, u16 through to_i128, u32 through to_i128, u64 through to_i128,
        u128 through to_u128, usize through to_i128
    );

    impl<T: FromValue> FromValue for Option<T> {
        const EXPECTED: &'static str = T::EXPECTED;

        fn from_value(value: &Value) -> Option<Self> {
            if value.is_null() {
                Some(None)
            } else {
                T::from_value(value).map(Some)
            }
        }
    }
}

/// Reads an integer however it is written.
pub fn deserialize<'de, T: Integer, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let value = Value::deserialize(deserializer)?;
    T::from_value(&value).ok_or_else(|| match value.as_number() {
        Some(number) => D::Error::custom(format_args!("expected {}, found {number}", T::EXPECTED)),
        None => D::Error::custom(format_args!(
            "expected {}, found {}",
            T::EXPECTED,
            value.kind()
        )),
    })
}

/// Writes the integer as it is.
pub fn serialize<T: Integer, S: Serializer>(integer: &T, serializer: S) -> Result<S::Ok, S::Error> {
    integer.serialize(serializer)
}
