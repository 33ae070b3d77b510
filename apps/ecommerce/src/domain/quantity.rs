//! How many of a product: a whole number from 1 to 1,000, and nothing else.

use std::fmt;
use std::str::FromStr;

use astra_db::query::Numeric;
use serde::de::{self, Deserializer, Unexpected, Visitor};
use serde::{Deserialize, Serialize};

/// A whole number of pieces, at least one and at most [`Quantity::MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Quantity(u32);

impl Numeric for Quantity {}

/// The number is no quantity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Choose a whole number from 1 to 1,000")]
pub struct InvalidQuantity;

impl Quantity {
    /// One piece.
    pub const ONE: Self = Self(1);
    /// The most pieces of one product that a cart holds.
    pub const MAX: Self = Self(1_000);

    /// The bare number.
    pub const fn get(self) -> u32 {
        self.0
    }

    /// What is left after taking `other` away; `None` when nothing is.
    pub fn minus(self, other: Self) -> Option<Self> {
        self.0
            .checked_sub(other.0)
            .filter(|rest| *rest > 0)
            .map(Self)
    }
}

impl TryFrom<u64> for Quantity {
    type Error = InvalidQuantity;

    fn try_from(number: u64) -> Result<Self, InvalidQuantity> {
        match u32::try_from(number) {
            Ok(pieces) if (1..=Self::MAX.0).contains(&pieces) => Ok(Self(pieces)),
            _ => Err(InvalidQuantity),
        }
    }
}

/// Reads what a person typed into a form.
impl FromStr for Quantity {
    type Err = InvalidQuantity;

    fn from_str(text: &str) -> Result<Self, InvalidQuantity> {
        // `+5` is a number to Rust; a form never sends it.
        let digits = Some(text.trim()).filter(|text| !text.starts_with('+'));
        digits
            .and_then(|digits| digits.parse::<u64>().ok())
            .ok_or(InvalidQuantity)?
            .try_into()
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Only a JSON number is a quantity: `"2"` is refused, so `"6"` and `"2"` can never become 62.
impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = deserializer.deserialize_any(WholeNumber("a whole number from 1 to 1000"))?;
        Self::try_from(number).map_err(|_| {
            de::Error::invalid_value(
                Unexpected::Unsigned(number),
                &"a whole number from 1 to 1000",
            )
        })
    }
}

/// Reads a whole number in any spelling a Data API may answer with: it is free to write 1000 as
/// `1E+3`.
pub(crate) fn whole_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    deserializer.deserialize_any(WholeNumber("a whole number that is not negative"))
}

/// Whether a counter that is stored from its first change on has not been changed yet.
#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde calls it with a reference"
)]
pub(crate) fn is_zero(counter: &u64) -> bool {
    *counter == 0
}

struct WholeNumber(&'static str);

impl Visitor<'_> for WholeNumber {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<u64, E> {
        Ok(number)
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<u64, E> {
        u64::try_from(number).map_err(|_| E::invalid_value(Unexpected::Signed(number), &self))
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the number was just found whole and in range"
    )]
    fn visit_f64<E: de::Error>(self, number: f64) -> Result<u64, E> {
        // 2^53: below it every whole number has exactly one float.
        let is_whole = number.fract() == 0.0 && (0.0..9_007_199_254_740_992.0).contains(&number);
        if is_whole {
            Ok(number as u64)
        } else {
            Err(E::invalid_value(Unexpected::Float(number), &self))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_numbers_from_one_to_a_thousand_are_quantities() {
        let from_json = |text| {
            serde_json::from_str::<Quantity>(text)
                .map(Quantity::get)
                .ok()
        };
        assert_eq!(
            ["1", "1000", "1E+3", "2.0"].map(from_json),
            [Some(1), Some(1000), Some(1000), Some(2)]
        );
        for bad in [
            "0", "-5", "1.5", "1001", "\"2\"", "null", "true", "[1]", "1e400",
        ] {
            assert_eq!(from_json(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_typed_quantity_is_read_with_blanks_around_it() {
        assert_eq!(" 3 ".parse(), Ok(Quantity(3)));
        for bad in [
            "",
            "0",
            "-1",
            "+5",
            "1.5",
            "1001",
            "two",
            "1e2",
            "99999999999999999999",
        ] {
            assert_eq!(bad.parse::<Quantity>(), Err(InvalidQuantity), "{bad}");
        }
    }

    #[test]
    fn taking_everything_away_leaves_no_quantity() {
        assert_eq!(Quantity(3).minus(Quantity(1)), Some(Quantity(2)));
        assert_eq!(Quantity(3).minus(Quantity(3)), None);
        assert_eq!(Quantity(3).minus(Quantity(4)), None);
    }
}
