//! Orders: what was bought, at which price, by whom. An order is written once and stands for
//! itself: it holds names and prices as they were, so a later change in the catalogue does not
//! rewrite it.

use astra_db::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::checkout::Checkout;
use crate::domain::customer::Customer;
use crate::domain::id::{OrderId, Sku};
use crate::domain::money::Money;
use crate::domain::quantity::Quantity;

/// An order as it is stored in the collection `orders`, one document each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// The id of the checkout session it came of, and the secret in its link.
    #[serde(rename = "_id")]
    pub id: OrderId,
    /// What was bought.
    pub lines: Vec<OrderLine>,
    /// What was paid.
    pub total: Money,
    /// Who bought it and where it goes.
    pub customer: Customer,
    /// How it was paid.
    pub payment: Payment,
    /// When it was paid.
    pub placed_at: Timestamp,
}

/// A line with the name and price it was bought at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
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

/// How an order was paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// Who took the money: `test-till` is the built-in one, which takes none.
    pub provider: String,
    /// The provider's own reference.
    pub reference: String,
    /// When.
    pub paid_at: Timestamp,
}

impl Order {
    /// The order a paid checkout session comes to: always the same one, whoever asks and how often.
    pub fn of(checkout: &Checkout, payment: Payment) -> Self {
        Self {
            id: checkout.id,
            lines: checkout.lines.clone(),
            total: checkout.total,
            customer: checkout.customer.clone(),
            placed_at: payment.paid_at,
            payment,
        }
    }
}
