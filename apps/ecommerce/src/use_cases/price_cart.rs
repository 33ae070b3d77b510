//! What a cart costs right now.

use astra_db::Timestamp;
use indexmap::IndexSet;

use crate::domain::cart::{Cart, PricedCart};
use crate::domain::checkout::Checkout;
use crate::domain::id::{CartId, CheckoutId, ProductId, Sku};
use crate::domain::money::Currency;
use crate::error::{AppError, Missing};
use crate::store::Store;

/// The cart with this id and today's prices.
pub async fn priced(
    store: &Store,
    id: CartId,
    currency: Currency,
    now: Timestamp,
) -> Result<PricedCart, AppError> {
    let cart = store
        .carts
        .find(id, now)
        .await?
        .ok_or(AppError::NotFound(Missing::Cart))?;
    price(store, cart, currency).await
}

/// Looks up what the cart's products cost.
pub async fn price(store: &Store, cart: Cart, currency: Currency) -> Result<PricedCart, AppError> {
    let ids: IndexSet<ProductId> = cart.items.keys().map(Sku::product_id).collect();
    let ids: Vec<ProductId> = ids.into_iter().collect();
    let products = store.products.with_ids(&ids).await?;
    let own = own_checkout(store, cart.checkout).await?;
    let reserved = |sku: &Sku| own.as_ref().map_or(0, |checkout| checkout.reserves(sku));
    Ok(PricedCart::new(cart, &products, reserved, currency))
}

/// The checkout last opened for a cart.
pub(super) async fn own_checkout(
    store: &Store,
    checkout: Option<CheckoutId>,
) -> Result<Option<Checkout>, AppError> {
    Ok(match checkout {
        Some(id) => store.checkouts.find(id).await?,
        None => None,
    })
}
