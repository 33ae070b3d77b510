//! The cart: which products, how many, and what they cost right now.
//!
//! A cart stores no price. Lines are keyed by SKU, so nothing can have two lines, and adding is one
//! atomic `$inc`: however many tabs add at once, nothing is lost and nothing has to
//! be locked.

mod priced;
mod stored;

use std::time::Duration;

use astra_db::{CollectionDocument, Timestamp};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::domain::id::{CartId, CheckoutId, Sku};
use crate::domain::quantity::Quantity;

use stored::StoredCart;

pub use priced::{PricedCart, PricedLine};

/// How many different products one cart holds.
pub const MAX_LINES: usize = 50;
/// A cart nobody touches for this long is forgotten.
pub const LIFETIME: Duration = Duration::from_hours(30 * 24);

/// A cart as it is stored in the collection `carts`, one document each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, CollectionDocument)]
#[collection(name = "carts")]
#[serde(from = "StoredCart")]
pub struct Cart {
    /// The secret that opens it.
    #[serde(rename = "_id")]
    pub id: CartId,
    /// SKU → how many, in the order they were first added.
    pub items: IndexMap<Sku, Quantity>,
    /// What is stored between the items with something that is not a quantity.
    #[serde(skip)]
    pub invalid: Vec<Sku>,
    /// How many entries `items` has, kept beside it so that an update can be conditional on it.
    pub line_count: u64,
    /// Grows with every change, so that a decision taken on what was read can be made conditional
    /// on it.
    pub version: u64,
    /// The checkout session last opened for this cart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checkout: Option<CheckoutId>,
    /// The orders whose lines have been taken out of this cart.
    pub settled: Vec<CheckoutId>,
    /// When it is forgotten.
    pub expires_at: Timestamp,
}

impl Cart {
    /// A new cart holding one line.
    pub fn holding(item: AddItem, expires_at: Timestamp) -> Self {
        Self {
            line_count: 1,
            items: IndexMap::from([(item.sku, item.quantity)]),
            ..Self::empty(expires_at)
        }
    }

    /// A new cart with nothing in it.
    pub fn empty(expires_at: Timestamp) -> Self {
        Self {
            id: CartId::random(),
            items: IndexMap::new(),
            invalid: Vec::new(),
            line_count: 0,
            version: 1,
            checkout: None,
            settled: Vec::new(),
            expires_at,
        }
    }

    /// How many pieces it holds.
    pub fn pieces(&self) -> u64 {
        self.items
            .values()
            .map(|quantity| u64::from(quantity.get()))
            .sum()
    }

    /// What is left of the lines once an order has taken its own.
    pub fn items_without(&self, ordered: &[(Sku, Quantity)]) -> IndexMap<Sku, Quantity> {
        let mut left = self.items.clone();
        for (sku, taken) in ordered {
            match left.get(sku).map(|held| held.minus(*taken)) {
                Some(Some(rest)) => {
                    left.insert(sku.clone(), rest);
                }
                Some(None) => {
                    left.shift_remove(sku);
                }
                None => {}
            }
        }
        left
    }
}

/// One product or variant, so many of it, into the cart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddItem {
    /// Which.
    pub sku: Sku,
    /// How many more.
    pub quantity: Quantity,
}
