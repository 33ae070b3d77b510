//! A cart with what its products cost right now. Prices come from the catalogue and from nowhere
//! else.

use astra_db::Timestamp;
use indexmap::{IndexMap, IndexSet};

use super::{Cart, own_checkout};
use crate::domain::checkout::Checkout;
use crate::domain::id::{CartId, ProductId, Sku};
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
    /// What is in the cart but cannot be bought: no longer sold, or not valid as it is stored.
    pub gone: Vec<Sku>,
    /// The sum of the lines.
    pub total: Money,
}

/// A line of a cart with its product.
#[derive(Debug, Clone)]
pub struct PricedLine {
    /// The product as it is now.
    pub product: Product,
    /// What of it exactly.
    pub sku: Sku,
    /// Which variant, in words; empty for a product without.
    pub variant: String,
    /// The address of its picture.
    pub image: String,
    /// What one piece costs.
    pub unit_price: Money,
    /// How many.
    pub quantity: Quantity,
    /// How many there are for this cart: what is to sell, and what is reserved for
    /// its own open checkout. `None` where nobody counts.
    pub left: Option<u64>,
    /// Price times quantity.
    pub subtotal: Money,
}

impl PricedLine {
    /// Whether there are as many as the line holds.
    pub fn is_in_stock(&self) -> bool {
        self.left
            .is_none_or(|left| left >= u64::from(self.quantity.get()))
    }

    fn of(
        product: &Product,
        sku: &Sku,
        quantity: Quantity,
        own: Option<&Checkout>,
    ) -> Option<Self> {
        let offer = product.offer(sku)?;
        // What is reserved for this very cart is there for it.
        let reserved = own.map_or(0, |checkout| checkout.reserves(sku));
        let subtotal = offer.price.times(quantity)?;
        Some(Self {
            product: product.clone(),
            variant: offer.variant(),
            image: offer.image.to_owned(),
            unit_price: offer.price,
            left: offer.left.map(|left| left.saturating_add(reserved)),
            sku: offer.sku,
            quantity,
            subtotal,
        })
    }
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
    let ids: IndexSet<ProductId> = cart.items.keys().map(Sku::product_id).collect();
    let products: IndexMap<ProductId, Product> = store
        .products
        .with_ids(&ids.iter().collect::<Vec<_>>())
        .await?
        .into_iter()
        .map(|product| (product.id.clone(), product))
        .collect();
    let own = own_checkout(store, cart.checkout).await?;
    let mut lines = Vec::with_capacity(cart.items.len());
    let mut gone = cart.invalid.clone();
    let mut total = Money::new(0, currency);
    for (sku, quantity) in &cart.items {
        let product = products.get(&sku.product_id());
        let line = product
            .and_then(|product| PricedLine::of(product, sku, *quantity, own.as_ref()))
            .and_then(|line| Some((total.plus(line.subtotal)?, line)));
        match line {
            Some((sum, line)) => {
                total = sum;
                lines.push(line);
            }
            None => gone.push(sku.clone()),
        }
    }
    Ok(PricedCart {
        cart,
        lines,
        gone,
        total,
    })
}
