//! Stock: pieces held for open checkout sessions, in the documents of the collection `products`.
//!
//! Taking pieces and noting who has them is one update of one document, conditional on enough being
//! there and on not having been done already. So each of these may be asked again after a crash or
//! a lost answer, and stock can neither be taken twice nor fall below zero.

use astra_db::Collection;
use serde_json::{Value, json};

use crate::domain::id::{CheckoutId, Sku};
use crate::domain::product::Product;
use crate::domain::quantity::Quantity;
use crate::store::{StoreError, guarded};

/// Questions about stock.
#[derive(Debug, Clone)]
pub struct Stock(Collection<Product>);

/// What became of holding pieces for a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// The session has them, now or already before.
    Held,
    /// Nobody counts these: there is nothing to hold and nothing to put back.
    NotCounted,
    /// There are not so many any more.
    Short {
        /// How many there are.
        left: u64,
    },
    /// The shop does not sell this (any more).
    Gone,
}

impl Stock {
    pub(super) fn of(products: Collection<Product>) -> Self {
        Self(products)
    }

    /// Takes pieces out of the stock for a session, once however often it is asked.
    pub async fn hold(
        &self,
        sku: &Sku,
        checkout: CheckoutId,
        quantity: Quantity,
    ) -> Result<Hold, StoreError> {
        let (stock, held) = paths(sku, checkout);
        let pieces = i64::from(quantity.get());
        let enough = json!({
            "_id": sku.product_id(), &stock: { "$gte": pieces }, &held: { "$exists": false },
        });
        let take = json!({ "$inc": { &stock: -pieces }, "$set": { &held: pieces } });
        // What kept it from being taken may be gone by the time it is read: then it is tried again.
        for _ in 0..3 {
            if guarded(|| self.0.update_one(&enough, &take)).await? {
                return Ok(Hold::Held);
            }
            let product = self.0.find_one(json!({ "_id": sku.product_id() })).await?;
            let Some(product) = product.filter(|product| product.offer(sku).is_some()) else {
                return Ok(Hold::Gone);
            };
            let held = product.held.get(sku);
            if held.is_some_and(|held| held.contains_key(&checkout)) {
                return Ok(Hold::Held);
            }
            match product.stock.get(sku) {
                None => return Ok(Hold::NotCounted),
                Some(left) if left.0 < u64::from(quantity.get()) => {
                    return Ok(Hold::Short { left: left.0 });
                }
                Some(_) => {}
            }
        }
        Err(StoreError::LostRaces)
    }

    /// Puts back what a session holds; answers whether it held it.
    pub async fn release(
        &self,
        sku: &Sku,
        checkout: CheckoutId,
        quantity: Quantity,
    ) -> Result<bool, StoreError> {
        let (stock, held) = paths(sku, checkout);
        let put_back = json!({ "$inc": { &stock: quantity }, "$unset": { &held: 1 } });
        let held = holding(sku, &held, quantity);
        guarded(|| self.0.update_one(&held, &put_back)).await
    }

    /// Ends the hold of a session that was paid: the pieces have left the shop. Answers whether it
    /// held them.
    pub async fn sold(
        &self,
        sku: &Sku,
        checkout: CheckoutId,
        quantity: Quantity,
    ) -> Result<bool, StoreError> {
        let (_, held) = paths(sku, checkout);
        let forget = json!({ "$unset": { &held: 1 } });
        let held = holding(sku, &held, quantity);
        guarded(|| self.0.update_one(&held, &forget)).await
    }
}

/// Where the count and the hold are in the document. Neither a SKU nor an id holds a dot, so these
/// are always exactly as deep as they look.
fn paths(sku: &Sku, checkout: CheckoutId) -> (String, String) {
    (format!("stock.{sku}"), format!("held.{sku}.{checkout}"))
}

fn holding(sku: &Sku, held: &str, quantity: Quantity) -> Value {
    json!({ "_id": sku.product_id(), held: quantity })
}
