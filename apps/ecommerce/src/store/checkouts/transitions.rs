//! Changes of a checkout: each is one update conditional on the state before, so of several at once
//! exactly one happens.

use astra_db::{Filter, Update};
use indexmap::IndexMap;

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
        let unreserved = in_round(checkout).and(Checkout::state().eq(checkout.state));
        let unreserved = unreserved.and(Checkout::reserved().is_missing());
        let reserved = Checkout::state()
            .set(next)
            .and(Checkout::reserved().set(reserved));
        self.change(unreserved, reserved).await
    }

    /// Notes a reservation that an earlier version has made, where nothing is noted for that SKU;
    /// answers whether this call did it.
    pub async fn name_reserved(&self, marker: &Marker) -> Result<bool, StoreError> {
        let states = [CheckoutState::Open, CheckoutState::Pending];
        let reserved = Checkout::reserved().key(&marker.sku);
        let unnamed = in_state(marker.checkout, &states).and(reserved.clone().is_missing());
        self.change(unnamed, reserved.set(&marker.token)).await
    }

    /// Notes the return of what was reserved for a closed session; answers whether this call did
    /// it.
    pub async fn mark_returned(
        &self,
        checkout: &Checkout,
        returned: &IndexMap<Sku, Token>,
    ) -> Result<bool, StoreError> {
        let closed = in_round(checkout).and(Checkout::state().eq(checkout.state));
        let closed = closed.and(Checkout::returned().is_missing());
        self.change(closed, Checkout::returned().set(returned))
            .await
    }

    /// Closed and returned → late, with the payment that came; answers whether this call did it.
    pub async fn mark_late(
        &self,
        checkout: &Checkout,
        payment: &Payment,
    ) -> Result<bool, StoreError> {
        let closed = Checkout::state().is_in(CheckoutState::REVIVED_BY_MONEY);
        let closed = in_round(checkout)
            .and(closed)
            .and(Checkout::holds_stock().eq(false));
        let late = Checkout::state().set(CheckoutState::Late);
        let late = late
            .and(Checkout::payment().set(payment))
            .and(Checkout::holds_stock().set(true));
        let late = late
            .and(Checkout::reserved().unset())
            .and(Checkout::returned().unset());
        self.change(closed, late.and(Checkout::round().inc(1)))
            .await
    }

    /// Stores another key for the payment, as long as the payment service has answered no session;
    /// answers whether that was so.
    pub async fn renew_payment_key(
        &self,
        checkout: &Checkout,
        key: &str,
    ) -> Result<bool, StoreError> {
        let known = Checkout::payment_key().eq(&checkout.payment_key);
        let unpaid = unpaid(checkout.id, None).and(known);
        self.change(unpaid, Checkout::payment_key().set(key)).await
    }

    /// Stores another buyer and the payment key that goes with it, as long as the payment service
    /// has not been told of either; answers whether that was so.
    pub async fn set_customer(&self, checkout: &Checkout) -> Result<bool, StoreError> {
        let (customer, key) = (&checkout.customer, &checkout.payment_key);
        let unpaid = unpaid(checkout.id, None);
        // The key makes it a change whatever the buyer is.
        let set = Checkout::customer()
            .set(customer)
            .and(Checkout::payment_key().set(key));
        self.change(unpaid, set).await
    }

    /// Notes the session opened at the payment service, unless the checkout has one, was closed, or
    /// has changed since it was read; answers whether it is noted.
    pub async fn note_session(
        &self,
        checkout: &Checkout,
        session: &str,
    ) -> Result<bool, StoreError> {
        let open = in_state(checkout.id, &[CheckoutState::Open]);
        let unchanged = open.and(Checkout::payment_key().eq(&checkout.payment_key));
        let unchanged = unchanged.and(Checkout::session().is_missing());
        self.change(unchanged, Checkout::session().set(session))
            .await
    }

    /// Open → pending; answers whether this call did it.
    pub async fn mark_pending(
        &self,
        id: CheckoutId,
        payment: &Payment,
    ) -> Result<bool, StoreError> {
        let pending = Checkout::state().set(CheckoutState::Pending);
        let pending = pending.and(Checkout::payment().set(payment));
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
        let paid = Checkout::state().set(CheckoutState::Paid);
        let paid = paid.and(Checkout::payment().set(payment));
        let paid = paid.and(Checkout::aftermath().set(aftermath));
        self.change(in_state(id, &unpaid), paid).await
    }

    /// Paid → done; answers whether this call did it.
    pub async fn mark_done(&self, id: CheckoutId) -> Result<bool, StoreError> {
        let done = Checkout::state().set(CheckoutState::Done).and(released());
        self.change(in_state(id, &[CheckoutState::Paid]), done)
            .await
    }

    /// Opening or open → closed for this reason, unless a payment session was opened since it was
    /// read; answers whether this call did it.
    pub async fn close(&self, checkout: &Checkout, why: CheckoutState) -> Result<bool, StoreError> {
        let unpaid = unpaid(checkout.id, checkout.session.as_deref());
        self.change(unpaid, Checkout::state().set(why)).await
    }

    /// Open or pending → failed; answers whether this call did it.
    pub async fn fail(&self, id: CheckoutId) -> Result<bool, StoreError> {
        let unpaid = [CheckoutState::Open, CheckoutState::Pending];
        let failed = Checkout::state().set(CheckoutState::Failed);
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
        let refused = Checkout::state().set(CheckoutState::Refused);
        let refused = refused.and(Checkout::payment().set(payment));
        let refused = refused.and(Checkout::problem().set(problem));
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
        let holding = in_round(checkout).and(Checkout::holds_stock().eq(true));
        self.change(holding, released()).await
    }

    async fn change(
        &self,
        filter: Filter<Checkout>,
        update: Update<Checkout>,
    ) -> Result<bool, StoreError> {
        guarded(|| self.0.update_one(&filter, &update)).await
    }
}

/// Nothing is reserved for it, so no limit counts it.
fn released() -> Update<Checkout> {
    Checkout::holds_stock()
        .set(false)
        .and(Checkout::client().unset())
}

/// This session, as often opened again as when it was read.
fn in_round(checkout: &Checkout) -> Filter<Checkout> {
    let round = match checkout.round {
        0 => Checkout::round().is_missing(),
        round => Checkout::round().eq(round),
    };
    Checkout::id().eq(checkout.id).and(round)
}

fn in_state(id: CheckoutId, states: &[CheckoutState]) -> Filter<Checkout> {
    Checkout::id().eq(id).and(Checkout::state().is_in(states))
}

/// Opening or open, and with this payment session or none.
fn unpaid(id: CheckoutId, session: Option<&str>) -> Filter<Checkout> {
    let unpaid = in_state(id, &[CheckoutState::Opening, CheckoutState::Open]);
    unpaid.and(match session {
        Some(session) => Checkout::session().eq(session),
        None => Checkout::session().is_missing(),
    })
}
