//! What people do in the shop, and what the shop does by itself: one file each.
//!
//! A use case takes the [`Shop`], decides by the rules of [`domain`](crate::domain), and saves. So a
//! handler makes one call instead of load, decide, save.

mod admit_checkout;
pub mod change_cart;
pub mod close_checkout;
pub mod complete_checkout;
pub mod edit_product;
mod late_payment;
pub mod open_checkout;
pub mod outcome;
pub mod pay;
pub mod price_cart;
pub mod reconcile;
pub mod refund;
mod refuse_payment;
pub mod reserve_stock;
mod settle_order;

use astra_db::Timestamp;

use crate::payments::Payments;
use crate::store::Store;

/// What a use case needs.
#[derive(Debug, Clone, Copy)]
pub struct Shop<'a> {
    /// The database.
    pub store: &'a Store,
    /// The way money is taken.
    pub payments: &'a Payments,
    /// What time it is.
    pub now: Timestamp,
}

/// How often a step is tried again because another browser changed something in between.
const ATTEMPTS: usize = 20;
