//! Checkout: from a cart to exactly one order, whatever crashes, repeats or races.
//!
//! A session freezes lines, prices and total, and then only its state changes:
//!
//! ```text
//!            ┌→ replaced        the cart changed and a newer session took its place
//!     open ──┤
//!            └→ paid ──→ done   paid: money taken; done: the order exists and the cart has lost its lines
//! ```
//!
//! Each arrow is one update conditional on the state before, so of two browsers exactly one draws it. From `paid` on, every step
//! can be repeated: the order is inserted under the session's own id, and the cart remembers which orders it has been
//! settled with. Whoever finds a `paid` session (a reload, the other browser, the next start of the shop) carries it to the end.

use std::time::Duration;

use astra_db::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::cart::{self, PricedCart, PricedLine};
use crate::domain::customer::Customer;
use crate::domain::field_errors::FieldErrors;
use crate::domain::id::{CartId, CheckoutId, OrderId, ProductId};
use crate::domain::money::{Currency, Money};
use crate::domain::order::{Order, OrderLine, Payment};
use crate::domain::quantity::Quantity;
use crate::error::{AppError, Missing};
use crate::store::Store;

/// An open session that nobody pays for this long can no longer be paid.
pub const LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);
/// How often a step is tried again because another browser changed the cart in between.
const ATTEMPTS: usize = 20;

/// A checkout session as it is stored in the collection `checkouts`, one document each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkout {
    /// The session's id, and the order's to come.
    #[serde(rename = "_id")]
    pub id: CheckoutId,
    /// The cart it was opened for.
    pub cart_id: CartId,
    /// What is bought, with names and prices as they were shown.
    pub lines: Vec<OrderLine>,
    /// What is to be paid.
    pub total: Money,
    /// Who buys.
    pub customer: Customer,
    /// Where in its life it is.
    pub state: CheckoutState,
    /// Set when it was paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment: Option<Payment>,
    /// Until when it can be paid.
    pub expires_at: Timestamp,
}

/// Where in its life a checkout session is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum CheckoutState {
    /// Waiting to be paid.
    Open,
    /// Paid; the order may not be written yet.
    Paid,
    /// The order exists and the cart is settled.
    Done,
    /// A newer session took its place.
    Replaced,
}

impl Checkout {
    fn freeze(priced: &PricedCart, customer: Customer, now: Timestamp) -> Self {
        Self {
            id: CheckoutId::random(),
            cart_id: priced.cart.id,
            lines: priced.lines.iter().map(frozen).collect(),
            total: priced.total,
            customer,
            state: CheckoutState::Open,
            payment: None,
            expires_at: cart::after(now, LIFETIME),
        }
    }

    /// Whether it would sell the same things at the same prices.
    fn sells_the_same_as(&self, priced: &PricedCart) -> bool {
        self.total == priced.total
            && self
                .lines
                .iter()
                .cloned()
                .eq(priced.lines.iter().map(frozen))
    }

    /// Product and quantity of each line.
    pub fn ordered(&self) -> Vec<(ProductId, Quantity)> {
        self.lines
            .iter()
            .map(|line| (line.product_id.clone(), line.quantity))
            .collect()
    }
}

fn frozen(line: &PricedLine) -> OrderLine {
    OrderLine {
        product_id: line.product.id.clone(),
        name: line.product.name.clone(),
        image: line.product.image.clone(),
        unit_price: line.product.price,
        quantity: line.quantity,
        subtotal: line.subtotal,
    }
}

/// The session behind a link.
pub async fn find(store: &Store, id: CheckoutId) -> Result<Checkout, AppError> {
    store
        .checkouts
        .find(id)
        .await?
        .ok_or(AppError::NotFound(Missing::Checkout))
}

