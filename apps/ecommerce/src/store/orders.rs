//! Orders, in the collection `orders`. Written once, never changed.

use astra_db::{Collection, Database};
use serde_json::json;

use crate::domain::id::OrderId;
use crate::domain::order::Order;
use crate::store::StoreError;

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

    /// Stores the order unless it is stored already: its id is the checkout session's, so there can
    /// be no second one.
    pub async fn insert_once(&self, order: &Order) -> Result<(), StoreError> {
        match self.0.insert_one(order).await {
            Err(error) if !error.is_already_exists() => Err(error.into()),
            _ => Ok(()),
        }
    }
}
