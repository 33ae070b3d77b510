//! Checkout: from a cart to exactly one order, whatever crashes, repeats or races.
//!
//! A checkout freezes lines, prices, delivery and total, and then only its state changes:
//!
//! ```text
//!     opening ──→ open ──────────→ paid ──→ done      the order exists, the cart has lost its lines
//!        │          ├──→ pending ───┘                 the bank takes its time
//!        │          │       └─────→ failed            and then says no
//!        │          └──→ replaced, cancelled, expired
//!        └──→ soldout                                 the last piece went to somebody else
//! ```
//!
//! Each arrow is one update conditional on the state before, so of two browsers exactly one draws
//! it. While it is `opening` the pieces it sells are set aside one line after the other, and nobody
//! can pay. It leaves `open` for a state in which it cannot be paid only after the payment service
//! has confirmed that its session is over. From `paid` on, every step can be repeated: the order is
//! inserted under the checkout's own id, the pieces are handed over once, and the cart remembers
//! which orders it has been settled with. Whoever finds a checkout half way (a reload, the other
//! browser, a message of the payment service, the next minute) carries it to its end.
//!
//! `refused` is where money came that should not have come: another amount, or after the end.
//! Nothing is shipped for it, it is never deleted, and the log and the admin page say so.

mod close;
mod complete;
mod open;
mod pay;
mod reconcile;

use std::time::Duration;

use astra_db::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::cart::{self, PricedCart, PricedLine};
use crate::domain::customer::{Buyer, Customer};
use crate::domain::delivery::{DeliveryMethod, FrozenDelivery};
use crate::domain::id::{CartId, CheckoutId, Sku};
use crate::domain::money::Money;
use crate::domain::order::{Aftermath, OrderLine, Payment};
use crate::domain::quantity::Quantity;
use crate::error::{AppError, Missing};
use crate::store::Store;

pub use close::cancel;
pub use complete::{Outcome, order, refresh};
pub use open::open;
pub use pay::{Payable, pay_at_test_till, payment_address};
pub use reconcile::{
    carry_on, finish_paid, forget_finished, payment_changed, session_changed,
    waiting_at_the_service,
};

/// An open checkout that nobody pays for this long can no longer be paid, and what was set aside
/// for it is sold to others. Stripe takes sessions of 30 minutes to 24 hours.
pub const LIFETIME: Duration = Duration::from_hours(1);
/// How long one may keep the last pieces of something from others without paying. After that it is
/// closed, so shelves that somebody emptied and did not pay for are full again.
const KEEPS_THE_LAST: Duration = Duration::from_mins(15);
/// How often a step is tried again because another browser changed something in between.
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
    /// How it travels.
    #[serde(default)]
    pub delivery: FrozenDelivery,
    /// What is to be paid, delivery included.
    pub total: Money,
    /// Who buys.
    pub customer: Customer,
    /// Where in its life it is.
    pub state: CheckoutState,
    /// Whether pieces may be set aside for it. Noted before the first is taken and taken back after
    /// the last is gone.
    #[serde(default)]
    pub holds_stock: bool,
    /// What makes two requests for its payment session one: random, and another one as soon as what
    /// the payment service is told changes. Not the id, which opens the order: keys end in logs.
    #[serde(default)]
    pub payment_key: String,
    /// The payment service's id of the session opened for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// Set when it was paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment: Option<Payment>,
    /// What had become of that payment by then.
    #[serde(default)]
    pub aftermath: Aftermath,
    /// Why money that came was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// Until when it can be paid.
    pub expires_at: Timestamp,
}

/// Where in its life a checkout session is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum CheckoutState {
    /// What it sells is being set aside.
    Opening,
    /// Waiting to be paid.
    Open,
    /// The buyer is through, the money is under way.
    Pending,
    /// Paid; the order may not be written yet.
    Paid,
    /// The order exists and the cart is settled.
    Done,
    /// A newer session took its place.
    Replaced,
    /// The buyer went back.
    Cancelled,
    /// Nobody paid in time.
    Expired,
    /// Something in it was sold out before it could be paid.
    SoldOut,
    /// The money was under way and did not come.
    Failed,
    /// Money came that should not have come; somebody has to look at it.
    Refused,
}

impl CheckoutState {
    /// The states in which nothing is paid, and nothing can be paid any more.
    pub const CLOSED: [Self; 5] = [
        Self::Replaced,
        Self::Cancelled,
        Self::Expired,
        Self::SoldOut,
        Self::Failed,
    ];

    /// Why a checkout in this state cannot be paid, and what to do.
    pub fn refusal(self) -> &'static str {
        match self {
            Self::Opening => "This checkout is just being opened. Please try again in a moment.",
            Self::Open => "This checkout is not paid yet.",
            Self::Pending | Self::Paid | Self::Done => "This checkout is paid.",
            Self::Replaced => {
                "Your cart has changed since, so this checkout can no longer be paid. Start again from it."
            }
            Self::Cancelled => {
                "This checkout was cancelled and nothing was paid. Start again from your cart."
            }
            Self::Expired => {
                "This checkout has expired and nothing was paid. Start again from your cart."
            }
            Self::SoldOut => {
                "Something in this checkout was sold out, and nothing was paid. Start again from your cart."
            }
            Self::Failed => "The payment did not arrive. Nothing will be shipped.",
            Self::Refused => {
                "Something about this payment was not right, so nothing will be shipped. Please write to us."
            }
        }
    }
}

impl Checkout {
    fn freeze(priced: &PricedCart, buyer: Buyer, total: Money, now: Timestamp) -> Self {
        Self {
            id: CheckoutId::random(),
            cart_id: priced.cart.id,
            lines: priced.lines.iter().map(frozen).collect(),
            delivery: FrozenDelivery::today(buyer.delivery, total.currency),
            total,
            customer: buyer.customer,
            state: CheckoutState::Opening,
            holds_stock: true,
            payment_key: payment_key(),
            session: None,
            payment: None,
            aftermath: Aftermath::default(),
            problem: None,
            expires_at: cart::after(now, LIFETIME),
        }
    }

    /// Whether it would sell the same things at the same prices.
    fn sells_the_same_as(&self, priced: &PricedCart, delivery: DeliveryMethod) -> bool {
        let delivery = FrozenDelivery::today(delivery, priced.total.currency);
        self.delivery == delivery
            && self
                .lines
                .iter()
                .cloned()
                .eq(priced.lines.iter().map(frozen))
    }

    /// Whether it waits to be paid, and still can be.
    pub fn is_payable(&self, now: Timestamp) -> bool {
        self.state == CheckoutState::Open && self.expires_at > now
    }

    /// SKU and quantity of each line.
    pub fn ordered(&self) -> Vec<(Sku, Quantity)> {
        self.lines
            .iter()
            .map(|line| (line.sku.clone(), line.quantity))
            .collect()
    }
}

/// A key nobody has used before.
fn payment_key() -> String {
    format!("checkout-{}", uuid::Uuid::new_v4().simple())
}

fn frozen(line: &PricedLine) -> OrderLine {
    OrderLine {
        sku: line.sku.clone(),
        name: line.product.name.clone(),
        variant: line.variant.clone(),
        image: line.image.clone(),
        unit_price: line.unit_price,
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
