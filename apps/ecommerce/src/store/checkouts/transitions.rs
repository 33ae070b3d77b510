//! Changes of a checkout: each is one update conditional on the state before, so of several at once
//! exactly one happens.

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::Checkouts;
use crate::domain::checkout::{Checkout, CheckoutState};
use crate::domain::id::{CheckoutId, Sku};
use crate::domain::payment::{Aftermath, Payment};
use crate::domain::stock::{Marker, Token};
use crate::store::error::StoreError;
use crate::store::guarded::guarded;

impl Checkouts {
    /// Opening → open, or late → pending, with what is reserved for it; answers whether this call
    /// did it.
    pub async fn mark_reserved(
        &self,
        checkout: &Checkout,
        reserved: &IndexMap<Sku, Token>,
    ) -> Result<bool, StoreError> {
        let next = match checkout.state {
            CheckoutState::Late => CheckoutState::Pending,
            _ => CheckoutState::Open,
        };
        let mut unreserved = in_round(checkout);
        unreserved["state"] = json!(checkout.state);
        unreserved["reserved"] = json!({ "$exists": false });
        let reserved = json!({ "$set": { "state": next, "reserved": reserved } });
        self.change(unreserved, reserved).await
    }

    /// Notes a reservation that an earlier version has made, where nothing is noted for that SKU;
    /// answers whether this call did it.
    pub async fn name_reserved(&self, marker: &Marker) -> Result<bool, StoreError> {
        let path = format!("reserved.{}", marker.sku);
        let states = [CheckoutState::Open, CheckoutState::Pending];
        let mut unnamed = in_state(marker.checkout, &states);
        unnamed[&path] = json!({ "$exists": false });
        self.change(unnamed, json!({ "$set": { path: marker.token } }))
            .await
    }

    /// Notes the return of what was reserved for a closed session; answers whether this call did
    /// it.
    pub async fn mark_returned(
        &self,
        checkout: &Checkout,
        returned: &IndexMap<Sku, Token>,
    ) -> Result<bool, StoreError> {
        let mut closed = in_round(checkout);
        closed["state"] = json!(checkout.state);
        closed["returned"] = json!({ "$exists": false });
        self.change(closed, json!({ "$set": { "returned": returned } }))
            .await
    }

    /// Closed and returned → late, with the payment that came; answers whether this call did it.
    pub async fn mark_late(
        &self,
        checkout: &Checkout,
        payment: &Payment,
    ) -> Result<bool, StoreError> {
        let mut closed = in_round(checkout);
        closed["state"] = json!({ "$in": CheckoutState::REVIVED_BY_MONEY });
        closed["holds_stock"] = json!(false);
        let late = json!({
            "$set": { "state": CheckoutState::Late, "payment": payment, "holds_stock": true },
            "$unset": { "reserved": 1, "returned": 1 },
            "$inc": { "round": 1 },
        });
        self.change(closed, late).await
    }

    /// Stores another key for the payment, as long as the payment service has answered no session;
    /// answers whether that was so.
    pub async fn renew_payment_key(
        &self,
        checkout: &Checkout,
        key: &str,
    ) -> Result<bool, StoreError> {
        let mut unpaid = unpaid(checkout.id, None);
        unpaid["payment_key"] = json!(checkout.payment_key);
        self.change(unpaid, json!({ "$set": { "payment_key": key } }))
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
        let done = json!({
            "$set": { "state": CheckoutState::Done, "holds_stock": false }, "$unset": { "client": 1 },
        });
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
            CheckoutState::Late,
        ]);
        self.change(in_state(id, &from), refused).await
    }

    /// Notes that nothing is reserved for it; answers whether that was news.
    pub async fn mark_released(&self, checkout: &Checkout) -> Result<bool, StoreError> {
        let mut holding = in_round(checkout);
        holding["holds_stock"] = json!(true);
        let released = json!({ "$set": { "holds_stock": false }, "$unset": { "client": 1 } });
        self.change(holding, released).await
    }

    async fn change(&self, filter: Value, update: Value) -> Result<bool, StoreError> {
        guarded(|| self.0.update_one(&filter, &update)).await
    }
}

/// This session, as often opened again as when it was read.
fn in_round(checkout: &Checkout) -> Value {
    let round = match checkout.round {
        0 => json!({ "$exists": false }),
        round => json!(round),
    };
    json!({ "_id": checkout.id, "round": round })
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
