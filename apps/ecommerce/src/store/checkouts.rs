//! Checkout sessions, in the collection `checkouts`. After the insert, only conditional changes of
//! state.

use astra_db::{Collection, Database, Timestamp};
use serde_json::json;

use crate::domain::checkout::{Checkout, CheckoutState};
use crate::domain::customer::Customer;
use crate::domain::id::CheckoutId;
use crate::domain::order::Payment;
use crate::store::{StoreError, guarded};

/// Sessions are kept a little beyond their end, so that one being paid in its last second is not
/// deleted meanwhile.
const GRACE_MS: i64 = 60 * 60 * 1_000;

/// Questions about checkout sessions.
#[derive(Debug, Clone)]
pub struct Checkouts(Collection<Checkout>);

impl Checkouts {
    pub(super) async fn open(database: &Database) -> Result<Self, StoreError> {
        let unindexed = ["lines", "customer"];
        database
            .create_collection("checkouts")
            .definition(astra_db::CollectionDefinition::default().indexing_deny(unindexed))
            .await?;
        Ok(Self(database.collection("checkouts")))
    }

    /// One session.
    pub async fn find(&self, id: CheckoutId) -> Result<Option<Checkout>, StoreError> {
        Ok(self.0.find_one(json!({ "_id": id })).await?)
    }

    /// The sessions that were paid and not carried to their end.
    pub async fn paid(&self) -> Result<Vec<Checkout>, StoreError> {
        Ok(self
            .0
            .find(json!({ "state": CheckoutState::Paid }))
            .await?
            .all()
            .await?)
    }

    /// Stores a new session.
    pub async fn insert(&self, checkout: &Checkout) -> Result<(), StoreError> {
        self.0.insert_one(checkout).await?;
        Ok(())
    }

    /// Changes who buys, while it is open; answers whether it was.
    pub async fn set_customer(
        &self,
        id: CheckoutId,
        customer: &Customer,
    ) -> Result<bool, StoreError> {
        // The version makes it a change even when the same customer is set again.
        let change = json!({ "$set": { "customer": customer }, "$inc": { "version": 1 } });
        guarded(|| {
            self.0
                .update_one(json!({ "_id": id, "state": CheckoutState::Open }), &change)
        })
        .await
    }

    /// Open → paid; answers whether this call did it.
    pub async fn mark_paid(&self, id: CheckoutId, payment: &Payment) -> Result<bool, StoreError> {
        let paid = json!({ "$set": { "state": CheckoutState::Paid, "payment": payment } });
        guarded(|| {
            self.0
                .update_one(json!({ "_id": id, "state": CheckoutState::Open }), &paid)
        })
        .await
    }

    /// Paid → done; answers whether this call did it.
    pub async fn mark_done(&self, id: CheckoutId) -> Result<bool, StoreError> {
        let done = json!({ "$set": { "state": CheckoutState::Done } });
        guarded(|| {
            self.0
                .update_one(json!({ "_id": id, "state": CheckoutState::Paid }), &done)
        })
        .await
    }

    /// Open → replaced; answers whether this call did it.
    pub async fn replace_open(&self, id: CheckoutId) -> Result<bool, StoreError> {
        let replaced = json!({ "$set": { "state": CheckoutState::Replaced } });
        guarded(|| {
            self.0.update_one(
                json!({ "_id": id, "state": CheckoutState::Open }),
                &replaced,
            )
        })
        .await
    }

    /// A paid session is never deleted: it still has an order to make.
    pub(super) async fn delete_expired(&self, now: Timestamp) -> Result<(), StoreError> {
        let over = Timestamp::from_millis(now.as_millis().saturating_sub(GRACE_MS));
        let finished = [
            CheckoutState::Open,
            CheckoutState::Done,
            CheckoutState::Replaced,
        ];
        self.0
            .delete_many(json!({ "state": { "$in": finished }, "expires_at": { "$lte": over } }))
            .await?;
        Ok(())
    }
}
