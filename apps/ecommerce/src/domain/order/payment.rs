//! What becomes of the money of an order: it arrives late or not at all, is given back, is
//! disputed.
//!
//! Messages about it come in any order and any number, so none of them is applied as such. The
//! payment service is asked how things are, and the order is brought in line, on the condition that
//! it has not changed since before the question: an older answer never overwrites a newer one.

use astra_db::Timestamp;

use super::{Aftermath, Order, OrderStatus};
use crate::domain::id::OrderId;
use crate::domain::money::Money;
use crate::error::{AppError, Missing};
use crate::payments::{PaymentError, Payments};
use crate::store::Store;

/// How often a change is tried again because the order changed in between.
const ATTEMPTS: usize = 10;
const CHANGED: AppError =
    AppError::Conflict("This order has changed since you looked at it. Reload it and look again.");
const BUSY: AppError = AppError::Conflict(
    "This order is being changed somewhere else at this moment. Please try again.",
);

/// Gives `amount` of an order back, or all that is left of it; answers the order as it is then.
///
/// `seen` is the version of the order that whoever decided this has looked at: if it has changed
/// since, nothing is given back. So a form sent twice gives back once.
pub async fn refund(
    store: &Store,
    payments: &Payments,
    (id, seen): (OrderId, u64),
    amount: Option<Money>,
    now: Timestamp,
) -> Result<Order, AppError> {
    let order = find(store, id).await?;
    if order.version != seen {
        return Err(CHANGED);
    }
    let left = order.refundable();
    let amount = amount.unwrap_or(left);
    if amount.currency != left.currency
        || amount.amount_cents == 0
        || amount.amount_cents > left.amount_cents
    {
        return Err(AppError::Conflict(
            "There is not as much left of this order to give back. Reload it and look again.",
        ));
    }
    if !order.payment.is_test() {
        payments.refund(&order, amount).await?;
        tracing::info!(order.number = %id.short(), cents = amount.amount_cents, "money was given back");
        return sync(store, payments, id, now).await;
    }
    let aftermath = Aftermath {
        refunded_cents: order.refunded.amount_cents + amount.amount_cents,
        dispute: None,
    };
    let status = OrderStatus::after(aftermath, order.total);
    let next = order.with_status(status, aftermath.refunded_cents, now);
    if store.orders.replace(&order, &next).await? {
        return Ok(next);
    }
    Err(CHANGED)
}

/// Brings an order in line with what the payment service says of its payment.
pub(crate) async fn sync(
    store: &Store,
    payments: &Payments,
    id: OrderId,
    now: Timestamp,
) -> Result<Order, AppError> {
    for _ in 0..ATTEMPTS {
        let order = find(store, id).await?;
        let unpaid = matches!(order.status, OrderStatus::Pending | OrderStatus::Failed);
        if unpaid || order.payment.is_test() {
            return Ok(order);
        }
        let charge = payments.charge(&order.payment.reference).await?;
        let charge = charge.ok_or(PaymentError::Unknown)?;
        let Some(next) = in_line_with(&order, charge.aftermath, now) else {
            return Ok(order);
        };
        if store.orders.replace(&order, &next).await? {
            if next.status == OrderStatus::Disputed {
                tracing::warn!(order.number = %id.short(), "an order is disputed: answer it in Stripe's dashboard");
            }
            return Ok(next);
        }
    }
    Err(BUSY)
}

/// The order as it must be after that; `None` when it is so already.
fn in_line_with(order: &Order, aftermath: Aftermath, now: Timestamp) -> Option<Order> {
    let status = OrderStatus::after(aftermath, order.total);
    let refunded = aftermath.refunded_cents;
    let differs = status != order.status || refunded != order.refunded.amount_cents;
    differs.then(|| order.with_status(status, refunded, now))
}

/// Pending → paid, with what has become of the payment since, or failed where there is none. Done
/// once; an order that is anything else is left as it is.
pub(crate) async fn settle(
    store: &Store,
    mut order: Order,
    paid: Option<Aftermath>,
    now: Timestamp,
) -> Result<Order, AppError> {
    for _ in 0..ATTEMPTS {
        if order.status != OrderStatus::Pending {
            return Ok(order);
        }
        let status = paid.map_or(OrderStatus::Failed, |it| {
            OrderStatus::after(it, order.total)
        });
        let refunded = paid.unwrap_or_default().refunded_cents;
        let next = order.with_status(status, refunded, now);
        if store.orders.replace(&order, &next).await? {
            return Ok(next);
        }
        order = find(store, order.id).await?;
    }
    Err(BUSY)
}

async fn find(store: &Store, id: OrderId) -> Result<Order, AppError> {
    let order = store.orders.find(id).await?;
    order.ok_or(AppError::NotFound(Missing::Order))
}
