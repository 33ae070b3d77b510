//! Closes a session that can no longer be paid, and returns what it had reserved.

use astra_db::Timestamp;

use super::ATTEMPTS;
use super::complete_checkout::{apply, settle};
use super::outcome::{Outcome, find};
use crate::domain::checkout::{Checkout, CheckoutState};
use crate::domain::id::CheckoutId;
use crate::error::AppError;
use crate::payments::{PaymentError, Payments, SessionState};
use crate::store::Store;

/// Closes the session of a buyer who went back. One that has been paid meanwhile is an order.
pub async fn cancel(
    store: &Store,
    payments: &Payments,
    id: CheckoutId,
    now: Timestamp,
) -> Result<Outcome, AppError> {
    let checkout = find(store, id).await?;
    close(store, payments, checkout, CheckoutState::Cancelled, now).await
}

/// Closes a session for this reason, unless it turns out to be paid.
///
/// The payment service goes first: only when it has confirmed that nobody can pay any more is the
/// session closed here and the stock put back. If it cannot be reached, or does not know the
/// session, nothing has changed.
pub(super) async fn close(
    store: &Store,
    payments: &Payments,
    mut checkout: Checkout,
    why: CheckoutState,
    now: Timestamp,
) -> Result<Outcome, AppError> {
    for _ in 0..ATTEMPTS {
        if !matches!(checkout.state, CheckoutState::Opening | CheckoutState::Open) {
            return settle(store, checkout, now).await;
        }
        if let Some(session) = &checkout.session {
            let state = match payments.close(session, now).await {
                Err(PaymentError::Unknown) if checkout.has_outlasted_its_session(now) => {
                    say_unknown(&checkout);
                    SessionState::Over
                }
                state => state?.state,
            };
            if state != SessionState::Over {
                return apply(store, checkout, state, now).await;
            }
        }
        // Conditional on the payment session that was read: if one was opened meanwhile, that has
        // to be closed first.
        store.checkouts.close(&checkout, why).await?;
        checkout = find(store, checkout.id).await?;
    }
    Err(AppError::Conflict(
        "This checkout is being changed somewhere else at this moment. Please try again.",
    ))
}

/// A session that the service does not know can belong to another account's key, set by mistake. So
/// it counts as over only once nobody could pay it even if it were known.
fn say_unknown(checkout: &Checkout) {
    tracing::error!(
        session = checkout.session, checkout.number = %checkout.id.short(),
        "the payment service does not know this session, so its checkout is closed without an answer: look for a payment in Stripe's dashboard"
    );
}
