//! A cart with what its products cost right now. Prices come from the catalogue and from nowhere
//! else.

use super::Cart;
use crate::domain::id::Sku;
use crate::domain::money::{Currency, Money};
use crate::domain::order_line::OrderLine;
use crate::domain::product::Product;
use crate::domain::quantity::Quantity;

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

impl PricedCart {
    /// A cart at the prices of these products. `reserved` says how many of something are reserved
    /// for this very cart: those are there for it.
    pub fn new(
        cart: Cart,
        products: &[Product],
        reserved: impl Fn(&Sku) -> u64,
        currency: Currency,
    ) -> Self {
        let mut lines = Vec::with_capacity(cart.items.len());
        let mut gone = cart.invalid.clone();
        let mut total = Money::new(0, currency);
        for (sku, quantity) in &cart.items {
            let product = products.iter().find(|it| it.id == sku.product_id());
            let line = product
                .and_then(|product| PricedLine::of(product, sku, *quantity, reserved(sku)))
                .and_then(|line| Some((total.plus(line.subtotal)?, line)));
            match line {
                Some((sum, line)) => {
                    total = sum;
                    lines.push(line);
                }
                None => gone.push(sku.clone()),
            }
        }
        Self {
            cart,
            lines,
            gone,
            total,
        }
    }
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

    /// The line with name and price as they are now, to be bought.
    pub fn frozen(&self) -> OrderLine {
        OrderLine {
            sku: self.sku.clone(),
            name: self.product.name.clone(),
            variant: self.variant.clone(),
            image: self.image.clone(),
            unit_price: self.unit_price,
            quantity: self.quantity,
            subtotal: self.subtotal,
        }
    }

    fn of(product: &Product, sku: &Sku, quantity: Quantity, reserved: u64) -> Option<Self> {
        let offer = product.offer(sku)?;
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
