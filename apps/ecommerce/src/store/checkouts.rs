//! Checkout sessions, in the collection `checkouts`. After the insert, only conditional changes of
//! state.

use std::time::Duration;

use astra_db::{Database, Timestamp};
use indexmap::IndexMap;
use serde_json::{Value, json};

use crate::domain::cart::after;
use crate::domain::checkout::{Checkout, CheckoutState, LIFETIME, MAX_UNPAID};
use crate::domain::id::{CheckoutId, Sku};
use crate::domain::order::{Aftermath, Payment};
use crate::domain::stock::{Marker, Token};
use crate::store::checked::{Checked, Stored};
use crate::store::{StoreError, guarded};

/// Sessions are kept a while beyond their end, for a reload.
const KEPT: Duration = Duration::from_hours(24);
/// One that was never paid, as far as the shop knows, but could have been at the payment service,
/// is kept for longer: money can come late.
const KEPT_FOR_MONEY: Duration = Duration::from_hours(7 * 24);
/// How many open sessions one round of questions to the payment service is about.
const ASKED_AT_ONCE: u32 = 200;
/// How far open payments are counted.
const MAX_COUNTED: u64 = 1_000;

/// Questions about checkout sessions.
#[derive(Debug, Clone)]
pub struct Checkouts(Checked<Checkout>);

impl Stored for Checkout {
    const COLLECTION: &'static str = "checkouts";
    const IS_SECRET: bool = true;
}

impl Checkouts {
    pub(super) async fn open(database: &Database) -> Result<Self, StoreError> {
        let unindexed = ["lines", "customer"];
        database
            .create_collection("checkouts")
            .definition(astra_db::CollectionDefinition::default().indexing_deny(unindexed))
            .await?;
        Ok(Self(Checked::new(database.collection("checkouts"))))
    }

    /// One session.
    pub async fn find(&self, id: CheckoutId) -> Result<Option<Checkout>, StoreError> {
        self.0.find_one(json!({ "_id": id })).await
    }

    /// The checkout of a session at the payment service.
    pub async fn by_session(&self, session: &str) -> Result<Option<Checkout>, StoreError> {
        self.0.find_one(json!({ "session": session })).await
    }

    /// The sessions that were paid and not carried to their end.
    pub async fn paid(&self) -> Result<Vec<Checkout>, StoreError> {
        self.all(json!({ "state": CheckoutState::Paid })).await
    }

    /// The sessions for which something is to be done now: the money is on its way or here, their
    /// time is over, or they are closed and hold stock. Those that are just open are none of them,
    /// however many there are.
    pub async fn unfinished(&self, now: Timestamp) -> Result<Vec<Checkout>, StoreError> {
        let mut closed = CheckoutState::CLOSED.to_vec();
        closed.push(CheckoutState::Refused);
        let paid = [
            CheckoutState::Paid,
            CheckoutState::Pending,
            CheckoutState::Late,
        ];
        let open = [CheckoutState::Opening, CheckoutState::Open];
        self.any_of([
            json!({ "state": { "$in": paid } }),
            json!({ "state": { "$in": open }, "expires_at": { "$lte": now } }),
            json!({ "state": { "$in": closed }, "holds_stock": true }),
        ])
        .await
    }

    /// Some of the sessions that have been waiting at the payment service for this long, and whose
    /// time is not over.
    pub async fn waiting_for(
        &self,
        patience: Duration,
        now: Timestamp,
    ) -> Result<Vec<Checkout>, StoreError> {
        let latest = after(now, LIFETIME.saturating_sub(patience));
        let waiting = json!({
            "state": CheckoutState::Open, "session": { "$exists": true },
            "expires_at": { "$gt": now, "$lte": latest },
        });
        let found = self.0.find(waiting).limit(ASKED_AT_ONCE);
        Ok(self.0.all(found).await?.valid)
    }

    /// Some of the sessions that this client has opened, not paid and not left: more than it may.
    pub async fn unpaid_of(&self, client: &str) -> Result<Vec<Checkout>, StoreError> {
        let states = [CheckoutState::Opening, CheckoutState::Open];
        let unpaid = json!({ "client": client, "state": { "$in": states } });
        let found = self.0.find(unpaid).limit(2 * MAX_UNPAID);
        Ok(self.0.all(found).await?.valid)
    }

    /// How many sessions wait for what only the payment service knows, as far as they are counted.
    pub async fn count_waiting(&self) -> Result<u64, StoreError> {
        let unpaid = [CheckoutState::Open, CheckoutState::Pending];
        let waiting = json!({ "state": { "$in": unpaid }, "session": { "$exists": true } });
        match self.0.count_documents(waiting, MAX_COUNTED).await {
            Err(astra_db::Error::TooManyToCount { counted, .. }) => Ok(counted),
            counted => Ok(counted?),
        }
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

    /// Stores a new session unless it is stored already; answers whether this call did it.
    pub async fn insert_once(&self, checkout: &Checkout) -> Result<bool, StoreError> {
        match self.0.insert_one(checkout).await {
            Err(error) if error.is_already_exists() => Ok(false),
            Err(error) => Err(error.into()),
            Ok(_) => Ok(true),
        }
    }

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

    /// The sessions that came to their end long ago. One for which something is still to be done,
    /// now or by a person, is never among them.
    pub async fn finished_before(&self, now: Timestamp) -> Result<Vec<Checkout>, StoreError> {
        let ago = |time: Duration| {
            let time_ms = i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
            Timestamp::from_millis(now.as_millis().saturating_sub(time_ms))
        };
        let closed = json!({ "$in": CheckoutState::CLOSED });
        let (over, long_over) = (ago(KEPT), ago(KEPT_FOR_MONEY));
        self.any_of([
            json!({ "state": CheckoutState::Done, "expires_at": { "$lte": over } }),
            json!({
                "state": closed, "holds_stock": { "$ne": true },
                "session": { "$exists": false }, "expires_at": { "$lte": over },
            }),
            json!({
                "state": closed, "holds_stock": { "$ne": true },
                "session": { "$exists": true }, "expires_at": { "$lte": long_over },
            }),
        ])
        .await
    }

    /// Deletes a finished session.
    pub async fn delete(&self, id: CheckoutId) -> Result<(), StoreError> {
        self.0.delete_one(json!({ "_id": id })).await?;
        Ok(())
    }

    async fn all(&self, filter: Value) -> Result<Vec<Checkout>, StoreError> {
        Ok(self.0.all(self.0.find(filter)).await?.valid)
    }

    /// The sessions that satisfy one of these, which exclude each other. Each is a question of its
    /// own: within `$or` the Data API takes the fields of one object for alternatives.
    async fn any_of(&self, filters: [Value; 3]) -> Result<Vec<Checkout>, StoreError> {
        let mut sessions = Vec::new();
        for filter in filters {
            sessions.extend(self.all(filter).await?);
        }
        Ok(sessions)
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
