//! What a cart costs right now.

use indexmap::IndexSet;

use super::Shop;
use crate::brand;
use crate::domain::cart::{Cart, PricedCart};
use crate::domain::checkout::Checkout;
use crate::domain::id::{CartId, CheckoutId, ProductId, Sku};
use crate::error::{AppError, Missing};
use crate::store::Store;

/// The cart with this id and today's prices.
pub async fn priced(shop: Shop<'_>, id: CartId) -> Result<PricedCart, AppError> {
    let cart = shop
        .store
        .carts
        .find(id, shop.now)
        .await?
        .ok_or(AppError::NotFound(Missing::Cart))?;
    price(shop.store, cart).await
}

/// Looks up what the cart's products cost.
pub async fn price(store: &Store, cart: Cart) -> Result<PricedCart, AppError> {
    let ids: IndexSet<ProductId> = cart.items.keys().map(Sku::product_id).collect();
    let ids: Vec<ProductId> = ids.into_iter().collect();
    let products = store.products.with_ids(&ids).await?;
    let own = own_checkout(store, cart.checkout).await?;
    let reserved = |sku: &Sku| own.as_ref().map_or(0, |checkout| checkout.reserves(sku));
    Ok(PricedCart::new(cart, &products, reserved, brand::CURRENCY))
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
