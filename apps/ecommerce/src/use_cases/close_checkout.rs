//! Closes a session that can no longer be paid, and returns what it had reserved.

use super::complete_checkout::{apply, settle};
use super::outcome::{Outcome, find};
use super::{ATTEMPTS, Shop};
use crate::domain::checkout::{Checkout, CheckoutState};
use crate::domain::id::CheckoutId;
use crate::error::AppError;
use crate::payments::{PaymentError, SessionState};

/// Closes the session of a buyer who went back. One that has been paid meanwhile is an order.
pub async fn cancel(shop: Shop<'_>, id: CheckoutId) -> Result<Outcome, AppError> {
    let checkout = find(shop.store, id).await?;
    close(shop, checkout, CheckoutState::Cancelled).await
}

/// Closes a session for this reason, unless it turns out to be paid.
///
/// The payment service goes first: only when it has confirmed that nobody can pay any more is the
/// session closed here and the stock put back. If it cannot be reached, or does not know the
/// session, nothing has changed.
pub(super) async fn close(
    shop: Shop<'_>,
    mut checkout: Checkout,
    why: CheckoutState,
) -> Result<Outcome, AppError> {
    for _ in 0..ATTEMPTS {
        if !matches!(checkout.state, CheckoutState::Opening | CheckoutState::Open) {
            return settle(shop, checkout).await;
        }
        if let Some(session) = &checkout.session {
            let state = match shop.payments.close(session, shop.now).await {
                Err(PaymentError::Unknown) if checkout.has_outlasted_its_session(shop.now) => {
                    say_unknown(&checkout);
                    SessionState::Over
                }
                state => state?.state,
            };
            if state != SessionState::Over {
                return apply(shop, checkout, state).await;
            }
        }
        // Conditional on the payment session that was read: if one was opened meanwhile, that has
        // to be closed first.
        shop.store.checkouts.close(&checkout, why).await?;
        checkout = find(shop.store, checkout.id).await?;
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
