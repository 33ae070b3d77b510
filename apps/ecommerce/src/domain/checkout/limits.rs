//! How much one client can reserve without paying.
//!
//! One cart has one open checkout, and takes at most half of a product where that is more than a
//! few. Carts are free to make, though, so what is counted is the client's network.
//!
//! A new checkout is stored before others are counted, so the last of several sees all the others.
//! One is let through when it fits beside all of them. One that does not fit beside those ahead of it
//! is refused; until those behind it have read the same and left, it is undecided. So of many at once
//! as many are opened as fit, and never more.

use std::time::Duration;

use astra_db::Timestamp;
use indexmap::IndexMap;

use super::{Checkout, CheckoutState};
use crate::domain::id::Sku;
use crate::domain::product::Product;
use crate::domain::stock::Direction;

/// How many checkouts one client can have open at once. Several people can share an address.
pub const MAX_UNPAID: u32 = 10;

/// What a client has reserved as much of as one may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientLimit {
    /// Of this product; `None` where it is the number of checkouts.
    pub product: Option<String>,
    /// After this time the first of the open checkouts ends.
    pub wait: Duration,
}

/// Whether a checkout may reserve what it sells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Admission {
    /// It may.
    Admitted,
    /// That depends on what becomes of others.
    Undecided(ClientLimit),
    /// It may not.
    Refused(ClientLimit),
}

/// Whether a checkout that has reserved nothing yet may do so beside the `others` of its client, of
/// which none is paid. `products` are those it shares with them, read after the others.
pub fn admission(
    checkout: &Checkout,
    others: &[Checkout],
    products: &[Product],
    now: Timestamp,
) -> Admission {
    let most = usize::try_from(MAX_UNPAID).unwrap_or(usize::MAX);
    let ends = others.iter().map(|other| other.expires_at.as_millis());
    let wait_ms = ends.min().unwrap_or(0).saturating_sub(now.as_millis());
    let wait = Duration::from_millis(u64::try_from(wait_ms).unwrap_or(0));
    let limit = |product| ClientLimit {
        product,
        wait: wait.max(Duration::from_secs(1)),
    };
    let ahead = |other: &&Checkout| other.is_ahead_of(checkout);
    if others.iter().filter(ahead).count() >= most {
        return Admission::Refused(limit(None));
    }
    if others.len() >= most {
        return Admission::Undecided(limit(None));
    }
    let mut admission = Admission::Admitted;
    for line in &checkout.lines {
        let sku = &line.sku;
        let product = products.iter().find(|it| it.id == sku.product_id());
        let Some((product, left)) = product.and_then(|it| Some((it, it.stock.get(sku)?.0))) else {
            continue;
        };
        let wanted = |some: &dyn Fn(&&Checkout) -> bool| -> u64 {
            let some = others.iter().filter(some);
            some.map(|other| other.wants(sku)).sum()
        };
        let own = checkout.wants(sku);
        let (ahead, all) = (wanted(&ahead), wanted(&|_| true));
        let taken = wanted(&|other| other.has_taken(product, sku));
        let there_is = left
            + taken
            + if checkout.has_taken(product, sku) {
                own
            } else {
                0
            };
        if ahead > 0 && 2 * (ahead + own) > there_is {
            return Admission::Refused(limit(Some(line.name.clone())));
        }
        if all > 0 && 2 * (all + own) > there_is {
            admission = Admission::Undecided(limit(Some(line.name.clone())));
        }
    }
    admission
}

impl Checkout {
    /// Whether it comes first where not both can be opened. All of a client's are in one order, and
    /// one that is open already is ahead of those that are not.
    fn is_ahead_of(&self, other: &Self) -> bool {
        self.state == CheckoutState::Open
            || (self.expires_at, self.id) < (other.expires_at, other.id)
    }

    /// Whether what it sells of this is out of the stock.
    fn has_taken(&self, product: &Product, sku: &Sku) -> bool {
        let markers = product.pending.get(sku).map(IndexMap::values);
        let mut markers = markers.into_iter().flatten();
        self.state == CheckoutState::Open
            || markers.any(|it| it.checkout == self.id && it.direction == Direction::Out)
    }

    /// How many items of this it sells.
    fn wants(&self, sku: &Sku) -> u64 {
        let lines = self.lines.iter().filter(|line| line.sku == *sku);
        lines.map(|line| u64::from(line.quantity.get())).sum()
    }
}
