//! Stock, in the documents of the collection `products`: how many items there are of each SKU, and
//! the pending markers of items on their way into or out of a reservation.
//!
//! A count and its marker change in one update of one document, conditional on enough being there
//! and on the marker. So each of these can be repeated after a crash or a lost answer, and stock
//! can neither be taken twice nor fall below zero. Which markers count is decided in the
//! checkout's document: see [`domain::stock`](crate::domain::stock).

use astra_db::query::Untyped;
use astra_db::{Collection, CollectionDocument as _, Field, Filter, Update};
use indexmap::IndexMap;
use serde::Deserialize;

use crate::domain::id::{CheckoutId, ProductId, Sku};
use crate::domain::product::{Count, Product};
use crate::domain::quantity::Quantity;
use crate::domain::stock::{Direction, Marker};
use crate::store::checked::{Checked, Stored};
use crate::store::error::StoreError;
use crate::store::guarded::guarded;

/// Stock of the products.
#[derive(Debug, Clone)]
pub struct Stock {
    products: Checked<Product>,
    markers: Checked<WithMarkers>,
    held: Checked<WithHeld>,
}

/// What came of taking items for a checkout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Take {
    /// They are out of the stock, now or already before, and this is their marker.
    Taken(Marker),
    /// Nobody counts these: there is nothing to take and nothing to return.
    NotCounted,
    /// There are not enough.
    Short {
        /// How many there are.
        in_stock: u64,
    },
    /// The shop does not sell this, or no longer.
    Gone,
}

/// The markers of a product, and nothing else of it.
#[derive(Debug, Clone, Deserialize)]
struct WithMarkers {
    #[serde(default)]
    pending: IndexMap<Sku, IndexMap<String, Marker>>,
}

/// Reservations as they were kept before there were markers: how many items of each SKU are out of
/// the stock for which checkout.
#[derive(Debug, Clone, Deserialize)]
struct WithHeld {
    #[serde(rename = "_id")]
    id: ProductId,
    #[serde(default)]
    held: IndexMap<Sku, IndexMap<CheckoutId, Count>>,
}

impl Stored for WithMarkers {
    const COLLECTION: &'static str = Product::COLLECTION_NAME;
    const IS_SECRET: bool = false;
}

impl Stored for WithHeld {
    const COLLECTION: &'static str = Product::COLLECTION_NAME;
    const IS_SECRET: bool = false;
}

impl Stock {
    pub(super) fn of(products: Collection<Product>) -> Self {
        Self {
            markers: Checked::new(products.clone_with_type()),
            held: Checked::new(products.clone_with_type()),
            products: Checked::new(products),
        }
    }

    /// Takes items out of the stock where there are as many as `needed`, and leaves this marker,
    /// unless there is one for the same reservation already.
    pub async fn take(&self, marker: Marker, needed: u64) -> Result<Take, StoreError> {
        let enough = of(&marker).and(count(&marker).gte(Count(needed)));
        let enough = enough.and(pending(&marker).is_missing());
        let taken = -i64::from(marker.quantity.get());
        let take = mark(&marker).and(count(&marker).inc(taken)).and(changed());
        // What kept it from being taken can be gone by the time it is read: then it is tried again.
        for _ in 0..3 {
            if self.change(&enough, &take).await? {
                return Ok(Take::Taken(marker));
            }
            let product = self.products.find_valid(of(&marker)).await?;
            let Some(product) = product.filter(|it| it.offer(&marker.sku).is_some()) else {
                return Ok(Take::Gone);
            };
            let markers = product.pending.get(&marker.sku);
            if let Some(earlier) = markers.and_then(|it| it.get(&marker.key())) {
                return Ok(Take::Taken(earlier.clone()));
            }
            match product.stock.get(&marker.sku).map(|count| count.0) {
                None => return Ok(Take::NotCounted),
                Some(in_stock) if in_stock < needed => return Ok(Take::Short { in_stock }),
                Some(_) => {}
            }
        }
        Err(StoreError::LostRaces)
    }

    /// Leaves the marker of items that are about to be returned, unless there is one for the same
    /// reservation already. The stock stays as it is until [`Self::put_back`]. Returns the marker
    /// that is there; `None` if the product is gone.
    pub async fn announce(&self, marker: Marker) -> Result<Option<Marker>, StoreError> {
        let is_new = of(&marker).and(pending(&marker).is_missing());
        for _ in 0..3 {
            if self.change(&is_new, &mark(&marker)).await? {
                return Ok(Some(marker));
            }
            let Some(found) = self.markers.find_one(of(&marker)).await? else {
                return Ok(None);
            };
            let markers = found.pending.get(&marker.sku);
            if let Some(earlier) = markers.and_then(|it| it.get(&marker.key())) {
                return Ok(Some(earlier.clone()));
            }
        }
        Err(StoreError::LostRaces)
    }

