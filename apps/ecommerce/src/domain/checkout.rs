//! Checkout: from a cart to exactly one order, whatever crashes, repeats or races.
//!
//! A session freezes lines, prices and total, and then only its state changes:
//!
//! ```text
//!            ┌→ replaced        the cart changed and a newer session took its place
//!     open ──┤
//!            └→ paid ──→ done   the money is taken ──→ the order exists, the cart has lost its lines
//! ```
//!
//! Each arrow is one update conditional on the state before, so of two browsers exactly one draws
//! it. From `paid` on, every step can be repeated: the order is inserted under the session's own id,
//! and the cart remembers which orders it has been settled with. Whoever finds a `paid` session (a
//! reload, the other browser, the next start of the shop) carries it to the end.

mod complete;
mod open;

use std::time::Duration;

use astra_db::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::cart::{self, PricedCart, PricedLine};
use crate::domain::customer::Customer;
use crate::domain::id::{CartId, CheckoutId, Sku};
use crate::domain::money::Money;
use crate::domain::order::{OrderLine, Payment};
use crate::domain::quantity::{Quantity, whole_number};
use crate::error::{AppError, Missing};
use crate::store::Store;

pub use complete::{complete, order, resume_paid};
pub use open::open;

/// An open session that nobody pays for this long can no longer be paid.
pub const LIFETIME: Duration = Duration::from_hours(24);
/// How often a step is tried again because another browser changed the cart in between.
const ATTEMPTS: usize = 20;

/// A checkout session as it is stored in the collection `checkouts`, one document each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkout {
    /// The session's id, and the order's to come.
    #[serde(rename = "_id")]
    pub id: CheckoutId,
    /// The cart it was opened for.
    pub cart_id: CartId,
    /// What is bought, with names and prices as they were shown.
    pub lines: Vec<OrderLine>,
    /// What is to be paid.
    pub total: Money,
    /// Who buys.
    pub customer: Customer,
    /// Where in its life it is.
    pub state: CheckoutState,
    /// Grows when the buyer changes.
    #[serde(deserialize_with = "whole_number")]
    pub version: u64,
    /// Set when it was paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment: Option<Payment>,
    /// Until when it can be paid.
    pub expires_at: Timestamp,
}

/// Where in its life a checkout session is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum CheckoutState {
    /// Waiting to be paid.
    Open,
    /// Paid; the order may not be written yet.
    Paid,
    /// The order exists and the cart is settled.
    Done,
    /// A newer session took its place.
    Replaced,
}

impl Checkout {
    fn freeze(priced: &PricedCart, customer: Customer, now: Timestamp) -> Self {
        Self {
            id: CheckoutId::random(),
            cart_id: priced.cart.id,
            lines: priced.lines.iter().map(frozen).collect(),
            total: priced.total,
            customer,
            state: CheckoutState::Open,
            version: 1,
            payment: None,
            expires_at: cart::after(now, LIFETIME),
        }
    }

    /// Whether it would sell the same things at the same prices.
    fn sells_the_same_as(&self, priced: &PricedCart) -> bool {
        self.total == priced.total
            && self
                .lines
                .iter()
                .cloned()
                .eq(priced.lines.iter().map(frozen))
    }

    /// SKU and quantity of each line.
    pub fn ordered(&self) -> Vec<(Sku, Quantity)> {
        self.lines
            .iter()
            .map(|line| (line.sku.clone(), line.quantity))
            .collect()
    }
}

fn frozen(line: &PricedLine) -> OrderLine {
    OrderLine {
        sku: line.sku.clone(),
        name: line.product.name.clone(),
        variant: line.variant.clone(),
        image: line.image.clone(),
        unit_price: line.unit_price,
        quantity: line.quantity,
        subtotal: line.subtotal,
    }
}

/// The session behind a link.
pub async fn find(store: &Store, id: CheckoutId) -> Result<Checkout, AppError> {
    store
        .checkouts
        .find(id)
        .await?
        .ok_or(AppError::NotFound(Missing::Checkout))
}
