//! A payment, and what becomes of it.

use astra_db::{Fields, Timestamp};
use serde::{Deserialize, Serialize};

use crate::domain::quantity::whole_number;

/// Who took the money of an order at the test till, which takes none.
pub const TEST_TILL: &str = "test-till";

/// How an order was paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Fields)]
pub struct Payment {
    /// Who took the money: `stripe`, or `test-till`, which takes none.
    pub provider: String,
    /// The provider's own reference: Stripe's payment intent.
    pub reference: String,
    /// The card or account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<PaymentMethod>,
    /// When.
    pub paid_at: Timestamp,
}

/// What somebody paid with, as far as a shop may know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentMethod {
    /// `visa`, or the kind of another method: `sepa_debit`.
    pub brand: String,
    /// The last digits of a card; empty for other methods.
    pub last4: String,
}

impl Payment {
    /// Whether it was made at the test till, with no money.
    pub fn is_test(&self) -> bool {
        self.provider == TEST_TILL
    }
}

/// What became of a payment after it was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Aftermath {
    /// How much has been refunded, in minor units.
    #[serde(deserialize_with = "whole_number")]
    pub refunded_cents: u64,
    /// How far the buyer has come who disputed it with the bank. A dispute that was won is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dispute: Option<Dispute>,
}

/// A dispute that keeps the money of an order from the shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dispute {
    /// The bank has not decided yet.
    Open,
    /// It has decided for the buyer.
    Lost,
}
