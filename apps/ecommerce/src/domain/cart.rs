//! The cart: which products, how many, and what they cost right now.
//!
//! A cart stores no price. Lines are keyed by product, so a product cannot have two lines, and
//! adding is one atomic `$inc`: however many tabs add at once, nothing is lost and nothing has to
//! be locked.

mod priced;

use std::time::Duration;

use astra_db::Timestamp;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::domain::field_errors::FieldErrors;
use crate::domain::id::{CartId, CheckoutId, ProductId};
use crate::domain::quantity::{Quantity, whole_number};
use crate::error::{AppError, Missing};
use crate::store::Store;
use crate::store::carts::AddOutcome;

pub use priced::{PricedCart, PricedLine, price, priced};

/// How many different products one cart holds.
pub const MAX_LINES: usize = 50;
/// A cart nobody touches for this long is forgotten.
pub const LIFETIME: Duration = Duration::from_hours(30 * 24);

/// A cart as it is stored in the collection `carts`, one document each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cart {
    /// The secret that opens it.
    #[serde(rename = "_id")]
    pub id: CartId,
    /// Product → how many, in the order they were first added.
    pub items: IndexMap<ProductId, Quantity>,
    /// How many entries `items` has, kept beside it so that an update can be conditional on it.
    #[serde(deserialize_with = "whole_number")]
    pub line_count: u64,
    /// Grows with every change, so that a decision taken on what was read can be made conditional
    /// on it.
    #[serde(deserialize_with = "whole_number")]
    pub version: u64,
    /// The checkout session last opened for this cart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checkout: Option<CheckoutId>,
    /// The orders whose lines have been taken out of this cart.
    #[serde(default)]
    pub settled: Vec<CheckoutId>,
    /// When it is forgotten.
    pub expires_at: Timestamp,
}

impl Cart {
    /// A new cart holding one line.
    fn holding(item: AddItem, expires_at: Timestamp) -> Self {
        let items = IndexMap::from([(item.product_id, item.quantity)]);
        Self {
            id: CartId::random(),
            line_count: 1,
            items,
            version: 1,
            checkout: None,
            settled: Vec::new(),
            expires_at,
        }
    }

    /// A new cart with nothing in it.
    fn empty(expires_at: Timestamp) -> Self {
        Self {
            id: CartId::random(),
            items: IndexMap::new(),
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
    pub fn items_without(
        &self,
        ordered: &[(ProductId, Quantity)],
    ) -> IndexMap<ProductId, Quantity> {
        let mut left = self.items.clone();
        for (product_id, taken) in ordered {
            match left.get(product_id).map(|held| held.minus(*taken)) {
                Some(Some(rest)) => {
                    left.insert(product_id.clone(), rest);
                }
                Some(None) => {
                    left.shift_remove(product_id);
                }
                None => {}
            }
        }
        left
    }
}

/// One product, so many of it, into the cart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddItem {
    /// Which product.
    pub product_id: ProductId,
    /// How many more.
    pub quantity: Quantity,
}

/// Opens an empty cart.
pub async fn open(store: &Store, now: Timestamp) -> Result<CartId, AppError> {
    let cart = Cart::empty(after(now, LIFETIME));
    store.carts.insert(&cart).await?;
    Ok(cart.id)
}

/// Adds to the cart, or to a new one when there is none (any more). Answers the id of the cart that
/// now holds the item.
pub async fn add_or_open(
    store: &Store,
    id: Option<CartId>,
    item: AddItem,
    now: Timestamp,
) -> Result<CartId, AppError> {
    if let Some(id) = id {
        match add(store, id, &item, now).await {
            Err(AppError::NotFound(Missing::Cart)) => {}
            outcome => return outcome.map(|()| id),
        }
    } else {
        must_exist(store, &item.product_id).await?;
    }
    // Never the id that was sent: an id is ours to choose, or somebody could plant a cart they know
    // in another's browser.
    let cart = Cart::holding(item, after(now, LIFETIME));
    store.carts.insert(&cart).await?;
    Ok(cart.id)
}

/// Adds to a cart that must exist.
pub async fn add(
    store: &Store,
    id: CartId,
    item: &AddItem,
    now: Timestamp,
) -> Result<(), AppError> {
    must_exist(store, &item.product_id).await?;
    match store.carts.add(id, item, now, after(now, LIFETIME)).await? {
        AddOutcome::Added => Ok(()),
        AddOutcome::NoCart => Err(AppError::NotFound(Missing::Cart)),
        AddOutcome::LineFull => Err(invalid(
            "quantity",
            "A cart holds at most 1,000 of one product",
        )),
        AddOutcome::CartFull => Err(invalid(
            "product_id",
            "A cart holds at most 50 different products; remove one first",
        )),
    }
}

/// Sets how many of a product the cart holds.
pub async fn set_quantity(
    store: &Store,
    id: CartId,
    product_id: &ProductId,
    quantity: Quantity,
    now: Timestamp,
) -> Result<(), AppError> {
    let changed = store
        .carts
        .set_quantity(id, product_id, quantity, now, after(now, LIFETIME))
        .await?;
    if changed {
        Ok(())
    } else {
        Err(AppError::NotFound(Missing::CartLine))
    }
}

/// Takes a product out. Removing what is not there is done already.
pub async fn remove(
    store: &Store,
    id: CartId,
    product_id: &ProductId,
    now: Timestamp,
) -> Result<(), AppError> {
    store.carts.remove(id, product_id, now).await?;
    Ok(())
}

/// A moment this much later.
pub(crate) fn after(now: Timestamp, time: Duration) -> Timestamp {
    let milliseconds = i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
    Timestamp::from_millis(now.as_millis().saturating_add(milliseconds))
}

async fn must_exist(store: &Store, product_id: &ProductId) -> Result<(), AppError> {
    let product = store.products.find(product_id).await?;
    product
        .map(|_| ())
        .ok_or(AppError::NotFound(Missing::Product))
}

fn invalid(field: &str, problem: &str) -> AppError {
    AppError::Invalid(FieldErrors::one(field, problem))
}
