//! Reading a cart of which something was changed by other means than the shop's: what does not fit
//! is set apart, so that the rest can still be bought.

use astra_db::Timestamp;
use indexmap::IndexMap;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::Cart;
use crate::domain::id::{CartId, CheckoutId, Sku};
use crate::domain::quantity::{Quantity, whole_number};

/// A cart as it stands in the database.
#[derive(Deserialize)]
pub(super) struct StoredCart {
    #[serde(rename = "_id")]
    id: CartId,
    items: IndexMap<String, Part<Quantity>>,
    #[serde(deserialize_with = "whole_number")]
    line_count: u64,
    #[serde(deserialize_with = "whole_number")]
    version: u64,
    #[serde(default)]
    checkout: Option<Part<CheckoutId>>,
    #[serde(default)]
    settled: Vec<Part<CheckoutId>>,
    expires_at: Timestamp,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Part<T> {
    Valid(T),
    Invalid(IgnoredAny),
}

impl<T> Part<T> {
    fn valid(self) -> Option<T> {
        match self {
            Self::Valid(part) => Some(part),
            Self::Invalid(IgnoredAny) => None,
        }
    }
}

impl From<StoredCart> for Cart {
    fn from(stored: StoredCart) -> Self {
        let (mut items, mut invalid) = (IndexMap::new(), Vec::new());
        for (sku, quantity) in stored.items {
            match (sku.parse::<Sku>(), quantity.valid()) {
                (Ok(sku), Some(quantity)) => drop(items.insert(sku, quantity)),
                (Ok(sku), None) => invalid.push(sku),
                // Nothing has such a name, and no address of the shop could remove it.
                (Err(_), _) => {}
            }
        }
        Self {
            id: stored.id,
            items,
            invalid,
            line_count: stored.line_count,
            version: stored.version,
            checkout: stored.checkout.and_then(Part::valid),
            settled: stored.settled.into_iter().filter_map(Part::valid).collect(),
            expires_at: stored.expires_at,
        }
    }
}
