//! Orders, in the collection `orders`. What was sold is written once; only what becomes of the
//! money changes.

use std::num::NonZeroU32;
use std::sync::Arc;

use astra_db::{CollectionDocument as _, Filter, Timestamp};
use shared::schema::{NotMade, Schema};
use tokio::sync::Notify;

use crate::domain::id::OrderId;
use crate::domain::invalid::InvalidDocument;
use crate::domain::order::{Order, OrderStatus};
use crate::store::checked::{Checked, Documents, Stored};
use crate::store::error::StoreError;
use crate::store::guarded::guarded;

/// Questions about orders. Of money nothing is passed over in silence: one order that was asked for
/// and is not valid is an error.
#[derive(Debug, Clone)]
pub struct Orders(Checked<Order>, Arc<Notify>);

impl Stored for Order {
    const COLLECTION: &'static str = Self::COLLECTION_NAME;
    const IS_SECRET: bool = true;
    const UNINDEXED: &'static [&'static str] = &["lines", "customer"];
}

/// How many orders one page of the list shows.
pub const PAGE_SIZE: u32 = 20;

/// A page of the list of orders.
#[derive(Debug, Clone)]
pub struct OrderList {
    /// The orders of this page.
    pub orders: Vec<Order>,
    /// What is stored between them and cannot be read.
    pub invalid: Vec<InvalidDocument>,
    /// Whether there are older ones.
    pub more: bool,
}

impl Orders {
    pub(super) async fn open(schema: &Schema<'_>) -> Result<Self, NotMade> {
        let orders = Checked::open(schema).await?;
        Ok(Self(orders, Arc::default()))
    }

    /// One order.
    pub async fn find(&self, id: OrderId) -> Result<Option<Order>, StoreError> {
        self.0.find_one(Order::id().eq(id)).await
    }

    /// One page of the orders, the newest first, of one status or of all.
    pub async fn page(
        &self,
        status: Option<OrderStatus>,
        page: NonZeroU32,
    ) -> Result<OrderList, StoreError> {
        let filter = match status {
            None => Filter::default(),
            // Orders of before there was a status were all paid.
            Some(OrderStatus::Paid) => {
                let paid = Order::status().eq(OrderStatus::Paid);
                paid.or(Order::status().is_missing())
            }
            Some(status) => Order::status().eq(status),
        };
        let skip = (page.get() - 1).saturating_mul(PAGE_SIZE);
        // One more than is shown tells whether there is a next page.
        let found = self
            .0
            .find(filter)
            .sort(Order::placed_at().desc().then(Order::id().asc()))
            .skip(skip)
            .limit(PAGE_SIZE + 1);
        let mut found = self.0.read_all(found).await?;
        let more = found.len() > PAGE_SIZE as usize;
        found.truncate(PAGE_SIZE as usize);
        let Documents { valid, invalid } = found.into();
        Ok(OrderList {
            orders: valid,
            invalid,
            more,
        })
    }

    /// The order of a payment, by the payment service's reference.
    pub async fn by_payment(&self, reference: &str) -> Result<Option<Order>, StoreError> {
        let paid = Order::payment().reference().eq(reference);
        self.0.find_one(paid).await
    }

    /// The orders with a refund whose outcome is not known yet.
    pub async fn refunding(&self) -> Result<Vec<Order>, StoreError> {
        let refunding = Order::refunding().key().exists();
        Ok(self.0.all(self.0.find(refunding)).await?.valid)
    }

    /// The orders with an email that is due, up to 100 of them.
    pub async fn with_email_due(&self, now: Timestamp) -> Result<Vec<Order>, StoreError> {
        let due = self.0.find(Order::email_due_at().lte(now)).limit(100);
        Ok(self.0.all(due).await?.valid)
    }

    /// Waits until this process has stored an order with a new email.
    pub async fn emailed(&self) {
        self.1.notified().await;
    }

    /// Stores the order unless it is stored already: its id is the checkout session's, so there can
    /// be no second one. Answers the order that is stored.
    pub async fn insert_once(&self, order: Order) -> Result<Order, StoreError> {
        match self.0.insert_one(&order).await {
            Err(error) if error.is_already_exists() => {
                Ok(self.find(order.id).await?.unwrap_or(order))
            }
            Err(error) => Err(error.into()),
            Ok(_) => {
                self.1.notify_one();
                Ok(order)
            }
        }
    }

    /// Stores what has become of the money of an order, unless the order changed since it was read;
    /// answers whether it is stored.
    pub async fn replace(&self, read: &Order, next: &Order) -> Result<bool, StoreError> {
        let version = match read.version {
            0 => Order::version().is_missing(),
            version => Order::version().eq(version),
        };
        let unchanged = Order::id().eq(read.id).and(version);
        let update = Order::status().set(next.status);
        let update = update.and(Order::refunded().set(next.refunded));
        let update = update.and(Order::history().set(&next.history));
        let update = update.and(Order::version().set(next.version));
        let update = update.and(match &next.refunding {
            Some(refunding) => Order::refunding().set(refunding),
            None => Order::refunding().unset(),
        });
        let update = update.and(match &next.shipment {
            Some(shipment) => Order::shipment().set(shipment),
            None => Order::shipment().unset(),
        });
        let update = update.and(match next.email_due_at {
            Some(due_at) => {
                let emails = Order::emails().set(&next.emails);
                emails.and(Order::email_due_at().set(due_at))
            }
            None => Order::emails().unset().and(Order::email_due_at().unset()),
        });
        let is_stored = guarded(|| self.0.update_one(&unchanged, &update)).await?;
        if is_stored && next.emails.len() > read.emails.len() {
            self.1.notify_one();
        }
        Ok(is_stored)
    }
}
