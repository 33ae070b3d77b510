//! The pieces a checkout needs: set aside before anybody can pay, handed over with the order, or
//! put back.
//!
//! Amount and mark are one update of one document: `$inc` of the stock by −q, on the condition that
//! there are q, together with a note of which checkout holds them. So every step may be repeated
//! after a crash, and does its work once. That the stock is never below zero is the condition of
//! the update itself.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::checkout::Checkout;
use crate::domain::id::{ProductId, Sku};
use crate::domain::order::OrderLine;
use crate::domain::product::Count;
use crate::domain::quantity::Quantity;
use crate::store::stock::Hold;
use crate::store::{Store, StoreError};

/// A line of which the shop has fewer than wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Shortage {
    /// Of what.
    pub sku: Sku,
    /// What it is called.
    pub name: String,
    /// How many were wanted.
    pub wanted: Quantity,
    /// How many there are.
    pub left: u64,
}

/// Sets aside what the checkout sells; answers what is short. Whoever gives up then puts back what
/// could be had.
pub async fn hold(store: &Store, checkout: &Checkout) -> Result<Vec<Shortage>, StoreError> {
    let mut lines: Vec<&OrderLine> = checkout.lines.iter().collect();
    // Everybody in the same order, and nothing more after the first that is short: so of two buyers
    // who want the same two last things one gets both, rather than each of them one.
    lines.sort_by(|one, other| one.sku.cmp(&other.sku));
    let mut short = Vec::new();
    for line in lines {
        let hold = if short.is_empty() {
            store
                .stock
                .hold(&line.sku, checkout.id, line.quantity)
                .await?
        } else {
            look(store, line).await?
        };
        let left = match hold {
            Hold::Held | Hold::NotCounted => continue,
            Hold::Short { left } => left,
            Hold::Gone => 0,
        };
        short.push(Shortage {
            sku: line.sku.clone(),
            name: line.name.clone(),
            wanted: line.quantity,
            left,
        });
    }
    Ok(short)
}

/// What would become of setting a line aside, without doing it.
async fn look(store: &Store, line: &OrderLine) -> Result<Hold, StoreError> {
    let product = store.products.find(&line.sku.product_id()).await?;
    let offer = product
        .as_ref()
        .and_then(|product| product.offer(&line.sku));
    Ok(match offer.map(|offer| offer.left) {
        None => Hold::Gone,
        Some(None) => Hold::NotCounted,
        Some(Some(left)) if left < line.quantity.get().into() => Hold::Short { left },
        Some(Some(_)) => Hold::Held,
    })
}

/// Whether the checkout has set something aside of which nothing is left for anybody else.
pub async fn keeps_the_last(store: &Store, checkout: &Checkout) -> Result<bool, StoreError> {
    let ids: Vec<ProductId> = checkout
        .lines
        .iter()
        .map(|line| line.sku.product_id())
        .collect();
    let ids: Vec<&ProductId> = ids.iter().collect();
    let products = store.products.with_ids(&ids).await?;
    let is_the_last = |line: &OrderLine| {
        products.iter().any(|product| {
            product.held_by(&line.sku, checkout.id) > 0
                && product.stock.get(&line.sku) == Some(&Count(0))
        })
    };
    Ok(checkout.lines.iter().any(is_the_last))
}

/// Puts back what the checkout holds, and notes in it that it holds nothing any more.
pub async fn release(store: &Store, checkout: &Checkout) -> Result<(), StoreError> {
    for line in &checkout.lines {
        store
            .stock
            .release(&line.sku, checkout.id, line.quantity)
            .await?;
    }
    store.checkouts.mark_released(checkout.id).await?;
    Ok(())
}

/// Hands over what the checkout holds: it is sold.
pub async fn hand_over(store: &Store, checkout: &Checkout) -> Result<(), StoreError> {
    for line in &checkout.lines {
        store
            .stock
            .sold(&line.sku, checkout.id, line.quantity)
            .await?;
    }
    Ok(())
}
