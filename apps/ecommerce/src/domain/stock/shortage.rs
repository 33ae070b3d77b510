//! How many of a product one checkout can reserve, and what is short.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::id::Sku;
use crate::domain::quantity::Quantity;

/// A line of which the shop has fewer than wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Shortage {
    /// Of what.
    pub sku: Sku,
    /// What it is called.
    pub name: String,
    /// How many were wanted.
    pub wanted: Quantity,
    /// How many can be ordered at once: all there are, or half of them where that is more than 10.
    pub left: u64,
}

impl Shortage {
    /// Whether it is not the stock that ends here, but what one checkout can reserve of it.
    pub fn is_limit(&self) -> bool {
        self.left >= ALWAYS_ALLOWED
    }
}

/// Up to this many of one product can be ordered at once whatever is left.
const ALWAYS_ALLOWED: u64 = 10;

/// How many there have to be for this many to be reserved: of more than a few, one checkout leaves
/// half to others.
pub fn needed(wanted: Quantity) -> u64 {
    let wanted = u64::from(wanted.get());
    if wanted > ALWAYS_ALLOWED {
        2 * wanted
    } else {
        wanted
    }
}

/// How many of what is left can be ordered at once.
pub fn most_at_once(left: u64) -> u64 {
    left.min(u64::max(ALWAYS_ALLOWED, left / 2))
}
