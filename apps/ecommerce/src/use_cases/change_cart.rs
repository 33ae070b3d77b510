//! Opens carts and changes what they hold.

use shared::field_errors::FieldErrors;

use super::Shop;
use super::price_cart::own_checkout;
use crate::domain::cart::{AddItem, Cart, LIFETIME};
use crate::domain::id::{CartId, Sku};
use crate::domain::moment::after;
use crate::domain::product::Product;
use crate::domain::quantity::Quantity;
use crate::error::{AppError, Missing};
use crate::store::Store;
use crate::store::carts::AddOutcome;

/// Opens an empty cart.
pub async fn open(shop: Shop<'_>) -> Result<CartId, AppError> {
    let cart = Cart::empty(after(shop.now, LIFETIME));
    shop.store.carts.insert(&cart).await?;
    Ok(cart.id)
}

/// Adds to the cart, or to a new one when there is none (any more). Answers the id of the cart that
/// now holds the item.
pub async fn add_or_open(
    shop: Shop<'_>,
    id: Option<CartId>,
    item: AddItem,
) -> Result<CartId, AppError> {
    if let Some(id) = id {
        match add(shop, id, &item).await {
            Err(AppError::NotFound(Missing::Cart)) => {}
            outcome => return outcome.map(|()| id),
        }
    } else {
        let room = room(shop.store, &item.sku, None).await?;
        if item.quantity > room {
            return Err(no_room(room));
        }
    }
    // Never the id that was sent: an id is ours to choose, or somebody could plant a cart they know
    // in another's browser.
    let cart = Cart::holding(item, after(shop.now, LIFETIME));
    shop.store.carts.insert(&cart).await?;
    Ok(cart.id)
}

/// Adds to a cart that must exist.
pub async fn add(shop: Shop<'_>, id: CartId, item: &AddItem) -> Result<(), AppError> {
    let room = room(shop.store, &item.sku, Some(id)).await?;
    let expires_at = after(shop.now, LIFETIME);
    let outcome = match shop
        .store
        .carts
        .add(id, item, room, shop.now, expires_at)
        .await
    {
        // What cannot be changed may not be a cart at all. Then there is none to add to.
        Err(error) => match shop.store.carts.find(id, shop.now).await? {
            Some(_) => return Err(error.into()),
            None => AddOutcome::NoCart,
        },
        Ok(outcome) => outcome,
    };
    match outcome {
        AddOutcome::Added => Ok(()),
        AddOutcome::NoCart => Err(AppError::NotFound(Missing::Cart)),
        AddOutcome::LineFull => Err(no_room(room)),
        AddOutcome::LineInvalid => Err(invalid(
            "sku",
            "Your cart holds this already, and its quantity cannot be read; remove it there first",
        )),
        AddOutcome::CartFull => Err(invalid(
            "sku",
            "A cart holds at most 50 different products; remove one first",
        )),
    }
}

/// Sets how many of a line the cart holds.
pub async fn set_quantity(
    shop: Shop<'_>,
    id: CartId,
    sku: &Sku,
    quantity: Quantity,
) -> Result<(), AppError> {
    let room = room(shop.store, sku, Some(id)).await?;
    if quantity > room {
        return Err(invalid("quantity", &format!("Only {room} left")));
    }
    let changed = shop
        .store
        .carts
        .set_quantity(id, sku, quantity, shop.now, after(shop.now, LIFETIME))
        .await?;
    if changed {
        Ok(())
    } else {
        Err(AppError::NotFound(Missing::CartLine))
    }
}

/// Takes a line out. Removing what is not there is done already.
pub async fn remove(shop: Shop<'_>, id: CartId, sku: &Sku) -> Result<(), AppError> {
    shop.store.carts.remove(id, sku, shop.now).await?;
    Ok(())
}

/// How many pieces of this a cart may hold right now. Counting a cart's pieces against the stock
/// spares people a disappointment at checkout; what decides is the stock at that moment.
///
/// What is reserved for the cart's own open checkout is for nobody else, so it counts for this cart.
async fn room(store: &Store, sku: &Sku, cart: Option<CartId>) -> Result<Quantity, AppError> {
    let product = store.products.find_shown(&sku.product_id()).await?;
    let product = product.ok_or(AppError::NotFound(Missing::Product))?;
    let offer = product
        .offer(sku)
        .ok_or_else(|| not_an_offer(&product, sku))?;
    let Some(mut left) = offer.left else {
        return Ok(Quantity::MAX);
    };
    // Where there are as many as a cart holds, its own reservation makes no difference.
    if let Some(cart) = cart.filter(|_| left < Quantity::MAX.get().into()) {
        let cart = store.carts.find_even_expired(cart).await?;
        let own = own_checkout(store, cart.and_then(|cart| cart.checkout)).await?;
        left = left.saturating_add(own.map_or(0, |checkout| checkout.reserves(sku)));
    }
    Quantity::try_from(left.min(Quantity::MAX.get().into()))
        .map_err(|_| invalid("sku", "This is sold out"))
}

/// A product with variants was named without one, or a variant is no longer made.
fn not_an_offer(product: &Product, sku: &Sku) -> AppError {
    match sku.variant() {
        None => invalid("sku", &format!("Choose {} first", product.choices())),
        Some(_) => AppError::NotFound(Missing::Product),
    }
}

fn no_room(room: Quantity) -> AppError {
    if room == Quantity::MAX {
        return invalid("quantity", "A cart holds at most 1,000 of one product");
    }
    let left = room.get();
    invalid(
        "quantity",
        &format!("Only {left} left, counting what is in your cart already"),
    )
}

fn invalid(field: &str, problem: &str) -> AppError {
    AppError::Invalid(FieldErrors::one(field, problem))
}
