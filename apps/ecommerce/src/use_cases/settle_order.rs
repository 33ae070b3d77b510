//! What becomes of the money of an order: it arrives late or not at all, is refunded, is
//! disputed.
//!
//! Messages about it come in any order and any number, so none of them is applied as such. The
//! payment service is asked how things are, and the order is brought in line, on the condition that
//! it has not changed since before the question: an older answer never overwrites a newer one.

use super::Shop;
use crate::domain::id::OrderId;
use crate::domain::order::{Order, OrderStatus};
use crate::domain::payment::Aftermath;
use crate::error::{AppError, Missing};
use crate::payments::PaymentError;
use crate::store::Store;

/// How often a change is tried again because the order changed in between.
pub(super) const ATTEMPTS: usize = 10;
pub(super) const BUSY: AppError = AppError::Conflict(
    "This order is being changed somewhere else at this moment. Please try again.",
);

/// Brings an order in line with what the payment service says of its payment.
pub(crate) async fn sync(shop: Shop<'_>, id: OrderId) -> Result<Order, AppError> {
    for _ in 0..ATTEMPTS {
        let order = find(shop.store, id).await?;
        let unpaid = matches!(order.status, OrderStatus::Pending | OrderStatus::Failed);
        if unpaid || order.payment.is_test() {
            return Ok(order);
        }
        let charge = shop.payments.charge(&order.payment.reference).await?;
        let charge = charge.ok_or(PaymentError::Unknown)?;
        let Some(next) = order.in_line_with(charge.aftermath, shop.now) else {
            return Ok(order);
        };
        if shop.store.orders.replace(&order, &next).await? {
            if next.status == OrderStatus::Disputed {
                tracing::warn!(order.number = %id.short(), "an order is disputed: answer it in Stripe's dashboard");
            }
            return Ok(next);
        }
    }
    Err(BUSY)
}

/// Pending → paid, with what has become of the payment since, or failed where there is none. Done
/// once; an order that is anything else is left as it is.
pub(crate) async fn settle(
    shop: Shop<'_>,
    mut order: Order,
    paid: Option<Aftermath>,
) -> Result<Order, AppError> {
    for _ in 0..ATTEMPTS {
        if order.status != OrderStatus::Pending {
            return Ok(order);
        }
        let status = paid.map_or(OrderStatus::Failed, |it| {
            OrderStatus::after(it, order.total)
        });
        let refunded = paid.unwrap_or_default().refunded_cents;
        let next = order.with_status(status, refunded, shop.now);
        if shop.store.orders.replace(&order, &next).await? {
            return Ok(next);
        }
        order = find(shop.store, order.id).await?;
    }
    Err(BUSY)
}

/// The order with this id.
pub(super) async fn find(store: &Store, id: OrderId) -> Result<Order, AppError> {
    let order = store.orders.find(id).await?;
    order.ok_or(AppError::NotFound(Missing::Order))
}
