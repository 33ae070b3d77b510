//! Paying: at the payment service, or at the test till.

use astra_db::Timestamp;

use super::ATTEMPTS;
use super::close_checkout::close;
use super::complete_checkout::{apply, refresh};
use super::outcome::{Outcome, find};
use crate::domain::checkout::{Checkout, CheckoutState, payment_key};
use crate::domain::id::CheckoutId;
use crate::domain::order::Order;
use crate::error::AppError;
use crate::payments::{PaymentError, Payments, Session, SessionState};
use crate::store::Store;

/// Where a checkout can be paid now, or what has become of it.
#[derive(Debug)]
pub enum Payable {
    /// At the payment service, at this address.
    At(String),
    /// Not, or not any more.
    Not(Outcome),
}

/// Where the buyer pays. Opens the payment session of a checkout, or finds the one there is.
///
/// However many ask at once, there is one session: they send the same key. Its id is stored before
/// its address is shown, so nobody can pay a session that the shop does not know of.
pub async fn payment_address(
    store: &Store,
    payments: &Payments,
    id: CheckoutId,
    now: Timestamp,
) -> Result<Payable, AppError> {
    let mut failures = 0;
    for _ in 0..ATTEMPTS {
        let checkout = match store.checkouts.find(id).await? {
            Some(checkout) if checkout.state == CheckoutState::Open => checkout,
            _ => return Ok(Payable::Not(refresh(store, payments, id, now).await?)),
        };
        if checkout.expires_at <= now {
            let closed = close(store, payments, checkout, CheckoutState::Expired, now).await?;
            return Ok(Payable::Not(closed));
        }
        let session = match &checkout.session {
            Some(session) => payments.ask(session, now).await?,
            None => match open_session(store, payments, &checkout, now).await {
                Ok(Some(session)) => session,
                Ok(None) => continue,
                Err(AppError::Payment(PaymentError::Failed(_))) if failures == 0 => {
                    failures += 1;
                    continue;
                }
                Err(error) => return Err(error),
            },
        };
        return match session.state {
            SessionState::Open { url } => Ok(Payable::At(url)),
            state => Ok(Payable::Not(apply(store, checkout, state, now).await?)),
        };
    }
    Err(AppError::Conflict(
        "This checkout is being changed somewhere else at this moment. Please try again.",
    ))
}

/// Opens a session and notes its id; `None` if the checkout has changed meanwhile and has to be
/// looked at again.
async fn open_session(
    store: &Store,
    payments: &Payments,
    checkout: &Checkout,
    now: Timestamp,
) -> Result<Option<Session>, AppError> {
    let session = match payments.open(checkout, now).await {
        Err(error) if error.is_final_for_its_key() => {
            // The next attempt needs another key. If this one did open a session after all, nobody
            // has seen its address, so nobody can pay it.
            let key = payment_key();
            store.checkouts.renew_payment_key(checkout, &key).await?;
            return Err(error.into());
        }
        session => session?,
    };
    if store.checkouts.note_session(checkout, &session.id).await? {
        return Ok(Some(session));
    }
    // Another click may have noted this very session. One that nobody has noted nobody has seen,
    // and nobody must pay.
    let noted = find(store, checkout.id).await?.session;
    if noted.as_ref() != Some(&session.id) {
        payments.close(&session.id, now).await?;
    }
    Ok(None)
}

/// Pays at the test till, if that is what stands here: answers the order, the same one every time.
pub async fn pay_at_test_till(
    store: &Store,
    payments: &Payments,
    id: CheckoutId,
    now: Timestamp,
) -> Result<Order, AppError> {
    let checkout = match refresh(store, payments, id, now).await? {
        Outcome::Waiting(checkout) => *checkout,
        outcome => return outcome.into_order(),
    };
    if !payments.is_test_till() || checkout.session.is_some() {
        return Err(AppError::Conflict(
            "This shop takes real payments: nothing can be paid with test money.",
        ));
    }
    if checkout.state == CheckoutState::Opening {
        return Err(AppError::Conflict(checkout.state.refusal()));
    }
    if checkout.expires_at <= now {
        return Err(AppError::Conflict(CheckoutState::Expired.refusal()));
    }
    let received = Payments::at_test_till(&checkout, now);
    apply(store, checkout, SessionState::Paid(received), now)
        .await?
        .into_order()
}
