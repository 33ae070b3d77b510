//! Completing a session: the order, the stock, the cart, and what a crash left in between.
//!
//! The return page, the webhook and the look around every minute all end here.

use astra_db::Timestamp;

use super::outcome::{Outcome, find};
use super::refuse_payment::refuse;
use super::{ATTEMPTS, late_payment, reserve_stock, settle_order};
use crate::domain::checkout::{Checkout, CheckoutState};
use crate::domain::id::{CheckoutId, OrderId};
use crate::domain::order::{Order, OrderStatus};
use crate::error::{AppError, Missing};
use crate::payments::{PaymentError, Payments, Received, SessionState};
use crate::store::Store;

/// The order behind a link. If its session was paid and then left half done, it is finished here.
pub async fn order(store: &Store, id: OrderId, now: Timestamp) -> Result<Order, AppError> {
    if let Some(order) = store.orders.find(id).await? {
        return Ok(order);
    }
    match store.checkouts.find(id).await? {
        Some(checkout) if checkout.state == CheckoutState::Paid => {
            settle(store, checkout, now).await?.into_order()
        }
        _ => Err(AppError::NotFound(Missing::Order)),
    }
}

/// What has become of a checkout by now: the payment service is asked, and its answer acted upon.
pub async fn refresh(
    store: &Store,
    payments: &Payments,
    id: CheckoutId,
    now: Timestamp,
) -> Result<Outcome, AppError> {
    let Some(checkout) = store.checkouts.find(id).await? else {
        // Finished sessions are forgotten after a while, their orders never.
        let order = store.orders.find(id).await?;
        let order = order.ok_or(AppError::NotFound(Missing::Checkout))?;
        return Ok(Outcome::Ordered(Box::new(order)));
    };
    let is_closed = checkout.state.is_closed();
    match ask_and_apply(store, payments, checkout, now).await {
        // What is closed stays closed until the service says otherwise.
        Err(AppError::Payment(_)) if is_closed => settle(store, find(store, id).await?, now).await,
        outcome => outcome,
    }
}

/// Asks the payment service about a checkout's session, if its answer can change anything, and acts
/// upon it. A closed checkout is asked about too: it can have been paid after all.
pub(super) async fn ask_and_apply(
    store: &Store,
    payments: &Payments,
    checkout: Checkout,
    now: Timestamp,
) -> Result<Outcome, AppError> {
    let is_unpaid = checkout.state.is_closed()
        || matches!(checkout.state, CheckoutState::Open | CheckoutState::Pending);
    match &checkout.session {
        Some(session) if is_unpaid => {
            let asked = payments.ask(session, now).await;
            if matches!(asked, Err(PaymentError::Unknown)) {
                tracing::error!(
                    session, checkout.number = %checkout.id.short(),
                    "the payment service does not know a session: is STRIPE_SECRET_KEY of another account?"
                );
            }
            apply(store, checkout, asked?.state, now).await
        }
        _ => settle(store, checkout, now).await,
    }
}

/// Acts upon what the payment service says of a checkout's session.
pub(super) async fn apply(
    store: &Store,
    checkout: Checkout,
    state: SessionState,
    now: Timestamp,
) -> Result<Outcome, AppError> {
    let id = checkout.id;
    match &state {
        SessionState::Open { .. } => {}
        SessionState::Pending(received) | SessionState::Paid(received)
            if received.amount != Some(checkout.total) =>
        {
            refuse(store, &checkout, received, "the amount is not the total").await?;
        }
        SessionState::Pending(received) => {
            if !store.checkouts.mark_pending(id, &received.payment).await? {
                late_payment::accept(store, id, received).await?;
            }
        }
        SessionState::Paid(received) => {
            take_payment(store, id, received).await?;
        }
        SessionState::Failed => {
            store.checkouts.fail(id).await?;
        }
        SessionState::Over => {
            let expired = CheckoutState::Expired;
            store.checkouts.close(&checkout, expired).await?;
        }
    }
    // Lost or won, the checkout as it is now says how to go on.
    settle(store, find(store, id).await?, now).await
}

/// Open or pending → paid; a closed one is opened again for it. Lost races are fine.
async fn take_payment(store: &Store, id: CheckoutId, received: &Received) -> Result<(), AppError> {
    let (checkouts, aftermath) = (&store.checkouts, received.aftermath);
    if !checkouts
        .mark_paid(id, &received.payment, aftermath)
        .await?
    {
        late_payment::accept(store, id, received).await?;
        checkouts
            .mark_paid(id, &received.payment, aftermath)
            .await?;
    }
    Ok(())
}

/// Carries a checkout as far as its state allows. Every step may have been done before.
pub(super) async fn settle(
    store: &Store,
    checkout: Checkout,
    now: Timestamp,
) -> Result<Outcome, AppError> {
    match (checkout.state, &checkout.payment) {
        (CheckoutState::Opening | CheckoutState::Open, _) => {
            Ok(Outcome::Waiting(Box::new(checkout)))
        }
        (CheckoutState::Pending, Some(payment)) => {
            let order = Order::of(&checkout, payment.clone());
            let order = store.orders.insert_once(order).await?;
            settle_cart(store, &checkout).await?;
            Ok(Outcome::Ordered(Box::new(order)))
        }
        (CheckoutState::Paid, Some(payment)) => {
            let order = Order::of(&checkout, payment.clone());
            finish(store, &checkout, order, now).await
        }
        (CheckoutState::Late, _) => {
            late_payment::reserve(store, &checkout).await?;
            let checkout = find(store, checkout.id).await?;
            if checkout.state == CheckoutState::Late {
                return Ok(Outcome::Waiting(Box::new(checkout)));
            }
            Box::pin(settle(store, checkout, now)).await
        }
        (CheckoutState::Pending | CheckoutState::Paid, None) => Err(AppError::Internal(
            anyhow::anyhow!("checkout {} is paid by nothing", checkout.id.short()),
        )),
        (CheckoutState::Done, _) => {
            let order = store.orders.find(checkout.id).await?;
            let order = order.ok_or(AppError::NotFound(Missing::Order))?;
            Ok(Outcome::Ordered(Box::new(order)))
        }
        _ => give_up(store, checkout, now).await,
    }
}

/// Paid → done: the order, and the cart. What was reserved is sold: it is out of the stock already.
async fn finish(
    store: &Store,
    checkout: &Checkout,
    order: Order,
    now: Timestamp,
) -> Result<Outcome, AppError> {
    let mut order = store.orders.insert_once(order).await?;
    if order.status == OrderStatus::Pending {
        order = settle_order::settle(store, order, Some(checkout.aftermath), now).await?;
    }
    settle_cart(store, checkout).await?;
    store.checkouts.mark_done(checkout.id).await?;
    Ok(Outcome::Ordered(Box::new(order)))
}

/// Returns what a closed checkout has reserved. If the buyer was through already and the money did not
/// come, there is an order that says so.
async fn give_up(store: &Store, checkout: Checkout, now: Timestamp) -> Result<Outcome, AppError> {
    let mut failed = None;
    if checkout.state == CheckoutState::Failed
        && let Some(order) = store.orders.find(checkout.id).await?
    {
        failed = Some(settle_order::settle(store, order, None, now).await?);
    }
    if checkout.holds_stock {
        reserve_stock::release(store, &checkout).await?;
    }
    Ok(match failed {
        Some(order) => Outcome::Ordered(Box::new(order)),
        None => Outcome::Closed(Box::new(checkout)),
    })
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
