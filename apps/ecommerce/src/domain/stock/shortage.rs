//! How many of a product one checkout can reserve, and what is short.

use std::fmt;

use serde::Serialize;

use crate::domain::id::Sku;
use crate::domain::order_line::OrderLine;
use crate::domain::quantity::Quantity;

/// A line of which the shop has fewer than wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Shortage {
    /// Of what.
    pub sku: Sku,
    /// What it is called.
    pub name: String,
    /// How many were wanted.
    pub wanted: Quantity,
    /// How many can be ordered at once: all there are, or half of them where that is more than 10.
    pub left: u64,
    /// How many there are.
    #[serde(skip)]
    pub in_stock: u64,
}

impl Shortage {
    /// A line of an order, of which there are this many.
    pub fn new(line: &OrderLine, in_stock: u64) -> Self {
        Self {
            sku: line.sku.clone(),
            name: line.name.clone(),
            wanted: line.quantity,
            left: most_at_once(in_stock),
            in_stock,
        }
    }

    /// Whether it is not the stock that ends here, but what one checkout can reserve of it.
    pub fn is_limit(&self) -> bool {
        self.left < self.in_stock
    }
}

impl fmt::Display for Shortage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, left, .. } = self;
        match left {
            0 => write!(f, "{name}: sold out."),
            _ if self.is_limit() => write!(
                f,
                "{name}: one order can hold at most {left}, because it leaves half of the stock to others."
            ),
            1 => write!(f, "{name}: only 1 is left."),
            _ => write!(f, "{name}: only {left} are left."),
        }
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
fn most_at_once(in_stock: u64) -> u64 {
    in_stock.min(u64::max(ALWAYS_ALLOWED, in_stock / 2))
}
