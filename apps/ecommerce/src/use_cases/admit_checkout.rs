//! Lets a new checkout through, or refuses it because of what its client has reserved already.

use super::{ATTEMPTS, Shop};
use crate::domain::checkout::{Admission, Checkout, admission};
use crate::domain::id::ProductId;
use crate::domain::product::Product;
use crate::error::AppError;
use crate::store::Store;
use crate::store::guarded::pause;

/// Refuses a new checkout, which is stored already and has reserved nothing yet, if its client has
/// too many others, or if together they would hold more than half of a product.
pub(super) async fn admit(shop: Shop<'_>, checkout: &Checkout) -> Result<(), AppError> {
    let Some(client) = &checkout.client else {
        return Ok(());
    };
    let mut latest = Admission::Admitted;
    for attempt in 0..ATTEMPTS {
        let mut others = shop.store.checkouts.unpaid_of(client).await?;
        others.retain(|other| other.id != checkout.id);
        let products = shared_products(shop.store, checkout, &others).await?;
        let next = admission(checkout, &others, &products, shop.now);
        if next == Admission::Admitted {
            return Ok(());
        }
        // What was opened between the two questions is counted in neither answer, so both are asked
        // again before anybody is refused.
        let is_final = matches!(next, Admission::Refused(_)) && next == latest;
        latest = next;
        if is_final {
            break;
        }
        tokio::time::sleep(pause(attempt)).await;
    }
    match latest {
        Admission::Admitted => Ok(()),
        Admission::Undecided(limit) | Admission::Refused(limit) => {
            Err(AppError::ClientLimit(limit))
        }
    }
}

/// The products that a checkout and others sell.
async fn shared_products(
    store: &Store,
    checkout: &Checkout,
    others: &[Checkout],
) -> Result<Vec<Product>, AppError> {
    let lines = others.iter().flat_map(|other| &other.lines);
    let theirs: Vec<ProductId> = lines.map(|line| line.sku.product_id()).collect();
    let own = checkout.lines.iter().map(|line| line.sku.product_id());
    let shared: Vec<ProductId> = own.filter(|id| theirs.contains(id)).collect();
    Ok(store.products.with_ids(&shared).await?)
}
