//! Orders, in the collection `orders`. What was sold is written once; only what becomes of the
//! money changes.

use astra_db::{Collection, Database};
use serde_json::{Value, json};

use crate::domain::id::OrderId;
use crate::domain::order::Order;
use crate::store::{StoreError, guarded};

/// Questions about orders.
#[derive(Debug, Clone)]
pub struct Orders(Collection<Order>);

impl Orders {
    pub(super) async fn open(database: &Database) -> Result<Self, StoreError> {
        let unindexed = ["lines", "customer"];
        database
            .create_collection("orders")
            .definition(astra_db::CollectionDefinition::default().indexing_deny(unindexed))
            .await?;
        Ok(Self(database.collection("orders")))
    }

    /// One order.
    pub async fn find(&self, id: OrderId) -> Result<Option<Order>, StoreError> {
        Ok(self.0.find_one(json!({ "_id": id })).await?)
    }

    /// The order of a payment, by the payment service's reference.
    pub async fn by_payment(&self, reference: &str) -> Result<Option<Order>, StoreError> {
        let order = self.0.find_one(json!({ "payment.reference": reference }));
        Ok(order.await?)
    }

    /// Stores the order unless it is stored already: its id is the checkout session's, so there can
    /// be no second one. Answers the order that is stored.
    pub async fn insert_once(&self, order: Order) -> Result<Order, StoreError> {
        match self.0.insert_one(&order).await {
            Err(error) if error.is_already_exists() => {
                Ok(self.find(order.id).await?.unwrap_or(order))
            }
            Err(error) => Err(error.into()),
            Ok(_) => Ok(order),
        }
    }

    /// Stores what has become of the money of an order, unless the order changed since it was read;
    /// answers whether it is stored.
    pub async fn replace(&self, read: &Order, next: &Order) -> Result<bool, StoreError> {
        let version = match read.version {
            0 => json!({ "$exists": false }),
            version => json!(version),
        };
        let unchanged: Value = json!({ "_id": read.id, "version": version });
        let set = json!({ "$set": {
            "status": next.status, "refunded": next.refunded, "history": next.history,
            "version": next.version,
        }});
        guarded(|| self.0.update_one(&unchanged, &set)).await
    }
}
