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
use crate::domain::id::Sku;
use crate::domain::order::OrderLine;
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

/// Sets aside what the checkout sells; answers what is short. What could be had is set aside all
/// the same: whoever gives up puts it back.
pub async fn hold(store: &Store, checkout: &Checkout) -> Result<Vec<Shortage>, StoreError> {
    let mut lines: Vec<&OrderLine> = checkout.lines.iter().collect();
    // Everybody in the same order, so that of two buyers who want the same two last things one
    // gets both, rather than each of them one.
    lines.sort_by(|one, other| one.sku.cmp(&other.sku));
    let mut short = Vec::new();
    for line in lines {
        let left = match store
            .stock
            .hold(&line.sku, checkout.id, line.quantity)
            .await?
        {
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
