//! A cart with what its products cost right now. Prices come from the catalogue and from nowhere
//! else.

use astra_db::Timestamp;
use indexmap::IndexMap;

use super::Cart;
use crate::domain::id::{CartId, ProductId};
use crate::domain::money::{Currency, Money};
use crate::domain::product::Product;
use crate::domain::quantity::Quantity;
use crate::error::{AppError, Missing};
use crate::store::Store;

/// A cart with today's prices: what pages and the API show, and what a checkout freezes.
#[derive(Debug, Clone)]
pub struct PricedCart {
    /// The cart as stored.
    pub cart: Cart,
    /// Its lines in order.
    pub lines: Vec<PricedLine>,
    /// Products in the cart that the shop no longer has.
    pub gone: Vec<ProductId>,
    /// The sum of the lines.
    pub total: Money,
}

/// A line of a cart with its product.
#[derive(Debug, Clone)]
pub struct PricedLine {
    /// The product as it is now.
    pub product: Product,
    /// How many.
    pub quantity: Quantity,
    /// Price times quantity.
    pub subtotal: Money,
}

/// The cart with this id and today's prices.
pub async fn priced(
    store: &Store,
    id: CartId,
    currency: Currency,
    now: Timestamp,
) -> Result<PricedCart, AppError> {
    let cart = store
        .carts
        .find(id, now)
        .await?
        .ok_or(AppError::NotFound(Missing::Cart))?;
    price(store, cart, currency).await
}

/// Looks up what the cart's products cost.
pub async fn price(store: &Store, cart: Cart, currency: Currency) -> Result<PricedCart, AppError> {
    let ids: Vec<&ProductId> = cart.items.keys().collect();
    let mut products: IndexMap<ProductId, Product> = store
        .products
        .with_ids(&ids)
        .await?
        .into_iter()
        .map(|product| (product.id.clone(), product))
        .collect();
    let mut lines = Vec::with_capacity(cart.items.len());
    let mut gone = Vec::new();
    for (product_id, quantity) in &cart.items {
        match products.swap_remove(product_id) {
            Some(product) => {
                let subtotal = product.price.times(*quantity).ok_or_else(unpriceable)?;
                lines.push(PricedLine {
                    product,
                    quantity: *quantity,
                    subtotal,
                });
            }
            None => gone.push(product_id.clone()),
        }
    }
    let total =
        Money::sum(lines.iter().map(|line| line.subtotal), currency).ok_or_else(unpriceable)?;
    Ok(PricedCart {
        cart,
        lines,
        gone,
        total,
    })
}

fn unpriceable() -> AppError {
    AppError::Internal(anyhow::anyhow!(
        "a product's price is in another currency than the shop's, or beyond counting"
    ))
}