/// Opens a session for the cart, or answers the one already open for the same content: a double click and a second tab end in
/// one session and so in one order.
pub async fn open(
    store: &Store,
    cart_id: CartId,
    customer: Customer,
    currency: Currency,
    now: Timestamp,
) -> Result<Checkout, AppError> {
    for _ in 0..ATTEMPTS {
        let priced = sellable(cart::priced(store, cart_id, currency, now).await?)?;
        if let Some(earlier) = priced.cart.checkout {
            match reuse_or_replace(store, earlier, &priced, &customer, now).await? {
                Earlier::Reused(checkout) => return Ok(*checkout),
                Earlier::CartChanged => continue,
                Earlier::OutOfTheWay => {}
            }
        }
        let checkout = Checkout::freeze(&priced, customer.clone(), now);
        store.checkouts.insert(&checkout).await?;
        if store.carts.set_checkout(&priced.cart, checkout.id).await? {
            return Ok(checkout);
        }
        // The cart changed since it was read. Nobody has seen the session just written, so it must not stay payable.
        store.checkouts.replace_open(checkout.id).await?;
    }
    Err(AppError::Conflict(
        "Your cart is being changed somewhere else at this moment. Please try again.",
    ))
}

fn sellable(priced: PricedCart) -> Result<PricedCart, AppError> {
    if let Some(gone) = priced.gone.first() {
        let problem = format!("{gone} is no longer sold; remove it from your cart to go on");
        return Err(AppError::Invalid(FieldErrors::one("cart", problem)));
    }
    if priced.lines.is_empty() {
        return Err(AppError::Invalid(FieldErrors::one(
            "cart",
            "Your cart is empty",
        )));
    }
    Ok(priced)
}

enum Earlier {
    Reused(Box<Checkout>),
    OutOfTheWay,
    CartChanged,
}

async fn reuse_or_replace(
    store: &Store,
    earlier: CheckoutId,
    priced: &PricedCart,
    customer: &Customer,
    now: Timestamp,
) -> Result<Earlier, AppError> {
    let Some(mut earlier) = store.checkouts.find(earlier).await? else {
        return Ok(Earlier::OutOfTheWay);
    };
    match earlier.state {
        CheckoutState::Done | CheckoutState::Replaced => Ok(Earlier::OutOfTheWay),
        CheckoutState::Paid => {
            finish(store, &earlier).await?;
            Ok(Earlier::CartChanged)
        }
        CheckoutState::Open if earlier.expires_at > now && earlier.sells_the_same_as(priced) => {
            let still_open = store.checkouts.set_customer(earlier.id, customer).await?;
            earlier.customer = customer.clone();
            Ok(if still_open {
                Earlier::Reused(Box::new(earlier))
            } else {
                Earlier::CartChanged
            })
        }
        CheckoutState::Open => {
            let replaced = store.checkouts.replace_open(earlier.id).await?;
            Ok(if replaced {
                Earlier::OutOfTheWay
            } else {
                Earlier::CartChanged
            })
        }
    }
}

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
                "This checkout has expired and nothing was paid. Your cart is still there: start again from it.",
            ));
        }
        // Lost or won, the session as it is now says how to go on.
        store.checkouts.mark_paid(id, &payment).await?;
    }
    finish(store, &find(store, id).await?).await
}

/// Carries a paid session to its end. Every step may have been done before.
async fn finish(store: &Store, checkout: &Checkout) -> Result<Order, AppError> {
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
            "Your cart changed after this checkout was opened, so it can no longer be paid. Start again from your cart.",
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
        // An emptied cart is forgotten rather than kept with its list of orders, which so never grows long.
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
        "Your order is placed, but your cart is being changed somewhere else at this moment. Reload this page.",
    ))
}

/// Finishes what a crash or a dropped request left half done; answers how many sessions it finished.
pub async fn resume_paid(store: &Store) -> Result<usize, AppError> {
    let paid = store.checkouts.paid().await?;
    for checkout in &paid {
        finish(store, checkout).await?;
    }
    Ok(paid.len())
}
