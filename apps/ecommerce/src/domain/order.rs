//! Orders: what was bought, at which price, by whom.
//!
//! What was sold is written once and stands for itself: an order holds names and prices as they
//! were, so a later change in the catalogue does not rewrite it. Only what becomes of the money
//! moves on.

mod emails;

use astra_db::{CollectionDocument, Fields, Timestamp};
use serde::{Deserialize, Serialize};

use crate::domain::checkout::{Checkout, CheckoutState};
use crate::domain::customer::Customer;
use crate::domain::delivery::FrozenDelivery;
use crate::domain::id::OrderId;
use crate::domain::money::Money;
use crate::domain::order_line::OrderLine;
use crate::domain::payment::{Aftermath, Dispute, Payment};
use crate::domain::quantity::whole_number;

pub use self::emails::{EmailKind, OrderEmail, Shipment};

/// An order as it is stored in the collection `orders`, one document each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, CollectionDocument)]
#[collection(name = "orders")]
pub struct Order {
    /// The id of the checkout session it came of, and the secret in its link.
    #[serde(rename = "_id")]
    pub id: OrderId,
    /// What was bought.
    pub lines: Vec<OrderLine>,
    /// How it travels.
    #[serde(default)]
    pub delivery: FrozenDelivery,
    /// What was paid, delivery included.
    pub total: Money,
    /// Who bought it and where it goes.
    pub customer: Customer,
    /// How it was paid.
    pub payment: Payment,
    /// Where the money is.
    #[serde(default)]
    pub status: OrderStatus,
    /// How much of it has been refunded.
    #[serde(default)]
    pub refunded: Money,
    /// A refund that was decided and whose outcome is not known yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refunding: Option<Refunding>,
    /// How it was shipped. Orders of before this was recorded have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shipment: Option<Shipment>,
    /// The emails about it that are still to be sent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub emails: Vec<OrderEmail>,
    /// When the first of them is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email_due_at: Option<Timestamp>,
    /// Every status it has had, the oldest first.
    #[serde(default)]
    pub history: Vec<StatusChange>,
    /// Grows with every change, so that one can be made conditional on what was read. Orders of
    /// before there was one have 0.
    #[serde(default, deserialize_with = "whole_number")]
    pub version: u64,
    /// When it was paid.
    pub placed_at: Timestamp,
}

/// Where the money of an order is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OrderStatus {
    /// On its way: the buyer is through, and the bank takes its time. Do not ship yet.
    Pending,
    /// Here. Part of it may have been refunded.
    #[default]
    Paid,
    /// It never came.
    Failed,
    /// All of it refunded.
    Refunded,
    /// The buyer wants it back by way of the bank, which has not decided yet.
    Disputed,
    /// The bank has decided for the buyer, and taken it back.
    Lost,
}

impl OrderStatus {
    /// What a paid order comes to after that.
    pub fn after(aftermath: Aftermath, total: Money) -> Self {
        let refunded_cents = aftermath.refunded_cents;
        match aftermath.dispute {
            Some(Dispute::Open) => Self::Disputed,
            Some(Dispute::Lost) => Self::Lost,
            None if refunded_cents > 0 && refunded_cents >= total.amount_cents => Self::Refunded,
            None => Self::Paid,
        }
    }

    /// All of them, in the order they come about.
    pub const ALL: [Self; 6] = [
        Self::Pending,
        Self::Paid,
        Self::Failed,
        Self::Refunded,
        Self::Disputed,
        Self::Lost,
    ];

    /// The name in addresses and in the database.
    pub fn slug(self) -> &'static str {
        self.names().0
    }

    /// The name people read.
    pub fn title(self) -> &'static str {
        self.names().1
    }

    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Pending => ("pending", "Pending"),
            Self::Paid => ("paid", "Paid"),
            Self::Failed => ("failed", "Failed"),
            Self::Refunded => ("refunded", "Refunded"),
            Self::Disputed => ("disputed", "Disputed"),
            Self::Lost => ("lost", "Dispute lost"),
        }
    }
}

/// A refund under way. It is noted before the payment service is asked, so that whatever happens
/// then, a second one cannot be decided before the first is settled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Fields)]
pub struct Refunding {
    /// What makes two requests for it one at the payment service.
    pub key: String,
    /// How much, in minor units.
    #[serde(deserialize_with = "whole_number")]
    pub amount_cents: u64,
}

/// A status an order came to, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusChange {
    /// When.
    pub at: Timestamp,
    /// What it came to.
    pub status: OrderStatus,
    /// How much had been refunded by then, in minor units.
    #[serde(deserialize_with = "whole_number")]
    pub refunded_cents: u64,
}

impl Order {
    /// The order a paid checkout session comes to: always the same one, whoever asks and how often.
    pub fn of(checkout: &Checkout, payment: Payment) -> Self {
        let Aftermath { refunded_cents, .. } = checkout.aftermath;
        let status = match checkout.state {
            CheckoutState::Pending => OrderStatus::Pending,
            _ => OrderStatus::after(checkout.aftermath, checkout.total),
        };
        let placed_at = payment.paid_at;
        let mut order = Self {
            id: checkout.id,
            lines: checkout.lines.clone(),
            delivery: checkout.delivery,
            total: checkout.total,
            customer: checkout.customer.clone(),
            status,
            refunded: Money::new(refunded_cents, checkout.total.currency),
            refunding: None,
            shipment: None,
            emails: Vec::new(),
            email_due_at: None,
            history: vec![StatusChange {
                at: placed_at,
                status,
                refunded_cents,
            }],
            version: 1,
            placed_at,
            payment,
        };
        order.report_changes(None, placed_at);
        order
    }

    /// What can still be refunded.
    pub fn refundable(&self) -> Money {
        let left = match self.status {
            OrderStatus::Paid | OrderStatus::Disputed => self.total.amount_cents,
            _ => 0,
        };
        let left = left.saturating_sub(self.refunded.amount_cents);
        Money::new(left, self.total.currency)
    }

    /// The refund under way, as money.
    pub fn under_way(&self) -> Option<Money> {
        let refunding = self.refunding.as_ref()?;
        Some(Money::new(refunding.amount_cents, self.total.currency))
    }

    /// The order after the beginning or the end of a refund.
    #[must_use]
    pub fn with_refunding(&self, refunding: Option<Refunding>) -> Self {
        Self {
            refunding,
            version: self.version + 1,
            ..self.clone()
        }
    }

    /// The order after a change of its status.
    #[must_use]
    pub fn with_status(&self, status: OrderStatus, refunded_cents: u64, now: Timestamp) -> Self {
        let mut order = self.clone();
        order.status = status;
        order.refunded.amount_cents = refunded_cents;
        order.version += 1;
        order.history.push(StatusChange {
            at: now,
            status,
            refunded_cents,
        });
        order.report_changes(Some(self), now);
        order
    }

    /// The order as it must be after that; `None` when it is so already.
    pub fn in_line_with(&self, aftermath: Aftermath, now: Timestamp) -> Option<Self> {
        let status = OrderStatus::after(aftermath, self.total);
        let refunded = aftermath.refunded_cents;
        let differs = status != self.status || refunded != self.refunded.amount_cents;
        differs.then(|| self.with_status(status, refunded, now))
    }
}
