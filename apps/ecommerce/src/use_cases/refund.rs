//! Refunds an order, once.

use super::Shop;
use super::settle_order::{ATTEMPTS, BUSY, find};
use crate::domain::id::OrderId;
use crate::domain::money::Money;
use crate::domain::order::{Order, OrderStatus, Refunding};
use crate::domain::payment::Aftermath;
use crate::error::AppError;
use crate::payments::PaymentError;
use crate::store::StoreError;

const CHANGED: AppError =
    AppError::Conflict("This order has changed since you looked at it. Reload it and look again.");
const UNDER_WAY: AppError = AppError::Conflict(
    "An earlier refund of this order is not finished. Open the order again and finish that one first.",
);
/// Refunds `amount` of an order, or all that is left of it; answers the order as it is then.
///
/// `seen` is the version of the order that the person who decided this has looked at: if it has
/// changed since, nothing is refunded. The decision is stored before money moves, which changes the
/// version, so of two of them one is carried out. One that is stored and not settled, because an
/// answer was lost, is settled before there can be another.
pub async fn refund(
    shop: Shop<'_>,
    (id, seen): (OrderId, u64),
    amount: Option<Money>,
) -> Result<Order, AppError> {
    let order = find(shop.store, id).await?;
    if order.version != seen {
        return Err(CHANGED);
    }
    if let Some(under_way) = order.under_way() {
        if amount.is_some_and(|amount| amount != under_way) {
            return Err(UNDER_WAY);
        }
        return carry_out(shop, &order, Attempt::Again).await;
    }
    let left = order.refundable();
    let amount = amount.unwrap_or(left);
    if amount.currency != left.currency
        || amount.amount_cents == 0
        || amount.amount_cents > left.amount_cents
    {
        return Err(AppError::Conflict(
            "That is more than can still be refunded. Reload the page to see the current amount.",
        ));
    }
    let next = if order.payment.is_test() {
        let aftermath = Aftermath {
            refunded_cents: order.refunded.amount_cents + amount.amount_cents,
            dispute: None,
        };
        let status = OrderStatus::after(aftermath, order.total);
        order.with_status(status, aftermath.refunded_cents, shop.now)
    } else {
        order.with_refunding(Some(Refunding {
            key: format!("refund-{}", uuid::Uuid::new_v4().simple()),
            amount_cents: amount.amount_cents,
        }))
    };
    if !shop.store.orders.replace(&order, &next).await? {
        return Err(CHANGED);
    }
    if next.refunding.is_none() {
        return Ok(next);
    }
    carry_out(shop, &next, Attempt::First).await
}

/// Settles the refunds whose outcome was not known: an answer was lost, or the process died.
pub(crate) async fn finish_refunds(shop: Shop<'_>) -> Result<(), StoreError> {
    if shop.payments.is_test_till() {
        return Ok(());
    }
    for order in shop.store.orders.refunding().await? {
        let number = order.id.short();
        if let Err(error) = carry_out(shop, &order, Attempt::Again).await {
            let error = anyhow::Error::new(error);
            tracing::warn!(
                order.number = number,
                "a refund is not settled, and is tried again: {error:#}"
            );
        }
    }
    Ok(())
}

/// Whether the payment service can have been asked for a refund before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Attempt {
    First,
    Again,
}

/// Has the payment service make the refund under way, once, and notes its outcome. Where that is not
/// known the refund stays under way.
async fn carry_out(shop: Shop<'_>, order: &Order, attempt: Attempt) -> Result<Order, AppError> {
    let (Some(refunding), Some(amount)) = (&order.refunding, order.under_way()) else {
        return Ok(order.clone());
    };
    // The service remembers keys for a day only, so it is asked for the refund itself first.
    let mut is_made =
        attempt == Attempt::Again && shop.payments.has_refund(order, refunding).await?;
    let mut failure = None;
    if !is_made {
        match shop.payments.refund(order, refunding, amount).await {
            Ok(()) => is_made = true,
            Err(error) if error.is_final_for_its_key() => {
                // An error of the service's own does not say whether something was done before it.
                is_made = shop.payments.has_refund(order, refunding).await?;
                failure = Some(error);
            }
            Err(error) => return Err(error.into()),
        }
    }
    let order = settle_refund(shop, order.id, refunding).await?;
    match failure {
        Some(error) if !is_made => Err(error.into()),
        _ => {
            let (number, cents) = (order.id.short(), amount.amount_cents);
            tracing::info!(order.number = number, cents, "a refund was made");
            Ok(order)
        }
    }
}

/// Ends a refund under way together with what the payment service says of the payment by now.
async fn settle_refund(
    shop: Shop<'_>,
    id: OrderId,
    refunding: &Refunding,
) -> Result<Order, AppError> {
    for _ in 0..ATTEMPTS {
        let order = find(shop.store, id).await?;
        if order.refunding.as_ref() != Some(refunding) {
            return Ok(order);
        }
        let charge = shop.payments.charge(&order.payment.reference).await?;
        let charge = charge.ok_or(PaymentError::Unknown)?;
        let next = match order.in_line_with(charge.aftermath, shop.now) {
            Some(next) => Order {
                refunding: None,
                ..next
            },
            None => order.with_refunding(None),
        };
        if shop.store.orders.replace(&order, &next).await? {
            return Ok(next);
        }
    }
    Err(BUSY)
}
