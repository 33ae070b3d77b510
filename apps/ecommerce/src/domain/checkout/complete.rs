//! Completing a session: the order, the cart, and what a crash left in between.

use astra_db::Timestamp;

use super::{ATTEMPTS, Checkout, CheckoutState, find};
use crate::domain::id::{CheckoutId, OrderId};
use crate::domain::order::{Order, Payment};
use crate::error::{AppError, Missing};
use crate::store::Store;

/// The order behind a link. If its session was paid and then left half done, it is finished here.
pub async fn order(store: &Store, id: OrderId) -> Result<Order, AppError> {
    if let Some(order) = store.orders.find(id).await? {
        return Ok(order);
    }
    match store.checkouts.find(id).await? {
        Some(checkout) if checkout.state == CheckoutState::Paid => finish(store, &checkout).await,
        _ => Err(AppError::NotFound(Missing::Order)),
    }
}

/// Completes a session that has been paid for: answers its order, the same one every time.
pub async fn complete(
    store: &Store,
    id: CheckoutId,
    payment: Payment,
    now: Timestamp,
) -> Result<Order, AppError> {
    let Some(checkout) = store.checkouts.find(id).await? else {
        // Done sessions are forgotten after a while, their orders never.
        let order = store.orders.find(id).await?;
        return order.ok_or(AppError::NotFound(Missing::Checkout));
    };
    if checkout.state == CheckoutState::Open {
        if checkout.expires_at <= now {
            return Err(AppError::Conflict(
                "This checkout has expired and nothing was paid. Start again from your cart.",
            ));
        }
        // Lost or won, the session as it is now says how to go on.
        store.checkouts.mark_paid(id, &payment).await?;
    }
    finish(store, &find(store, id).await?).await
}

/// Carries a paid session to its end. Every step may have been done before.
pub(super) async fn finish(store: &Store, checkout: &Checkout) -> Result<Order, AppError> {
    match (checkout.state, &checkout.payment) {
        (CheckoutState::Paid, Some(payment)) => {
            let order = Order::of(checkout, payment.clone());
            store.orders.insert_once(&order).await?;
            settle_cart(store, checkout).await?;
            store.checkouts.mark_done(checkout.id).await?;
            Ok(order)
        }
        (CheckoutState::Done, _) => store
            .orders
            .find(checkout.id)
            .await?
            .ok_or(AppError::NotFound(Missing::Order)),
        (CheckoutState::Replaced, _) => Err(AppError::Conflict(
            "Your cart has changed since, so this checkout can no longer be paid. Start again from it.",
        )),
        (CheckoutState::Open | CheckoutState::Paid, _) => Err(AppError::Internal(anyhow::anyhow!(
            "checkout {} is unpaid",
            checkout.id.short()
        ))),
    }
}

/// Takes out of the cart exactly what was ordered, once.
async fn settle_cart(store: &Store, checkout: &Checkout) -> Result<(), AppError> {
    let ordered = checkout.ordered();
    for _ in 0..ATTEMPTS {
        let Some(cart) = store.carts.find_even_expired(checkout.cart_id).await? else {
            return Ok(());
        };
        if cart.settled.contains(&checkout.id) {
            return Ok(());
        }
        let left = cart.items_without(&ordered);
        // An emptied cart is forgotten rather than kept with its list of orders, which so never
        // grows long.
        let settled = if left.is_empty() {
            store.carts.delete(&cart).await?
        } else {
            store.carts.settle(&cart, &left, checkout.id).await?
        };
        if settled {
            return Ok(());
        }
    }
    Err(AppError::Conflict(
        "Your order is placed, but your cart is just being changed elsewhere. Reload this page.",
    ))
}

/// Finishes what a crash or a dropped request left half done; answers how many sessions it
/// finished.
pub async fn resume_paid(store: &Store) -> Result<usize, AppError> {
    let paid = store.checkouts.paid().await?;
    for checkout in &paid {
        finish(store, checkout).await?;
    }
    Ok(paid.len())
}
