//! Completing a session: the order, the stock, the cart, and what a crash left in between.
//!
//! The return page, the webhook and the look around every minute all end here.

use astra_db::Timestamp;

use super::{ATTEMPTS, Checkout, CheckoutState, find};
use crate::domain::id::{CheckoutId, OrderId};
use crate::domain::order::{Order, OrderStatus, payment};
use crate::domain::stock;
use crate::error::{AppError, Missing};
use crate::payments::{Payments, Received, SessionState};
use crate::store::Store;

/// What has become of a checkout.
#[derive(Debug)]
pub enum Outcome {
    /// There is an order.
    Ordered(Box<Order>),
    /// It is not paid yet.
    Waiting(Box<Checkout>),
    /// It can never be paid.
    Closed(Box<Checkout>),
}

impl Outcome {
    /// The order, or why there is none.
    pub fn into_order(self) -> Result<Order, AppError> {
        match self {
            Self::Ordered(order) => Ok(*order),
            Self::Waiting(checkout) | Self::Closed(checkout) => {
                Err(AppError::Conflict(checkout.state.refusal()))
            }
        }
    }
}

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
    match (&checkout.session, checkout.state) {
        (Some(session), CheckoutState::Open | CheckoutState::Pending) => {
            let state = payments.ask(session, now).await?.state;
            apply(store, checkout, state, now).await
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
            store.checkouts.mark_pending(id, &received.payment).await?;
        }
        SessionState::Paid(received) => {
            take_payment(store, &checkout, received).await?;
        }
        SessionState::Failed => {
            store.checkouts.fail(id).await?;
        }
        SessionState::Unknown if checkout.expires_at > now => {
            // Perhaps a key of another account is set by mistake, and will be put right.
            tracing::error!(
                session = checkout.session,
                "the payment service does not know a session"
            );
        }
        SessionState::Over | SessionState::Unknown => {
            store
                .checkouts
                .close(&checkout, CheckoutState::Expired)
                .await?;
        }
    }
    // Lost or won, the checkout as it is now says how to go on.
    settle(store, find(store, id).await?, now).await
}

/// Open or pending → paid. Lost races are fine, money after the end is not.
pub(super) async fn take_payment(
    store: &Store,
    checkout: &Checkout,
    received: &Received,
) -> Result<(), AppError> {
    if store
        .checkouts
        .mark_paid(checkout.id, &received.payment, received.aftermath)
        .await?
    {
        return Ok(());
    }
    let checkout = find(store, checkout.id).await?;
    if CheckoutState::CLOSED.contains(&checkout.state) {
        refuse(store, &checkout, received, "the checkout was closed").await?;
    }
    Ok(())
}

async fn refuse(
    store: &Store,
    checkout: &Checkout,
    received: &Received,
    problem: &str,
) -> Result<(), AppError> {
    let came = received
        .amount
        .map_or("an unknown amount".to_owned(), |it| it.to_string());
    let problem = format!("{came} came for {}: {problem}", checkout.total);
    if store
        .checkouts
        .refuse(checkout.id, &received.payment, &problem)
        .await?
    {
        tracing::error!(
            checkout.number = %checkout.id.short(), payment = received.payment.reference, problem,
            "money came that was not expected: look at it in Stripe's dashboard"
        );
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

/// Paid → done: the order, the pieces, the cart.
async fn finish(
    store: &Store,
    checkout: &Checkout,
    order: Order,
    now: Timestamp,
) -> Result<Outcome, AppError> {
    let mut order = store.orders.insert_once(order).await?;
    if order.status == OrderStatus::Pending {
        order = payment::settle(store, order, Some(checkout.aftermath), now).await?;
    }
    stock::hand_over(store, checkout).await?;
    settle_cart(store, checkout).await?;
    store.checkouts.mark_done(checkout.id).await?;
    Ok(Outcome::Ordered(Box::new(order)))
}

/// Puts back what a closed checkout holds. If the buyer was through already and the money did not
/// come, there is an order that says so.
async fn give_up(store: &Store, checkout: Checkout, now: Timestamp) -> Result<Outcome, AppError> {
    let mut failed = None;
    if checkout.state == CheckoutState::Failed
        && let Some(order) = store.orders.find(checkout.id).await?
    {
        failed = Some(payment::settle(store, order, None, now).await?);
    }
    if checkout.holds_stock {
        stock::release(store, &checkout).await?;
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
