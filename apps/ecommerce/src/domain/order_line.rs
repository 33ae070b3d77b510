//! A line of what is bought, with the name and price it had when the checkout was opened.

use serde::{Deserialize, Serialize};

use crate::domain::id::Sku;
use crate::domain::money::Money;
use crate::domain::quantity::Quantity;

/// A line with the name and price it was bought at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderLine {
    /// Which product or variant. Orders of before there were variants name the product.
    #[serde(alias = "product_id")]
    pub sku: Sku,
    /// Its name then.
    pub name: String,
    /// Which variant, in words such as `Gold, 256 GB`; empty for a product without.
    #[serde(default)]
    pub variant: String,
    /// Its picture then.
    pub image: String,
    /// What one piece cost then.
    pub unit_price: Money,
    /// How many.
    pub quantity: Quantity,
    /// Price times quantity.
    pub subtotal: Money,
}
