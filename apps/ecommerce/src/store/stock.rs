//! Stock, in the documents of the collection `products`: how many items there are of each SKU, and
//! the pending markers of items on their way into or out of a reservation.
//!
//! A count and its marker change in one update of one document, conditional on enough being there
//! and on the marker. So each of these can be repeated after a crash or a lost answer, and stock
//! can neither be taken twice nor fall below zero. Which markers count is decided in the
//! checkout's document: see [`domain::stock`](crate::domain::stock).

use astra_db::Collection;
use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::{Value, json};

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
    const COLLECTION: &'static str = "products";
    const IS_SECRET: bool = false;
}

impl Stored for WithHeld {
    const COLLECTION: &'static str = "products";
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
        let (stock, pending) = paths(&marker);
        let quantity = i64::from(marker.quantity.get());
        let enough = json!({
            "_id": marker.sku.product_id(),
            &stock: { "$gte": needed }, &pending: { "$exists": false },
        });
        let take = json!({
            "$inc": { &stock: -quantity, PENDING_COUNT: 1 }, "$set": { &pending: marker },
            "$currentDate": { "changed_at": true },
        });
        // What kept it from being taken can be gone by the time it is read: then it is tried again.
        for _ in 0..3 {
            if guarded(|| self.products.update_one(&enough, &take)).await? {
                return Ok(Take::Taken(marker));
            }
            let product = json!({ "_id": marker.sku.product_id() });
            let product = self.products.find_valid(product).await?;
            let Some(product) = product.filter(|it| it.offer(&marker.sku).is_some()) else {
                return Ok(Take::Gone);
            };
            let markers = product.pending.get(&marker.sku);
            if let Some(earlier) = markers.and_then(|it| it.get(&marker.key())) {
                return Ok(Take::Taken(earlier.clone()));
            }
            match product.stock.get(&marker.sku) {
                None => return Ok(Take::NotCounted),
                Some(Count(in_stock)) if *in_stock < needed => {
                    let in_stock = *in_stock;
                    return Ok(Take::Short { in_stock });
                }
                Some(_) => {}
            }
        }
        Err(StoreError::LostRaces)
    }

    /// Leaves the marker of items that are about to be returned, unless there is one for the same
    /// reservation already. The stock stays as it is until [`Self::put_back`]. Returns the marker
    /// that is there; `None` if the product is gone.
    pub async fn announce(&self, marker: Marker) -> Result<Option<Marker>, StoreError> {
        let (_, pending) = paths(&marker);
        let product = json!({ "_id": marker.sku.product_id() });
        let mut is_new = product.clone();
        is_new[&pending] = json!({ "$exists": false });
        let announce = json!({ "$set": { &pending: marker }, "$inc": { PENDING_COUNT: 1 } });
        for _ in 0..3 {
            if guarded(|| self.products.update_one(&is_new, &announce)).await? {
                return Ok(Some(marker));
            }
            let Some(found) = self.markers.find_one(&product).await? else {
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
        let (stock, _) = paths(marker);
        let mut counted = present(marker);
        counted[&stock] = json!({ "$exists": true });
        let mut put_back = removal(marker);
        put_back["$inc"][&stock] = json!(marker.quantity);
        put_back["$currentDate"] = json!({ "changed_at": true });
        if guarded(|| self.products.update_one(&counted, &put_back)).await? {
            return Ok(true);
        }
        // Nobody counts these by now, and putting some back must not start it.
        self.remove(marker).await
    }

    /// Removes a marker; the stock stays as it is. Returns whether it was there.
    pub async fn remove(&self, marker: &Marker) -> Result<bool, StoreError> {
        let (there, removal) = (present(marker), removal(marker));
        guarded(|| self.products.update_one(&there, &removal)).await
    }

    /// The markers in these products.
    pub async fn markers_in(&self, products: &[ProductId]) -> Result<Vec<Marker>, StoreError> {
        self.markers(json!({ "_id": { "$in": products } })).await
    }

    /// The markers in all products.
    pub async fn all_markers(&self) -> Result<Vec<Marker>, StoreError> {
        self.markers(json!({ PENDING_COUNT: { "$gt": 0 } })).await
    }

    async fn markers(&self, products: Value) -> Result<Vec<Marker>, StoreError> {
        let found = self.markers.find(products);
        let found = found.projection(json!({ "pending": 1 }));
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
        let keeps = json!({ "held": { "$exists": true } });
        for _ in 0..ATTEMPTS {
            let found = self.held.find(&keeps).projection(json!({ "held": 1 }));
            let found = self.held.all(found).await?.valid;
            let Some(product) = found.into_iter().next() else {
                return Ok(None);
            };
            let of_sku = |(sku, by_checkout): (&Sku, &IndexMap<CheckoutId, Count>)| {
                let first = by_checkout.first().map(|(id, count)| (*id, count.0));
                first.map(|(checkout, count)| (sku.clone(), checkout, count))
            };
            let Some((sku, checkout, count)) = product.held.iter().find_map(of_sku) else {
                let empty = json!({ "_id": product.id, "held": { "$exists": true } });
                let unset = json!({ "$unset": { "held": 1 } });
                guarded(|| self.products.update_one(&empty, &unset)).await?;
                continue;
            };
            let held = format!("held.{sku}.{checkout}");
            let Ok(quantity) = Quantity::try_from(count) else {
                let unset = json!({ "$unset": { &held: 1 } });
                let there = json!({ "_id": product.id, &held: { "$exists": true } });
                guarded(|| self.products.update_one(&there, &unset)).await?;
                continue;
            };
            let marker = Marker::new(sku, checkout, 0, Direction::Out, quantity);
            let (_, pending) = paths(&marker);
            let there = json!({
                "_id": product.id, &held: quantity, &pending: { "$exists": false },
            });
            let adopt = json!({
                "$unset": { &held: 1 }, "$set": { &pending: marker }, "$inc": { PENDING_COUNT: 1 },
            });
            if guarded(|| self.products.update_one(&there, &adopt)).await? {
                return Ok(Some(marker));
            }
        }
        Err(StoreError::LostRaces)
    }
}

/// How often the product is read again because others changed it in between.
const ATTEMPTS: usize = 100;
/// How many markers a product holds, kept beside them so that products with some are found.
const PENDING_COUNT: &str = "pending_count";

/// Where count and marker are in the document. Neither a SKU nor a key holds a dot, so these are
/// always exactly as deep as they look.
fn paths(marker: &Marker) -> (String, String) {
    let Marker { sku, .. } = marker;
    (
        format!("stock.{sku}"),
        format!("pending.{sku}.{}", marker.key()),
    )
}

/// The product with this very marker, not a later one under the same key.
fn present(marker: &Marker) -> Value {
    let (_, pending) = paths(marker);
    json!({ "_id": marker.sku.product_id(), format!("{pending}.token"): marker.token })
}

fn removal(marker: &Marker) -> Value {
    let (_, pending) = paths(marker);
    json!({ "$unset": { pending: 1 }, "$inc": { PENDING_COUNT: -1 } })
}
