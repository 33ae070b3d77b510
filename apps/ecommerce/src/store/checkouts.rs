//! Checkout sessions, in the collection `checkouts`. After the insert, only conditional changes of
//! state.

use astra_db::{Collection, Database, Timestamp};
use serde_json::{Value, json};

use crate::domain::checkout::{Checkout, CheckoutState};
use crate::domain::id::CheckoutId;
use crate::domain::order::{Aftermath, Payment};
use crate::store::{StoreError, guarded};

/// Sessions are kept a while beyond their end: for a reload, and for money that comes late.
const KEPT_MS: i64 = 24 * 60 * 60 * 1_000;

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

    /// The checkout of a session at the payment service.
    pub async fn by_session(&self, session: &str) -> Result<Option<Checkout>, StoreError> {
        Ok(self.0.find_one(json!({ "session": session })).await?)
    }

    /// The sessions that were paid and not carried to their end.
    pub async fn paid(&self) -> Result<Vec<Checkout>, StoreError> {
        self.all(json!({ "state": CheckoutState::Paid })).await
    }

    /// The sessions for which something is still to be done: they are paid, or hold stock.
    pub async fn unfinished(&self) -> Result<Vec<Checkout>, StoreError> {
        let unfinished =
            json!({ "$or": [{ "holds_stock": true }, { "state": CheckoutState::Paid }] });
        self.all(unfinished).await
    }

    /// The sessions for which money came that should not have come.
    pub async fn refused(&self) -> Result<Vec<Checkout>, StoreError> {
        self.all(json!({ "state": CheckoutState::Refused })).await
    }

    /// Stores a new session.
    pub async fn insert(&self, checkout: &Checkout) -> Result<(), StoreError> {
        self.0.insert_one(checkout).await?;
        Ok(())
    }

    /// Opening → open; answers whether this call did it.
    pub async fn mark_open(&self, id: CheckoutId) -> Result<bool, StoreError> {
        let open = json!({ "$set": { "state": CheckoutState::Open } });
        self.change(in_state(id, &[CheckoutState::Opening]), open)
            .await
    }

    /// Stores another buyer and the payment key that goes with it, as long as the payment service
    /// has not been told of either; answers whether that was so.
    pub async fn set_customer(&self, checkout: &Checkout) -> Result<bool, StoreError> {
        let (customer, key) = (&checkout.customer, &checkout.payment_key);
        let unpaid = unpaid(checkout.id, None);
        // The key makes it a change whatever the buyer is.
        let set = json!({ "$set": { "customer": customer, "payment_key": key } });
        self.change(unpaid, set).await
    }

    /// Notes the session opened at the payment service, unless the checkout has one, was closed, or
    /// has changed since it was read; answers whether it is noted.
    pub async fn note_session(
        &self,
        checkout: &Checkout,
        session: &str,
    ) -> Result<bool, StoreError> {
        let unchanged = json!({
            "_id": checkout.id, "state": CheckoutState::Open,
            "payment_key": checkout.payment_key, "session": { "$exists": false },
        });
        self.change(unchanged, json!({ "$set": { "session": session } }))
            .await
    }

    /// Open → pending; answers whether this call did it.
    pub async fn mark_pending(
        &self,
        id: CheckoutId,
        payment: &Payment,
    ) -> Result<bool, StoreError> {
        let pending = json!({ "$set": { "state": CheckoutState::Pending, "payment": payment } });
        self.change(in_state(id, &[CheckoutState::Open]), pending)
            .await
    }

    /// Open or pending → paid; answers whether this call did it.
    pub async fn mark_paid(
        &self,
        id: CheckoutId,
        payment: &Payment,
        aftermath: Aftermath,
    ) -> Result<bool, StoreError> {
        let unpaid = [CheckoutState::Open, CheckoutState::Pending];
        let paid = json!({ "$set": {
            "state": CheckoutState::Paid, "payment": payment, "aftermath": aftermath,
        }});
        self.change(in_state(id, &unpaid), paid).await
    }

    /// Paid → done; answers whether this call did it.
    pub async fn mark_done(&self, id: CheckoutId) -> Result<bool, StoreError> {
        let done = json!({ "$set": { "state": CheckoutState::Done, "holds_stock": false } });
        self.change(in_state(id, &[CheckoutState::Paid]), done)
            .await
    }

    /// Opening or open → closed for this reason, unless a payment session was opened since it was
    /// read; answers whether this call did it.
    pub async fn close(&self, checkout: &Checkout, why: CheckoutState) -> Result<bool, StoreError> {
        let unpaid = unpaid(checkout.id, checkout.session.as_deref());
        self.change(unpaid, json!({ "$set": { "state": why } }))
            .await
    }

    /// Open or pending → failed; answers whether this call did it.
    pub async fn fail(&self, id: CheckoutId) -> Result<bool, StoreError> {
        let unpaid = [CheckoutState::Open, CheckoutState::Pending];
        let failed = json!({ "$set": { "state": CheckoutState::Failed } });
        self.change(in_state(id, &unpaid), failed).await
    }

    /// Anything unpaid or closed → refused, with what came and why it is not taken; answers whether
    /// this call did it.
    pub async fn refuse(
        &self,
        id: CheckoutId,
        payment: &Payment,
        problem: &str,
    ) -> Result<bool, StoreError> {
        let refused = json!({ "$set": {
            "state": CheckoutState::Refused, "payment": payment, "problem": problem,
        }});
        let mut from = CheckoutState::CLOSED.to_vec();
        from.extend([
            CheckoutState::Opening,
            CheckoutState::Open,
            CheckoutState::Pending,
        ]);
        self.change(in_state(id, &from), refused).await
    }

    /// Notes that nothing is set aside for it any more; answers whether that was news.
    pub async fn mark_released(&self, id: CheckoutId) -> Result<bool, StoreError> {
        let holding = json!({ "_id": id, "holds_stock": true });
        self.change(holding, json!({ "$set": { "holds_stock": false } }))
            .await
    }

    /// The sessions that came to their end long ago. One for which something is still to be done,
    /// now or by a person, is never among them.
    pub async fn finished_before(&self, now: Timestamp) -> Result<Vec<Checkout>, StoreError> {
        let over = Timestamp::from_millis(now.as_millis().saturating_sub(KEPT_MS));
        let mut finished = CheckoutState::CLOSED.to_vec();
        finished.push(CheckoutState::Done);
        let finished = json!({
            "state": { "$in": finished }, "holds_stock": { "$ne": true }, "expires_at": { "$lte": over },
        });
        self.all(finished).await
    }

    /// Deletes a finished session.
    pub async fn delete(&self, id: CheckoutId) -> Result<(), StoreError> {
        self.0.delete_one(json!({ "_id": id })).await?;
        Ok(())
    }

    async fn all(&self, filter: Value) -> Result<Vec<Checkout>, StoreError> {
        Ok(self.0.find(filter).await?.all().await?)
    }

    async fn change(&self, filter: Value, update: Value) -> Result<bool, StoreError> {
        guarded(|| self.0.update_one(&filter, &update)).await
    }
}

fn in_state(id: CheckoutId, states: &[CheckoutState]) -> Value {
    json!({ "_id": id, "state": { "$in": states } })
}

/// Opening or open, and with this payment session or none.
fn unpaid(id: CheckoutId, session: Option<&str>) -> Value {
    let mut filter = in_state(id, &[CheckoutState::Opening, CheckoutState::Open]);
    filter["session"] = match session {
        Some(session) => json!(session),
        None => json!({ "$exists": false }),
    };
    filter
}