    /// Puts the marker's items back into the stock and removes it. Returns whether it was there.
    pub async fn put_back(&self, marker: &Marker) -> Result<bool, StoreError> {
        let counted = present(marker).and(count(marker).exists());
        let put_back = removal(marker).and(count(marker).inc(marker.quantity));
        if self.change(&counted, &put_back.and(changed())).await? {
            return Ok(true);
        }
        // Nobody counts these by now, and putting some back must not start it.
        self.remove(marker).await
    }

    /// Removes a marker; the stock stays as it is. Returns whether it was there.
    pub async fn remove(&self, marker: &Marker) -> Result<bool, StoreError> {
        self.change(&present(marker), &removal(marker)).await
    }

    /// The markers in these products.
    pub async fn markers_in(&self, products: &[ProductId]) -> Result<Vec<Marker>, StoreError> {
        self.markers(Product::id().is_in(products)).await
    }

    /// The markers in all products.
    pub async fn all_markers(&self) -> Result<Vec<Marker>, StoreError> {
        self.markers(pending_count().gt(0)).await
    }

    async fn markers(&self, products: Filter<Product>) -> Result<Vec<Marker>, StoreError> {
        let found = self.markers.find(products);
        let found = found.projection(Product::pending().include());
        let products = self.markers.all(found).await?.valid;
        let by_key = products.into_iter().flat_map(|it| it.pending.into_values());
        Ok(by_key.flat_map(IndexMap::into_values).collect())
    }

    /// Turns a reservation that an earlier version noted in a product into the marker of a
    /// reservation that nobody has noted in its checkout yet. Returns one such marker, or `None`
    /// when there is nothing left to turn.
    ///
    /// One at a time, so that the markers stay few however many reservations there are.
    pub async fn adopt_held(&self) -> Result<Option<Marker>, StoreError> {
        for _ in 0..ATTEMPTS {
            let found = self.held.find(held().exists());
            let found = self.held.all(found.projection(held().include())).await?;
            let Some(WithHeld { id, held: by_sku }) = found.valid.into_iter().next() else {
                return Ok(None);
            };
            let this = Product::id().eq(&id);
            let first = by_sku.iter().find_map(|(sku, by_checkout)| {
                let (checkout, count) = by_checkout.first()?;
                Some((sku, *checkout, count.0))
            });
            let Some((sku, checkout, count)) = first else {
                let kept = this.and(held().exists());
                self.change(&kept, &held().unset()).await?;
                continue;
            };
            let noted = held().nested([sku.as_str(), &checkout.to_string()]);
            let Ok(quantity) = Quantity::try_from(count) else {
                let kept = this.and(noted.clone().exists());
                self.change(&kept, &noted.unset()).await?;
                continue;
            };
            let marker = Marker::new(sku.clone(), checkout, 0, Direction::Out, quantity);
            let kept = this.and(noted.clone().eq(quantity));
            let kept = kept.and(pending(&marker).is_missing());
            let adopt = noted.unset().and(mark(&marker));
            if self.change(&kept, &adopt).await? {
                return Ok(Some(marker));
            }
        }
        Err(StoreError::LostRaces)
    }

    async fn change(
        &self,
        filter: &Filter<Product>,
        update: &Update<Product>,
    ) -> Result<bool, StoreError> {
        guarded(|| self.products.update_one(filter, update)).await
    }
}

/// How often the product is read again because others changed it in between.
const ATTEMPTS: usize = 100;

/// The product of a marker.
fn of(marker: &Marker) -> Filter<Product> {
    Product::id().eq(marker.sku.product_id())
}

fn count(marker: &Marker) -> Field<Product, Count> {
    Product::stock().key(&marker.sku)
}

fn pending(marker: &Marker) -> Field<Product, Marker> {
    Product::pending().key(&marker.sku).key(marker.key())
}

/// How many markers a product holds, kept beside them so that products with some are found.
fn pending_count() -> Field<Product, Untyped> {
    Field::named(["pending_count"])
}

/// Where an earlier version noted reservations.
fn held() -> Field<Product, Untyped> {
    Field::named(["held"])
}

fn changed() -> Update<Product> {
    Product::changed_at().set_to_now()
}

fn mark(marker: &Marker) -> Update<Product> {
    pending(marker).set(marker).and(pending_count().inc(1))
}

/// The product with this very marker, not a later one under the same key.
fn present(marker: &Marker) -> Filter<Product> {
    of(marker).and(pending(marker).token().eq(&marker.token))
}

fn removal(marker: &Marker) -> Update<Product> {
    pending(marker).unset().and(pending_count().inc(-1))
}
