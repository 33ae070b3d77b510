//! Paying: at the payment service, or at the test till.

use super::close_checkout::close;
use super::complete_checkout::{apply, refresh};
use super::outcome::{Outcome, find};
use super::{ATTEMPTS, Shop};
use crate::domain::checkout::{Checkout, CheckoutState, payment_key};
use crate::domain::id::CheckoutId;
use crate::domain::order::Order;
use crate::error::AppError;
use crate::payments::{PaymentError, Payments, Session, SessionState};

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
pub async fn payment_address(shop: Shop<'_>, id: CheckoutId) -> Result<Payable, AppError> {
    let mut failures = 0;
    for _ in 0..ATTEMPTS {
        let checkout = match shop.store.checkouts.find(id).await? {
            Some(checkout) if checkout.state == CheckoutState::Open => checkout,
            _ => return Ok(Payable::Not(refresh(shop, id).await?)),
        };
        if checkout.expires_at <= shop.now {
            let closed = close(shop, checkout, CheckoutState::Expired).await?;
            return Ok(Payable::Not(closed));
        }
        let session = match &checkout.session {
            Some(session) => shop.payments.ask(session, shop.now).await?,
            None => match open_session(shop, &checkout).await {
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
            state => Ok(Payable::Not(apply(shop, checkout, state).await?)),
        };
    }
    Err(AppError::Conflict(
        "This checkout is being changed somewhere else at this moment. Please try again.",
    ))
}

/// Opens a session and notes its id; `None` if the checkout has changed meanwhile and has to be
/// looked at again.
async fn open_session(shop: Shop<'_>, checkout: &Checkout) -> Result<Option<Session>, AppError> {
    let session = match shop.payments.open(checkout, shop.now).await {
        Err(error) if error.is_final_for_its_key() => {
            // The next attempt needs another key. If this one did open a session after all, nobody
            // has seen its address, so nobody can pay it.
            let key = payment_key();
            shop.store
                .checkouts
                .renew_payment_key(checkout, &key)
                .await?;
            return Err(error.into());
        }
        session => session?,
    };
    if shop
        .store
        .checkouts
        .note_session(checkout, &session.id)
        .await?
    {
        return Ok(Some(session));
    }
    // Another click may have noted this very session. One that nobody has noted nobody has seen,
    // and nobody must pay.
    let noted = find(shop.store, checkout.id).await?.session;
    if noted.as_ref() != Some(&session.id) {
        shop.payments.close(&session.id, shop.now).await?;
    }
    Ok(None)
}

/// Pays at the test till, if that is what stands here: answers the order, the same one every time.
pub async fn pay_at_test_till(shop: Shop<'_>, id: CheckoutId) -> Result<Order, AppError> {
    let checkout = match refresh(shop, id).await? {
        Outcome::Waiting(checkout) => *checkout,
        outcome => return outcome.into_order(),
    };
    if !shop.payments.is_test_till() || checkout.session.is_some() {
        return Err(AppError::Conflict(
            "This shop takes real payments: nothing can be paid with test money.",
        ));
    }
    if checkout.state == CheckoutState::Opening {
        return Err(AppError::Conflict(checkout.state.refusal()));
    }
    if checkout.expires_at <= shop.now {
        return Err(AppError::Conflict(CheckoutState::Expired.refusal()));
    }
    let received = Payments::at_test_till(&checkout, shop.now);
    apply(shop, checkout, SessionState::Paid(received))
        .await?
        .into_order()
}
