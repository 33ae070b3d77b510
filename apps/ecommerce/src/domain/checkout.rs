//! Checkout: from a cart to exactly one order, whatever crashes, repeats or races.
//!
//! A checkout freezes lines, prices, delivery and total, and then only its state changes:
//!
//! ```text
//!     opening ──→ open ──────────→ paid ──→ done      the order exists, the cart has lost its lines
//!        │          ├──→ pending ───┘                 the bank takes its time
//!        │          │       └─────→ failed            and then says no
//!        │          └──→ replaced, cancelled, expired ──→ late ──→ pending    paid after all
//!        └──→ soldout                                 the last item went to somebody else
//! ```
//!
//! Each arrow is one update conditional on the state before, so of two browsers exactly one draws
//! it. While it is `opening` the items it sells are taken out of the stock one line after the
//! other, and nobody can pay. A reservation ends with its checkout, [`LIFETIME`] after it was made
//! unless it is paid. The checkout leaves `open` for a state in which it cannot be paid only after
//! the payment service has confirmed that its session is over. From `paid` on, every step can be
//! repeated: the order is inserted under the checkout's own id, and the cart remembers which orders
//! it has been settled with. Whoever finds a checkout half way (a reload, the other browser, a
//! message of the payment service, the next minute) carries it to its end.
//!
//! A closed checkout that turns out to be paid is `late`: its items are reserved once more, and it
//! becomes an order. If they are gone, or another amount came than the total, it is `refused`.
//! Nothing is shipped then, it is never deleted, and the log and the admin page say so.

mod limits;
mod state;

use std::time::Duration;

use astra_db::{CollectionDocument, Timestamp};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::domain::cart::{PricedCart, PricedLine};
use crate::domain::customer::{Buyer, Customer};
use crate::domain::delivery::{DeliveryMethod, FrozenDelivery};
use crate::domain::id::{CartId, CheckoutId, Sku};
use crate::domain::moment::after;
use crate::domain::money::Money;
use crate::domain::order_line::OrderLine;
use crate::domain::payment::{Aftermath, Payment};
use crate::domain::quantity::{Quantity, is_zero, whole_number};
use crate::domain::stock::{Direction, Marker, Token};

pub use limits::{Admission, ClientLimit, MAX_UNPAID, admission};
pub use state::CheckoutState;

/// An open checkout that nobody pays for this long is closed, and what is reserved for it is sold to
/// others.
pub const LIFETIME: Duration = Duration::from_mins(15);
/// How much longer a session at the payment service can last than its checkout. Stripe takes no
/// session of less than 30 minutes, so the shop asks for more and ends it early; this is what
/// remains if the shop cannot.
///
/// <https://docs.stripe.com/api/checkout/sessions/create#create_checkout_session-expires_at>
pub const SESSION_OUTLASTS: Duration = Duration::from_mins(45);
/// A checkout session as it is stored in the collection `checkouts`, one document each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, CollectionDocument)]
#[collection(name = "checkouts")]
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
    /// Whether items can be reserved for it: from before the first is taken until the last is
    /// returned or sold.
    #[serde(default)]
    pub holds_stock: bool,
    /// The network of the client that opened it, as long as items can be reserved for it: what
    /// the limits count by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    /// What is reserved for it: of each SKU that is counted the token of the pending marker under
    /// which it was taken. Set together with the state that can be paid. See
    /// [`stock`](crate::domain::stock).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reserved: Option<IndexMap<Sku, Token>>,
    /// What of it was returned, in the same way, once it is closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returned: Option<IndexMap<Sku, Token>>,
    /// How often it has been opened again after its end. Markers name it, so that those of an
    /// earlier time no longer count.
    #[serde(
        default,
        deserialize_with = "whole_number",
        skip_serializing_if = "is_zero"
    )]
    pub round: u64,
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

impl Checkout {
    /// A checkout of what a cart holds, for its prices of today.
    pub fn freeze(
        priced: &PricedCart,
        buyer: Buyer,
        client: Option<String>,
        total: Money,
        now: Timestamp,
    ) -> Self {
        Self {
            id: CheckoutId::random(),
            cart_id: priced.cart.id,
            lines: priced.lines.iter().map(PricedLine::frozen).collect(),
            delivery: FrozenDelivery::today(buyer.delivery, total.currency),
            total,
            customer: buyer.customer,
            state: CheckoutState::Opening,
            holds_stock: true,
            client,
            reserved: None,
            returned: None,
            round: 0,
            payment_key: payment_key(),
            session: None,
            payment: None,
            aftermath: Aftermath::default(),
            problem: None,
            expires_at: after(now, LIFETIME),
        }
    }

    /// Whether it would sell the same things at the same prices.
    pub fn sells_the_same_as(&self, priced: &PricedCart, delivery: DeliveryMethod) -> bool {
        let delivery = FrozenDelivery::today(delivery, priced.total.currency);
        self.delivery == delivery
            && self
                .lines
                .iter()
                .cloned()
                .eq(priced.lines.iter().map(PricedLine::frozen))
    }

    /// Whether it waits to be paid, and still can be.
    pub fn is_payable(&self, now: Timestamp) -> bool {
        self.state == CheckoutState::Open && self.expires_at > now
    }

    /// Whether its session at the payment service has ended by itself, even if nobody ended it.
    pub fn has_outlasted_its_session(&self, now: Timestamp) -> bool {
        after(self.expires_at, SESSION_OUTLASTS + LIFETIME) <= now
    }

    /// How many items of this are reserved for it.
    pub fn reserves(&self, sku: &Sku) -> u64 {
        let reserved = self.reserved.as_ref().filter(|_| self.holds_stock);
        if self.returned.is_some() || !reserved.is_some_and(|it| it.contains_key(sku)) {
            return 0;
        }
        let mut lines = self.lines.iter();
        let line = lines.find(|line| line.sku == *sku);
        line.map_or(0, |line| line.quantity.get().into())
    }

    /// A marker nobody has left before, for the items of one of its lines.
    pub fn marker(&self, line: &OrderLine, direction: Direction) -> Marker {
        let sku = line.sku.clone();
        Marker::new(sku, self.id, self.round, direction, line.quantity)
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
pub fn payment_key() -> String {
    format!("checkout-{}", uuid::Uuid::new_v4().simple())
}
