//! Who buys, and where the parcel goes.

use serde::{Deserialize, Serialize};

use crate::domain::delivery::DeliveryMethod;

/// The countries the shop sends to: ISO 3166 code and name, in the order of the form.
pub const COUNTRIES: &[(&str, &str)] = &[
    ("AU", "Australia"),
    ("AT", "Austria"),
    ("BE", "Belgium"),
    ("BR", "Brazil"),
    ("CA", "Canada"),
    ("CZ", "Czechia"),
    ("DK", "Denmark"),
    ("FI", "Finland"),
    ("FR", "France"),
    ("DE", "Germany"),
    ("IN", "India"),
    ("IE", "Ireland"),
    ("IT", "Italy"),
    ("JP", "Japan"),
    ("MX", "Mexico"),
    ("NL", "Netherlands"),
    ("NZ", "New Zealand"),
    ("NO", "Norway"),
    ("PL", "Poland"),
    ("PT", "Portugal"),
    ("SG", "Singapore"),
    ("ES", "Spain"),
    ("SE", "Sweden"),
    ("CH", "Switzerland"),
    ("GB", "United Kingdom"),
    ("US", "United States"),
];

/// Who buys and how it travels, every field checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Buyer {
    /// Who buys.
    pub customer: Customer,
    /// How it travels.
    pub delivery: DeliveryMethod,
}

/// A buyer whose every field has been checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// The person the parcel is for.
    pub name: String,
    /// Where the confirmation goes.
    pub email: String,
    /// Where the parcel goes.
    pub address: Address,
}

/// A postal address in a country the shop sends to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// Street and number.
    pub street: String,
    /// Flat, floor, company.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub extra: String,
    /// Town or city.
    pub city: String,
    /// State, province or county.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub region: String,
    /// Postal code.
    pub postcode: String,
    /// ISO 3166 code.
    pub country: String,
}

impl Address {
    /// The country by its name.
    pub fn country_name(&self) -> &str {
        COUNTRIES
            .iter()
            .find(|(code, _)| *code == self.country)
            .map_or(self.country.as_str(), |(_, name)| name)
    }
}
