//! Money in integer minor units with its currency. No float ever holds a price.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use shared::numbers::grouped;

use crate::domain::quantity::{Quantity, whole_number};

/// A currency, by its ISO 4217 code. All the shop knows have two decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Currency {
    /// US dollar.
    #[default]
    Usd,
    /// Euro.
    Eur,
    /// Pound sterling.
    Gbp,
}

impl Currency {
    /// The ISO 4217 code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Usd => "USD",
            Self::Eur => "EUR",
            Self::Gbp => "GBP",
        }
    }

    fn symbol(self) -> &'static str {
        match self {
            Self::Usd => "$",
            Self::Eur => "€",
            Self::Gbp => "£",
        }
    }
}

impl FromStr for Currency {
    type Err = UnknownCurrency;

    fn from_str(code: &str) -> Result<Self, UnknownCurrency> {
        [Self::Usd, Self::Eur, Self::Gbp]
            .into_iter()
            .find(|currency| currency.code() == code)
            .ok_or(UnknownCurrency)
    }
}

/// The shop does not know this currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected USD, EUR or GBP")]
pub struct UnknownCurrency;

/// An amount in minor units (cents) and its currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Money {
    /// Minor units: 49900 is 499.00.
    #[serde(deserialize_with = "whole_number")]
    pub amount_cents: u64,
    /// ISO 4217 code.
    pub currency: Currency,
}

impl Money {
    /// So many minor units of a currency.
    pub const fn new(amount_cents: u64, currency: Currency) -> Self {
        Self {
            amount_cents,
            currency,
        }
    }

    /// The price of `quantity` pieces; `None` if no such amount of money exists.
    pub fn times(self, quantity: Quantity) -> Option<Self> {
        Some(Self {
            amount_cents: self.amount_cents.checked_mul(quantity.get().into())?,
            ..self
        })
    }

    /// The sum; `None` when the currencies differ or the sum is beyond any amount of money.
    pub fn plus(self, other: Self) -> Option<Self> {
        let same_currency = self.currency == other.currency;
        same_currency
            .then(|| self.amount_cents.checked_add(other.amount_cents))
            .flatten()
            .map(|amount_cents| Self {
                amount_cents,
                ..self
            })
    }

    /// The bare number with a decimal point, as structured data wants it: `1499.00`.
    pub fn to_decimal(self) -> String {
        format!("{}.{:02}", self.amount_cents / 100, self.amount_cents % 100)
    }
}

/// `$1,499.00`
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let symbol = self.currency.symbol();
        let whole = grouped(self.amount_cents / 100);
        write!(f, "{symbol}{whole}.{:02}", self.amount_cents % 100)
    }
}

/// Largest price of a product, also in a search, in cents.
pub(crate) const MAX_PRICE_CENTS: u64 = 100_000_000;

/// `99`, `99.5` and `99.50` in cents.
pub(crate) fn price_in_cents(text: &str) -> Result<u64, &'static str> {
    const EXPECTED: &str = "Enter a price such as 100 or 99.50";
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let is_price = !whole.is_empty()
        && fraction.len() <= 2
        && [whole, fraction]
            .iter()
            .all(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
    let cents = is_price
        .then(|| format!("{whole}{fraction:0<2}").parse().ok())
        .flatten();
    cents
        .filter(|cents| *cents <= MAX_PRICE_CENTS)
        .ok_or(EXPECTED)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usd(amount_cents: u64) -> Money {
        Money::new(amount_cents, Currency::Usd)
    }

    #[test]
    fn money_is_written_with_symbol_groups_and_two_decimals() {
        let written: Vec<String> = [0, 5, 49_900, 149_900, 123_456_789]
            .map(|cents| usd(cents).to_string())
            .into();
        assert_eq!(
            written,
            ["$0.00", "$0.05", "$499.00", "$1,499.00", "$1,234,567.89"]
        );
        assert_eq!(Money::new(149_900, Currency::Eur).to_string(), "€1,499.00");
        assert_eq!(usd(149_905).to_decimal(), "1499.05");
    }

    #[test]
    fn money_of_two_currencies_does_not_add_up() {
        assert_eq!(usd(1).plus(usd(2)), Some(usd(3)));
        assert_eq!(usd(1).plus(Money::new(1, Currency::Eur)), None);
        assert_eq!(usd(u64::MAX).plus(usd(1)), None);
        assert_eq!(usd(u64::MAX).times(Quantity::MAX), None);
    }

    #[test]
    fn whole_amounts_are_read_however_the_server_writes_them() {
        let read = |text| serde_json::from_str::<Money>(text).ok();
        assert_eq!(
            read(r#"{"amount_cents": 49900, "currency": "USD"}"#),
            Some(usd(49_900))
        );
        assert_eq!(
            read(r#"{"amount_cents": 5E+2, "currency": "USD"}"#),
            Some(usd(500))
        );
        assert_eq!(read(r#"{"amount_cents": 4.5, "currency": "USD"}"#), None);
        assert_eq!(read(r#"{"amount_cents": -5, "currency": "USD"}"#), None);
    }

    #[test]
    fn prices_are_read_as_cents() {
        assert_eq!(
            ["99", "99.5", "99.50", "0"].map(|text| price_in_cents(text).ok()),
            [Some(9_900), Some(9_950), Some(9_950), Some(0)]
        );
        for bad in [
            "",
            ".5",
            "-1",
            "1.505",
            "1,5",
            "1e3",
            "NaN",
            "99999999999999999999",
            "1000000.01",
        ] {
            assert!(price_in_cents(bad).is_err(), "{bad}");
        }
    }
}
