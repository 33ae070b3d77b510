//! The emails that an order still has to send. Each is added by the very write that stores what it reports.

use astra_db::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use shared::email::Unsent;

use super::{Order, OrderStatus};
use crate::domain::quantity::whole_number;

/// An email about an order that is still to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderEmail {
    /// What it reports.
    pub kind: EmailKind,
    /// The version of the order with which it was added: there is one email of a kind for each.
    #[serde(deserialize_with = "whole_number")]
    pub version: u64,
    /// What this refund refunds, in minor units.
    #[serde(default, deserialize_with = "whole_number")]
    pub amount_cents: u64,
    /// When it is sent.
    pub unsent: Unsent,
}

/// What an email about an order reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EmailKind {
    /// It is paid.
    Confirmed,
    /// It is on its way.
    Shipped,
    /// A part of it was refunded, or all of it after it was shipped.
    Refunded,
    /// The money never came, or all of it was refunded before anything was shipped.
    Canceled,
}

/// How an order was shipped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shipment {
    /// When it was marked as shipped.
    pub at: Timestamp,
    /// Who carries it; empty for nobody in particular.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub carrier: String,
    /// Where the parcel can be followed; empty for nowhere.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub tracking_url: String,
}

impl OrderEmail {
    /// What makes it the same email on every try. An order's id is a secret, so its digest stands for it.
    pub fn id(&self, order: &Order) -> String {
        let digest = Sha256::digest(format!("{} {:?} {}", order.id, self.kind, self.version));
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        format!("{:032x}", u128::from_be_bytes(bytes))
    }

    /// Whether it is this email, however often it was tried.
    fn is(&self, other: &Self) -> bool {
        (self.kind, self.version) == (other.kind, other.version)
    }
}

impl Order {
    /// Adds the emails that report how the order differs from what it was.
    pub(super) fn report_changes(&mut self, before: Option<&Self>, now: Timestamp) {
        let was = before.map(|order| order.status);
        let is_new = was.is_none_or(|status| status == OrderStatus::Pending);
        if is_new && self.status == OrderStatus::Paid {
            self.report(EmailKind::Confirmed, 0, now);
        }
        if is_new && self.status == OrderStatus::Failed {
            self.report(EmailKind::Canceled, 0, now);
        }
        let before = before.map_or(0, |order| order.refunded.amount_cents);
        let refunded = self.refunded.amount_cents.saturating_sub(before);
        if refunded > 0 {
            let is_whole = self.status == OrderStatus::Refunded && self.shipment.is_none();
            let kind = if is_whole {
                EmailKind::Canceled
            } else {
                EmailKind::Refunded
            };
            self.report(kind, refunded, now);
        }
    }

    fn report(&mut self, kind: EmailKind, amount_cents: u64, now: Timestamp) {
        self.emails.push(OrderEmail {
            kind,
            version: self.version,
            amount_cents,
            unsent: Unsent::new(now),
        });
        self.email_due_at = self.next_due();
    }

    /// Whether it can be marked as shipped.
    pub fn is_shippable(&self) -> bool {
        self.status == OrderStatus::Paid && self.shipment.is_none()
    }

    /// The order after it was shipped.
    #[must_use]
    pub fn with_shipment(&self, shipment: Shipment) -> Self {
        let (mut order, at) = (self.clone(), shipment.at);
        order.shipment = Some(shipment);
        order.version += 1;
        order.report(EmailKind::Shipped, 0, at);
        order
    }

    /// The order with its next email claimed, and that email; `None` if none is due.
    pub fn claim_email(&self, now: Timestamp) -> Option<(Self, OrderEmail)> {
        let mut order = self.clone();
        let due = |email: &&mut OrderEmail| email.unsent.due_at <= now;
        let email = order.emails.iter_mut().find(due)?;
        email.unsent = email.unsent.claim(now)?;
        let email = *email;
        order.version += 1;
        order.email_due_at = order.next_due();
        Some((order, email))
    }

    /// The order without this email.
    #[must_use]
    pub fn without_email(&self, email: &OrderEmail) -> Self {
        let mut order = self.clone();
        order.emails.retain(|other| !other.is(email));
        order.version += 1;
        order.email_due_at = order.next_due();
        order
    }

    fn next_due(&self) -> Option<Timestamp> {
        self.emails.iter().map(|email| email.unsent.due_at).min()
    }
}
