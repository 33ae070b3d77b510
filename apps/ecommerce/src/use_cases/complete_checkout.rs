//! Completing a session: the order, the stock, the cart, and what a crash left in between.
//!
//! The return page, the webhook and the look around every minute all end here.

use super::outcome::{Outcome, find};
use super::refuse_payment::refuse;
use super::{ATTEMPTS, Shop, late_payment, reserve_stock, settle_order};
use crate::domain::checkout::{Checkout, CheckoutState};
use crate::domain::id::{CheckoutId, OrderId};
use crate::domain::order::{Order, OrderStatus};
use crate::error::{AppError, Missing};
use crate::payments::{PaymentError, Received, SessionState};
use crate::store::Store;

/// The order behind a link. If its session was paid and then left half done, it is finished here.
pub async fn order(shop: Shop<'_>, id: OrderId) -> Result<Order, AppError> {
    if let Some(order) = shop.store.orders.find(id).await? {
        return Ok(order);
    }
    match shop.store.checkouts.find(id).await? {
        Some(checkout) if checkout.state == CheckoutState::Paid => {
            settle(shop, checkout).await?.into_order()
        }
        _ => Err(AppError::NotFound(Missing::Order)),
    }
}

/// What has become of a checkout by now: the payment service is asked, and its answer acted upon.
pub async fn refresh(shop: Shop<'_>, id: CheckoutId) -> Result<Outcome, AppError> {
    let Some(checkout) = shop.store.checkouts.find(id).await? else {
        // Finished sessions are forgotten after a while, their orders never.
        let order = shop.store.orders.find(id).await?;
        let order = order.ok_or(AppError::NotFound(Missing::Checkout))?;
        return Ok(Outcome::Ordered(Box::new(order)));
    };
    let is_closed = checkout.state.is_closed();
    match ask_and_apply(shop, checkout).await {
        // What is closed stays closed until the service says otherwise.
        Err(AppError::Payment(_)) if is_closed => settle(shop, find(shop.store, id).await?).await,
        outcome => outcome,
    }
}

/// Asks the payment service about a checkout's session, if its answer can change anything, and acts
/// upon it. A closed checkout is asked about too: it can have been paid after all.
pub(super) async fn ask_and_apply(shop: Shop<'_>, checkout: Checkout) -> Result<Outcome, AppError> {
    let is_unpaid = checkout.state.is_closed()
        || matches!(checkout.state, CheckoutState::Open | CheckoutState::Pending);
    match &checkout.session {
        Some(session) if is_unpaid => {
            let asked = shop.payments.ask(session, shop.now).await;
            if matches!(asked, Err(PaymentError::Unknown)) {
                tracing::error!(
                    session, checkout.number = %checkout.id.short(),
                    "the payment service does not know a session: is STRIPE_SECRET_KEY of another account?"
                );
            }
            apply(shop, checkout, asked?.state).await
        }
        _ => settle(shop, checkout).await,
    }
}

/// Acts upon what the payment service says of a checkout's session.
pub(super) async fn apply(
    shop: Shop<'_>,
    checkout: Checkout,
    state: SessionState,
) -> Result<Outcome, AppError> {
    let id = checkout.id;
    match &state {
        SessionState::Open { .. } => {}
        SessionState::Pending(received) | SessionState::Paid(received)
            if received.amount != Some(checkout.total) =>
        {
            refuse(
                shop.store,
                &checkout,
                received,
                "the amount is not the total",
            )
            .await?;
        }
        SessionState::Pending(received) => {
            if !shop
                .store
                .checkouts
                .mark_pending(id, &received.payment)
                .await?
            {
                late_payment::accept(shop.store, id, received).await?;
            }
        }
        SessionState::Paid(received) => {
            take_payment(shop.store, id, received).await?;
        }
        SessionState::Failed => {
            shop.store.checkouts.fail(id).await?;
        }
        SessionState::Over => {
            let expired = CheckoutState::Expired;
            shop.store.checkouts.close(&checkout, expired).await?;
        }
    }
    // Lost or won, the checkout as it is now says how to go on.
    settle(shop, find(shop.store, id).await?).await
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
pub(super) async fn settle(shop: Shop<'_>, checkout: Checkout) -> Result<Outcome, AppError> {
    match (checkout.state, &checkout.payment) {
        (CheckoutState::Opening | CheckoutState::Open, _) => {
            Ok(Outcome::Waiting(Box::new(checkout)))
        }
        (CheckoutState::Pending, Some(payment)) => {
            let order = Order::of(&checkout, payment.clone());
            let order = shop.store.orders.insert_once(order).await?;
            settle_cart(shop.store, &checkout).await?;
            Ok(Outcome::Ordered(Box::new(order)))
        }
        (CheckoutState::Paid, Some(payment)) => {
            let order = Order::of(&checkout, payment.clone());
            finish(shop, &checkout, order).await
        }
        (CheckoutState::Late, _) => {
            late_payment::reserve(shop.store, &checkout).await?;
            let checkout = find(shop.store, checkout.id).await?;
            if checkout.state == CheckoutState::Late {
                return Ok(Outcome::Waiting(Box::new(checkout)));
            }
            Box::pin(settle(shop, checkout)).await
        }
        (CheckoutState::Pending | CheckoutState::Paid, None) => Err(AppError::Internal(
            anyhow::anyhow!("checkout {} is paid by nothing", checkout.id.short()),
        )),
        (CheckoutState::Done, _) => {
            let order = shop.store.orders.find(checkout.id).await?;
            let order = order.ok_or(AppError::NotFound(Missing::Order))?;
            Ok(Outcome::Ordered(Box::new(order)))
        }
        _ => give_up(shop, checkout).await,
    }
}

/// Paid → done: the order, and the cart. What was reserved is sold: it is out of the stock already.
async fn finish(shop: Shop<'_>, checkout: &Checkout, order: Order) -> Result<Outcome, AppError> {
    let mut order = shop.store.orders.insert_once(order).await?;
    if order.status == OrderStatus::Pending {
        order = settle_order::settle(shop, order, Some(checkout.aftermath)).await?;
    }
    settle_cart(shop.store, checkout).await?;
    shop.store.checkouts.mark_done(checkout.id).await?;
    Ok(Outcome::Ordered(Box::new(order)))
}

/// Returns what a closed checkout has reserved. If the buyer was through already and the money did not
/// come, there is an order that says so.
async fn give_up(shop: Shop<'_>, checkout: Checkout) -> Result<Outcome, AppError> {
    let mut failed = None;
    if checkout.state == CheckoutState::Failed
        && let Some(order) = shop.store.orders.find(checkout.id).await?
    {
        failed = Some(settle_order::settle(shop, order, None).await?);
    }
    if checkout.holds_stock {
        reserve_stock::release(shop.store, &checkout).await?;
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
