//! Opening a session: once for one content of a cart, however often it is asked for.

use shared::field_errors::FieldErrors;

use super::admit_checkout::admit;
use super::close_checkout::close;
use super::complete_checkout::settle;
use super::outcome::{Outcome, find};
use super::{ATTEMPTS, Shop, price_cart, reserve_stock};
use crate::domain::cart::PricedCart;
use crate::domain::checkout::{Checkout, CheckoutState, payment_key};
use crate::domain::customer::Buyer;
use crate::domain::id::CartId;
use crate::domain::money::Money;
use crate::domain::stock::tokens;
use crate::error::AppError;
use crate::payments::Payments;
use crate::store::Store;

/// What a session is opened for.
#[derive(Debug, Clone)]
pub struct Opening {
    /// The cart.
    pub cart_id: CartId,
    /// Who buys.
    pub buyer: Buyer,
    /// The client's network, where it is known.
    pub client: Option<String>,
}

/// Opens a session for the cart, or answers the one already open for the same content: a double
/// click and a second tab end in one session and so in one order.
///
/// When it answers, what the session sells is reserved, so nobody pays for what is gone.
pub async fn open(shop: Shop<'_>, opening: &Opening) -> Result<Checkout, AppError> {
    let buyer = &opening.buyer;
    for _ in 0..ATTEMPTS {
        let priced = price_cart::priced(shop, opening.cart_id).await?;
        let priced = sellable(priced)?;
        if let Some(earlier) = priced.cart.checkout {
            let earlier = shop.store.checkouts.find(earlier).await?;
            match Box::pin(reuse_or_replace(shop, earlier, &priced, buyer)).await? {
                Earlier::Reused(checkout) => return Ok(*checkout),
                Earlier::CartChanged => continue,
                Earlier::OutOfTheWay => {}
            }
        }
        let total = total(&priced, buyer)?;
        let checkout = Checkout::freeze(
            &priced,
            buyer.clone(),
            opening.client.clone(),
            total,
            shop.now,
        );
        shop.store.checkouts.insert(&checkout).await?;
        if shop
            .store
            .carts
            .set_checkout(&priced.cart, checkout.id)
            .await?
        {
            if let Some(checkout) = reserve(shop, checkout).await? {
                return Ok(checkout);
            }
        } else {
            // The cart changed since it was read, or another click was faster. Nobody has seen the
            // session just written, so it must not stay.
            close(shop, checkout, CheckoutState::Replaced).await?;
        }
    }
    Err(AppError::Conflict(
        "Your cart is being changed somewhere else at this moment. Please try again.",
    ))
}

/// Opening → open, once everything it sells is reserved; `None` if it was closed meanwhile. Two
/// clicks can do this at once: each item is reserved once.
async fn reserve(shop: Shop<'_>, checkout: Checkout) -> Result<Option<Checkout>, AppError> {
    if let Err(refused) = Box::pin(admit(shop, &checkout)).await {
        // Another click on the same cart can have been let through.
        let checkout = find(shop.store, checkout.id).await?;
        if checkout.state == CheckoutState::Open {
            return Ok(Some(checkout));
        }
        let canceled = close(shop, checkout, CheckoutState::Cancelled);
        Box::pin(canceled).await?;
        return Err(refused);
    }
    let markers = match reserve_stock::take(shop.store, &checkout).await? {
        Ok(markers) => markers,
        Err(short) => {
            let sold_out = CheckoutState::SoldOut;
            shop.store.checkouts.close(&checkout, sold_out).await?;
            settle(shop, find(shop.store, checkout.id).await?).await?;
            return Err(AppError::SoldOut(short));
        }
    };
    let reserved = tokens(&markers);
    if shop
        .store
        .checkouts
        .mark_reserved(&checkout, &reserved)
        .await?
    {
        reserve_stock::confirm(shop.store, &markers).await;
        return Ok(Some(Checkout {
            state: CheckoutState::Open,
            reserved: Some(reserved),
            ..checkout
        }));
    }
    let checkout = find(shop.store, checkout.id).await?;
    reserve_stock::settle(shop.store, &markers).await?;
    if checkout.state == CheckoutState::Open {
        return Ok(Some(checkout));
    }
    // Closed while items were still being taken for it: those came too late to be put back by
    // whoever closed it.
    reserve_stock::release(shop.store, &checkout).await?;
    Ok(None)
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

/// What is to be paid, if it can be paid in one payment.
fn total(priced: &PricedCart, buyer: &Buyer) -> Result<Money, AppError> {
    let currency = priced.total.currency;
    let total = priced.total.plus(buyer.delivery.price(currency));
    let total =
        total.ok_or_else(|| AppError::Internal(anyhow::anyhow!("a total is beyond counting")))?;
    let limits = Payments::limits(currency);
    let problem = if total.amount_cents < *limits.start() {
        let least = Money::new(*limits.start(), currency);
        format!("An order has to come to at least {least}, delivery included")
    } else if total.amount_cents > *limits.end() {
        let most = Money::new(*limits.end(), currency);
        format!("An order can come to at most {most}, delivery included")
    } else {
        return Ok(total);
    };
    Err(AppError::Invalid(FieldErrors::one("cart", problem)))
}

enum Earlier {
    Reused(Box<Checkout>),
    OutOfTheWay,
    CartChanged,
}

async fn reuse_or_replace(
    shop: Shop<'_>,
    earlier: Option<Checkout>,
    priced: &PricedCart,
    buyer: &Buyer,
) -> Result<Earlier, AppError> {
    let Some(earlier) = earlier else {
        return Ok(Earlier::OutOfTheWay);
    };
    match earlier.state {
        CheckoutState::Opening | CheckoutState::Open => {}
        CheckoutState::Paid => {
            settle(shop, earlier).await?;
            return Ok(Earlier::CartChanged);
        }
        _ => return Ok(Earlier::OutOfTheWay),
    }
    let same = earlier.expires_at > shop.now
        && earlier.holds_stock
        && earlier.sells_the_same_as(priced, buyer.delivery);
    if same && let Some(earlier) = for_buyer(shop.store, &earlier, buyer).await? {
        return Ok(match earlier.state {
            CheckoutState::Opening => reserve(shop, earlier)
                .await?
                .map_or(Earlier::CartChanged, |it| Earlier::Reused(Box::new(it))),
            _ => Earlier::Reused(Box::new(earlier)),
        });
    }
    match close(shop, earlier, CheckoutState::Replaced).await? {
        Outcome::Closed(_) => Ok(Earlier::OutOfTheWay),
        // It has been paid in this very moment.
        Outcome::Ordered(_) | Outcome::Waiting(_) => Ok(Earlier::CartChanged),
    }
}

/// The session with this buyer, or `None` if that cannot be changed any more: the payment service
/// has been told who buys.
async fn for_buyer(
    store: &Store,
    earlier: &Checkout,
    buyer: &Buyer,
) -> Result<Option<Checkout>, AppError> {
    if earlier.customer == buyer.customer {
        return Ok(Some(earlier.clone()));
    }
    let changed = Checkout {
        customer: buyer.customer.clone(),
        payment_key: payment_key(),
        ..earlier.clone()
    };
    let is_changed = store.checkouts.set_customer(&changed).await?;
    Ok(is_changed.then_some(changed))
}
