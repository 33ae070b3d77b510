//! Opening a session: once for one content of a cart, however often it is asked for.

use astra_db::Timestamp;

use super::{ATTEMPTS, Checkout, CheckoutState};
use crate::domain::cart::{self, PricedCart};
use crate::domain::customer::Customer;
use crate::domain::field_errors::FieldErrors;
use crate::domain::id::{CartId, CheckoutId};
use crate::domain::money::Currency;
use crate::error::AppError;
use crate::store::Store;

/// Opens a session for the cart, or answers the one already open for the same content: a double
/// click and a second tab end in one session and so in one order.
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
        // The cart changed since it was read. Nobody has seen the session just written, so it must
        // not stay payable.
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
            super::complete::finish(store, &earlier).await?;
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
