//! How much one client can reserve without paying.
//!
//! One cart has one open checkout, and takes at most half of a product where that is more than a
//! few. Carts are free to make, though, so what is counted is the client's network.

use std::time::Duration;

use astra_db::Timestamp;

use super::{Checkout, CheckoutState};
use crate::domain::id::{ProductId, Sku};
use crate::error::AppError;
use crate::store::Store;

/// How many checkouts one client can have open at once. Several people can share an address.
pub const MAX_UNPAID: u32 = 10;

/// Refuses a new checkout, which is stored already and has reserved nothing yet, if its client has
/// too many others, or if together they would hold more than half of a product.
///
/// It is stored before others are counted, so of several at once each counts all the others.
pub(super) async fn check(
    store: &Store,
    checkout: &Checkout,
    now: Timestamp,
) -> Result<(), AppError> {
    let Some(client) = &checkout.client else {
        return Ok(());
    };
    let mut others = store.checkouts.unpaid_of(client).await?;
    others.retain(|other| other.id != checkout.id);
    let is_full = others.len() >= usize::try_from(MAX_UNPAID).unwrap_or(usize::MAX);
    if is_full || holds_most(store, checkout, &others).await? {
        let ends = others.iter().map(|other| other.expires_at.as_millis());
        let wait_ms = ends.min().unwrap_or(0).saturating_sub(now.as_millis());
        let wait = Duration::from_millis(u64::try_from(wait_ms).unwrap_or(0));
        return Err(AppError::TooManyCheckouts(wait.max(Duration::from_secs(1))));
    }
    Ok(())
}

/// Whether this checkout and others together would hold more than half of something, of which the
/// others hold some.
async fn holds_most(
    store: &Store,
    checkout: &Checkout,
    others: &[Checkout],
) -> Result<bool, AppError> {
    let wanted = |other: &Checkout, sku: &Sku| -> u64 {
        let lines = other.lines.iter().filter(|line| line.sku == *sku);
        lines.map(|line| u64::from(line.quantity.get())).sum()
    };
    let shared = checkout.lines.iter().filter(|line| {
        let mut others = others.iter();
        others.any(|other| wanted(other, &line.sku) > 0)
    });
    let skus: Vec<Sku> = shared.map(|line| line.sku.clone()).collect();
    if skus.is_empty() {
        return Ok(false);
    }
    let ids: Vec<ProductId> = skus.iter().map(Sku::product_id).collect();
    let ids: Vec<&ProductId> = ids.iter().collect();
    let products = store.products.with_ids(&ids).await?;
    let most_is_held = |sku: &Sku| {
        let product = products.iter().find(|it| it.id == sku.product_id());
        let left = product.and_then(|product| product.stock.get(sku))?.0;
        // What is still being reserved may be out of the stock already or not. Taken for still in it
        // where it is not, there would seem to be more than there is.
        let open = others.iter().filter(|it| it.state == CheckoutState::Open);
        let there_is = left + open.map(|other| wanted(other, sku)).sum::<u64>();
        let held = others.iter().map(|other| wanted(other, sku)).sum::<u64>();
        Some(2 * (held + wanted(checkout, sku)) > there_is)
    };
    Ok(skus.iter().any(|sku| most_is_held(sku).unwrap_or(false)))
}
