//! Columns of type `decimal` as [`rust_decimal::Decimal`].
//!
//! `#[serde(with = "astra_db::table::decimal")]` on a field writes it as a number, where serde would
//! write text. `decimal::option` does so for an `Option`.
//!
//! ```
//! use astra_db::table::decimal;
//! use rust_decimal::Decimal;
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Debug, PartialEq, Serialize, Deserialize)]
//! struct Price {
//!     #[serde(with = "decimal")]
//!     net: Decimal,
//!     #[serde(with = "decimal::option")]
//!     tax: Option<Decimal>,
//! }
//!
//! let price = Price { net: "12.50".parse()?, tax: None };
//! let json = r#"{"net":12.50,"tax":null}"#;
//! assert_eq!(serde_json::to_string(&price)?, json);
//! assert_eq!(serde_json::from_str::<Price>(json)?, price);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use rust_decimal::Decimal;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::value::Number;

/// Writes it as a number.
pub fn serialize<S: Serializer>(decimal: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
    Number::from(*decimal).serialize(serializer)
}

/// Reads a number.
///
/// # Errors
/// One that has more digits than a [`Decimal`].
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decimal, D::Error> {
    let number = Number::deserialize(deserializer)?;
    number.try_into().map_err(D::Error::custom)
}

/// The same for an `Option`.
pub mod option {
    use super::{Decimal, Deserialize, Deserializer, Number, Serialize, Serializer};

    /// Writes a number, or `null`.
    pub fn serialize<S: Serializer>(
        decimal: &Option<Decimal>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        decimal.map(Number::from).serialize(serializer)
    }

    /// Reads a number, or `null`.
    ///
    /// # Errors
    /// One that has more digits than a [`Decimal`].
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Decimal>, D::Error> {
        use serde::de::Error as _;

        let number = Option::<Number>::deserialize(from)?;
        number
            .map(Decimal::try_from)
            .transpose()
            .map_err(D::Error::custom)
    }
}
