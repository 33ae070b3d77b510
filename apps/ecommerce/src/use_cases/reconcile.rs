//! Checkouts nobody comes back to: the browser was closed, the message was lost, the process died.

use std::time::Duration;

use super::Shop;
use super::close_checkout::close;
use super::complete_checkout::{apply, ask_and_apply, settle};
use super::outcome::Outcome;
use super::refuse_payment::keep_case;
use super::{refund, reserve_stock, settle_order};
use crate::domain::checkout::{Checkout, CheckoutState};
use crate::domain::id::CheckoutId;
use crate::error::AppError;
use crate::payments::{PaymentError, Session, SessionState};
use crate::store::{Store, StoreError};

/// Acts upon a message that something happened to a session of the payment service.
///
/// What happened is asked for, so it does not matter how often the message comes, or after which
/// other. Answers whether the session is one of the shop's.
pub async fn session_changed(shop: Shop<'_>, session: &str) -> Result<bool, AppError> {
    if let Some(checkout) = shop.store.checkouts.by_session(session).await? {
        ask_and_apply(shop, checkout).await?;
        return Ok(true);
    }
    let asked = match shop.payments.ask(session, shop.now).await {
        Err(PaymentError::Unknown) => {
            tracing::warn!(
                session,
                "Stripe sent a message about a session that it does not know"
            );
            return Ok(false);
        }
        asked => asked?,
    };
    let Some(id) = asked.checkout else {
        return Ok(false);
    };
    match shop.store.checkouts.find(id).await? {
        // Opened by a request that died before it could note it.
        Some(checkout) if checkout.session.is_none() => {
            apply(shop, checkout, asked.state).await?;
        }
        checkout => account_for(shop.store, id, checkout, &asked).await?,
    }
    Ok(true)
}

/// Acts upon a message that something happened to a payment: it was refunded, or disputed.
/// Answers whether it is one of the shop's.
///
/// If there is no order yet, this is the first the shop hears of the payment.
pub async fn payment_changed(shop: Shop<'_>, reference: &str) -> Result<bool, AppError> {
    if let Some(order) = shop.store.orders.by_payment(reference).await? {
        settle_order::sync(shop, order.id).await?;
        return Ok(true);
    }
    let charge = shop.payments.charge(reference).await?;
    let Some(id) = charge.and_then(|charge| charge.checkout) else {
        return Ok(false);
    };
    let Some(checkout) = shop.store.checkouts.find(id).await? else {
        return Ok(false);
    };
    if let Outcome::Ordered(order) = ask_and_apply(shop, checkout).await? {
        settle_order::sync(shop, order.id).await?;
    }
    Ok(true)
}

/// Money in a session that is not the one the shop noted is nobody's order: it is kept for a person,
/// and the log says so.
async fn account_for(
    store: &Store,
    id: CheckoutId,
    checkout: Option<Checkout>,
    session: &Session,
) -> Result<(), AppError> {
    let (SessionState::Paid(received) | SessionState::Pending(received)) = &session.state else {
        return Ok(());
    };
    let order = store.orders.find(id).await?;
    if order.is_some_and(|order| order.payment.reference == received.payment.reference) {
        return Ok(());
    }
    if let Some(checkout) = checkout {
        let problem = "it was paid in another session than the checkout's own";
        return keep_case(store, &checkout, received, problem).await;
    }
    // Another shop on the same account, or a checkout deleted long ago.
    tracing::error!(
        session = session.id, checkout.number = %id.short(), payment = received.payment.reference,
        "a payment belongs to no order: look at it in Stripe's dashboard"
    );
    Ok(())
}

/// Carries every checkout on for which something is to be done, closes those whose time is over, and
/// settles refunds. Answers how many checkouts came to their end.
///
/// The payment service is asked about sessions that have been open for longer than `patience`. What
/// one checkout meets does not keep the others.
pub async fn carry_on(shop: Shop<'_>, patience: Duration) -> Result<usize, StoreError> {
    if let Err(error) = reserve_stock::reconcile(shop.store).await {
        let error = anyhow::Error::new(error);
        tracing::error!("reservations could not be reconciled, which is tried again: {error:#}");
    }
    let mut checkouts = shop.store.checkouts.unfinished(shop.now).await?;
    checkouts.extend(shop.store.checkouts.waiting_for(patience, shop.now).await?);
    let (mut ended, mut is_away) = (0, false);
    for checkout in checkouts {
        // Each question to a service that is away takes its whole time limit; the next round asks.
        if is_away && has_to_ask(&checkout) {
            continue;
        }
        let number = checkout.id.short();
        match carry_one_on(shop, checkout).await {
            Ok(Outcome::Waiting(_)) => {}
            Ok(Outcome::Ordered(_) | Outcome::Closed(_)) => ended += 1,
            Err(error) => {
                is_away |= matches!(&error, AppError::Payment(error) if error.passes());
                let error = anyhow::Error::new(error);
                tracing::warn!(
                    checkout.number = number,
                    "a checkout could not be carried on, and is tried again: {error:#}"
                );
            }
        }
    }
    if !is_away {
        refund::finish_refunds(shop).await?;
    }
    Ok(ended)
}

fn has_to_ask(checkout: &Checkout) -> bool {
    let is_unpaid = matches!(checkout.state, CheckoutState::Open | CheckoutState::Pending);
    is_unpaid && checkout.session.is_some()
}

async fn carry_one_on(shop: Shop<'_>, checkout: Checkout) -> Result<Outcome, AppError> {
    match checkout.state {
        CheckoutState::Opening | CheckoutState::Open if checkout.expires_at <= shop.now => {
            close(shop, checkout, CheckoutState::Expired).await
        }
        CheckoutState::Open | CheckoutState::Pending => ask_and_apply(shop, checkout).await,
        _ => settle(shop, checkout).await,
    }
}

/// Finishes what was paid and left half done by a crash; answers how many checkouts that were. This
/// asks nobody but the database. What one checkout meets does not keep the others.
pub async fn finish_paid(shop: Shop<'_>) -> Result<usize, AppError> {
    let mut finished = 0;
    for checkout in shop.store.checkouts.paid().await? {
        let number = checkout.id.short();
        match settle(shop, checkout).await {
            Ok(_) => finished += 1,
            Err(error) => {
                let error = anyhow::Error::new(error);
                tracing::error!(
                    checkout.number = number,
                    "a paid checkout is not finished, which is tried again: {error:#}"
                );
            }
        }
    }
    Ok(finished)
}

/// Deletes finished checkouts whose time is long over.
pub async fn forget_finished(shop: Shop<'_>) -> Result<(), StoreError> {
    for checkout in shop.store.checkouts.finished_before(shop.now).await? {
        shop.store.checkouts.delete(checkout.id).await?;
    }
    Ok(())
}
