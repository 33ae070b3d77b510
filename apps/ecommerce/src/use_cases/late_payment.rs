//! Money for a checkout that is closed, or paid already: it becomes an order where that is still
//! possible, and a case for a person where it is not. It never goes unnoticed.

use super::outcome::find;
use super::refuse_payment::{keep_case, refuse};
use super::reserve_stock;
use crate::domain::checkout::{Checkout, CheckoutState};
use crate::domain::id::CheckoutId;
use crate::domain::stock::{Shortage, tokens};
use crate::error::AppError;
use crate::payments::Received;
use crate::store::Store;

/// What to do with money for a checkout that is not open. Afterwards it is pending, or refused, or
/// has another document beside it that is.
pub(super) async fn accept(
    store: &Store,
    id: CheckoutId,
    received: &Received,
) -> Result<(), AppError> {
    let checkout = find(store, id).await?;
    match checkout.state {
        CheckoutState::Opening | CheckoutState::Open => Err(AppError::Conflict(
            "This checkout is being changed somewhere else at this moment. Please try again.",
        )),
        CheckoutState::Replaced
        | CheckoutState::Cancelled
        | CheckoutState::Expired
        | CheckoutState::SoldOut => revive(store, &checkout, received).await,
        CheckoutState::Late => reserve(store, &checkout).await,
        CheckoutState::Failed => {
            let problem = "it came after the payment had failed";
            refuse(store, &checkout, received, problem).await
        }
        CheckoutState::Pending
        | CheckoutState::Paid
        | CheckoutState::Done
        | CheckoutState::Refused => {
            let known = checkout.payment.as_ref().map(|it| &it.reference);
            if known == Some(&received.payment.reference) {
                return Ok(());
            }
            keep_case(store, &checkout, received, "it was paid for before").await
        }
    }
}

/// Closed → late: what it sells is to be reserved once more.
async fn revive(store: &Store, checkout: &Checkout, received: &Received) -> Result<(), AppError> {
    if checkout.holds_stock {
        // Closed, and left half done by a crash.
        reserve_stock::release(store, checkout).await?;
    }
    let payment = &received.payment;
    if store.checkouts.mark_late(checkout, payment).await? {
        tracing::warn!(
            checkout.number = %checkout.id.short(), payment = payment.reference, was = ?checkout.state,
            "a checkout was paid after it had been closed"
        );
    }
    let checkout = find(store, checkout.id).await?;
    if checkout.state == CheckoutState::Late {
        reserve(store, &checkout).await?;
    }
    Ok(())
}

/// Late → pending, once what it sells is reserved again, or refused if it is gone.
pub(super) async fn reserve(store: &Store, checkout: &Checkout) -> Result<(), AppError> {
    match reserve_stock::take(store, checkout).await? {
        Ok(markers) => {
            let reserved = tokens(&markers);
            if store.checkouts.mark_reserved(checkout, &reserved).await? {
                reserve_stock::confirm(store, &markers).await;
            } else {
                reserve_stock::settle(store, &markers).await?;
            }
        }
        Err(short) => give_to_a_person(store, checkout, &short).await?,
    }
    Ok(())
}

async fn give_to_a_person(
    store: &Store,
    checkout: &Checkout,
    short: &[Shortage],
) -> Result<(), AppError> {
    let Some(payment) = &checkout.payment else {
        return Err(AppError::Internal(anyhow::anyhow!(
            "checkout {} is late without a payment",
            checkout.id.short()
        )));
    };
    let gone = short
        .iter()
        .map(|it| format!("{} × {}", it.wanted, it.name));
    let gone = gone.collect::<Vec<_>>().join(", ");
    let problem = format!(
        "{} came after the checkout was closed, and by then this was sold out: {gone}",
        checkout.total
    );
    if store
        .checkouts
        .refuse(checkout.id, payment, &problem)
        .await?
    {
        tracing::error!(
            checkout.number = %checkout.id.short(), payment = payment.reference, problem,
            "a closed checkout was paid and cannot be delivered: refund it in Stripe's dashboard"
        );
    }
    Ok(())
}
