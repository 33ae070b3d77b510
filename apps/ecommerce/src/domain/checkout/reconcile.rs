//! Checkouts nobody comes back to: the browser was closed, the message was lost, the process died.

use std::time::Duration;

use astra_db::Timestamp;

use super::close::close;
use super::complete::{Outcome, apply, refresh, settle};
use super::{Checkout, CheckoutState, KEEPS_THE_LAST, LIFETIME};
use crate::domain::id::CheckoutId;
use crate::domain::order::payment;
use crate::domain::stock;
use crate::error::AppError;
use crate::payments::{PaymentError, Payments, Session, SessionState};
use crate::store::{Store, StoreError};

/// Acts upon a message that something happened to a session of the payment service.
///
/// What happened is asked for, so it does not matter how often the message comes, or after which
/// other. Answers whether the session is one of the shop's.
pub async fn session_changed(
    store: &Store,
    payments: &Payments,
    session: &str,
    now: Timestamp,
) -> Result<bool, AppError> {
    if let Some(checkout) = store.checkouts.by_session(session).await? {
        refresh(store, payments, checkout.id, now).await?;
        return Ok(true);
    }
    let Session {
        checkout, state, ..
    } = payments.ask(session, now).await?;
    let Some(id) = checkout else {
        return Ok(false);
    };
    match store.checkouts.find(id).await? {
        // Opened by a request that died before it could note it.
        Some(checkout) if checkout.session.is_none() => {
            apply(store, checkout, state, now).await?;
        }
        _ => is_accounted_for(store, id, session, &state).await?,
    }
    Ok(true)
}

/// Acts upon a message that something happened to a payment: it was given back, or disputed.
/// Answers whether it is one of the shop's.
///
/// If there is no order yet, this is the first the shop hears of the payment.
pub async fn payment_changed(
    store: &Store,
    payments: &Payments,
    reference: &str,
    now: Timestamp,
) -> Result<bool, AppError> {
    if let Some(order) = store.orders.by_payment(reference).await? {
        payment::sync(store, payments, order.id, now).await?;
        return Ok(true);
    }
    let charge = payments.charge(reference).await?;
    let Some(id) = charge.and_then(|charge| charge.checkout) else {
        return Ok(false);
    };
    match refresh(store, payments, id, now).await {
        Ok(Outcome::Ordered(order)) => {
            payment::sync(store, payments, order.id, now).await?;
            Ok(true)
        }
        Ok(_) => Ok(true),
        Err(AppError::NotFound(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Says loudly if a session is paid that is not the one the shop noted: that is nobody's order.
async fn is_accounted_for(
    store: &Store,
    id: CheckoutId,
    session: &str,
    state: &SessionState,
) -> Result<(), AppError> {
    let (SessionState::Paid(received) | SessionState::Pending(received)) = state else {
        return Ok(());
    };
    let order = store.orders.find(id).await?;
    if order.is_none_or(|order| order.payment.reference != received.payment.reference) {
        tracing::error!(
            session, checkout.number = %id.short(), payment = received.payment.reference,
            "a payment belongs to no order: look at it in Stripe's dashboard"
        );
    }
    Ok(())
}

/// Carries every unfinished checkout on as far as it goes, and closes those whose time is over.
/// Answers how many came to their end.
///
/// The payment service is asked about sessions that have been open for longer than `patience`. What
/// one checkout meets does not keep the others.
pub async fn carry_on(
    store: &Store,
    payments: &Payments,
    patience: Duration,
    now: Timestamp,
) -> Result<usize, StoreError> {
    let (mut ended, mut is_away) = (0, false);
    for checkout in store.checkouts.unfinished().await? {
        // Each question to a service that is away takes its whole time limit; the next round asks.
        if is_away && has_to_ask(&checkout) {
            continue;
        }
        let number = checkout.id.short();
        match carry_one_on(store, payments, checkout, patience, now).await {
            Ok(Outcome::Waiting(_)) => {}
            Ok(Outcome::Ordered(_) | Outcome::Closed(_)) => ended += 1,
            Err(error) => {
                is_away |= matches!(error, AppError::Payment(PaymentError::Unreachable(_)));
                let error = anyhow::Error::new(error);
                tracing::warn!(
                    checkout.number = number,
                    "a checkout could not be carried on, and is tried again: {error:#}"
                );
            }
        }
    }
    Ok(ended)
}

/// How many checkouts wait for what only the payment service knows.
pub async fn waiting_at_the_service(store: &Store) -> Result<usize, StoreError> {
    let unfinished = store.checkouts.unfinished().await?;
    Ok(unfinished.iter().filter(|it| has_to_ask(it)).count())
}

fn has_to_ask(checkout: &Checkout) -> bool {
    let is_unpaid = matches!(checkout.state, CheckoutState::Open | CheckoutState::Pending);
    is_unpaid && checkout.session.is_some()
}

async fn carry_one_on(
    store: &Store,
    payments: &Payments,
    checkout: Checkout,
    patience: Duration,
    now: Timestamp,
) -> Result<Outcome, AppError> {
    let is_over = checkout.expires_at <= now;
    match checkout.state {
        CheckoutState::Opening | CheckoutState::Open if is_over => {
            close(store, payments, checkout, CheckoutState::Expired, now).await
        }
        CheckoutState::Opening | CheckoutState::Open
            if open_for(&checkout, now) >= KEEPS_THE_LAST
                && stock::keeps_the_last(store, &checkout).await? =>
        {
            close(store, payments, checkout, CheckoutState::Expired, now).await
        }
        CheckoutState::Open if open_for(&checkout, now) >= patience => {
            refresh(store, payments, checkout.id, now).await
        }
        CheckoutState::Pending => refresh(store, payments, checkout.id, now).await,
        _ => settle(store, checkout, now).await,
    }
}

fn open_for(checkout: &Checkout, now: Timestamp) -> Duration {
    let left_ms = checkout.expires_at.as_millis() - now.as_millis();
    LIFETIME.saturating_sub(Duration::from_millis(u64::try_from(left_ms).unwrap_or(0)))
}

/// Finishes what was paid and left half done by a crash; answers how many checkouts that were. This
/// asks nobody but the database.
pub async fn finish_paid(store: &Store, now: Timestamp) -> Result<usize, AppError> {
    let paid = store.checkouts.paid().await?;
    let count = paid.len();
    for checkout in paid {
        settle(store, checkout, now).await?;
    }
    Ok(count)
}

/// Deletes finished checkouts whose time is long over.
///
/// What they hold was put back when they were closed. A request that was held up for as long could
/// have taken something after that, so it is looked at once more.
pub async fn forget_finished(store: &Store, now: Timestamp) -> Result<(), StoreError> {
    for checkout in store.checkouts.finished_before(now).await? {
        if checkout.state != CheckoutState::Done {
            stock::release(store, &checkout).await?;
        }
        store.checkouts.delete(checkout.id).await?;
    }
    Ok(())
}
