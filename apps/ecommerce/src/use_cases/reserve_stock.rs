//! Takes what a checkout sells out of the stock, and returns what it has reserved: see
//! [`stock`](crate::domain::stock).

use crate::domain::checkout::{Checkout, CheckoutState};
use crate::domain::id::ProductId;
use crate::domain::order_line::OrderLine;
use crate::domain::stock::{Direction, Fate, Marker, Shortage, needed, tokens};
use crate::store::stock::Take;
use crate::store::{Store, StoreError};

/// How often a marker is looked at again because its checkout changed in between.
const ATTEMPTS: usize = 10;

/// Takes what the checkout sells out of the stock, each line under a marker that the checkout has
/// to name then. Returns the markers, or what is short.
///
/// What is paid already is taken to the last item: only those who have not paid leave half to others.
pub async fn take(
    store: &Store,
    checkout: &Checkout,
) -> Result<Result<Vec<Marker>, Vec<Shortage>>, StoreError> {
    let mut lines: Vec<&OrderLine> = checkout.lines.iter().collect();
    // Everybody in the same order, and nothing more after the first that is short: so of two buyers
    // who want the same two last things one gets both, rather than each of them one.
    lines.sort_by(|one, other| one.sku.cmp(&other.sku));
    let (mut markers, mut short) = (Vec::new(), Vec::new());
    for line in lines {
        let needed = match checkout.state {
            CheckoutState::Late => line.quantity.get().into(),
            _ => needed(line.quantity),
        };
        let take = if short.is_empty() {
            let marker = checkout.marker(line, Direction::Out);
            store.stock.take(marker, needed).await?
        } else {
            look(store, line, needed).await?
        };
        match take {
            Take::Taken(marker) => markers.push(marker),
            Take::NotCounted => {}
            Take::Short { in_stock } => short.push(Shortage::new(line, in_stock)),
            Take::Gone => short.push(Shortage::new(line, 0)),
        }
    }
    Ok(if short.is_empty() {
        Ok(markers)
    } else {
        Err(short)
    })
}

/// What would come of taking a line, without doing it.
async fn look(store: &Store, line: &OrderLine, needed: u64) -> Result<Take, StoreError> {
    let product = store.products.find(&line.sku.product_id()).await?;
    let offer = product
        .as_ref()
        .and_then(|product| product.offer(&line.sku));
    Ok(match offer.map(|offer| offer.left) {
        None => Take::Gone,
        Some(Some(in_stock)) if in_stock < needed => Take::Short { in_stock },
        Some(_) => Take::NotCounted,
    })
}

/// Removes the markers of a reservation that its checkout has named. What fails here is done by
/// [`reconcile`]: the reservation is complete without it.
pub async fn confirm(store: &Store, markers: &[Marker]) {
    for marker in markers {
        if let Err(error) = store.stock.remove(marker).await {
            let error = anyhow::Error::new(error);
            tracing::warn!(sku = %marker.sku, "a pending marker stays until the next reconciliation: {error:#}");
        }
    }
}

/// Returns what a closed checkout has reserved, once, and records that nothing is reserved for it.
pub async fn release(store: &Store, checkout: &Checkout) -> Result<(), StoreError> {
    let products: Vec<ProductId> = products_of(checkout);
    for marker in store.stock.markers_in(&products).await? {
        if marker.checkout == checkout.id {
            resolve(store, &marker).await?;
        }
    }
    if let Some(checkout) = name_returned(store, checkout).await? {
        for marker in returning(&checkout) {
            store.stock.put_back(&marker).await?;
        }
        store.checkouts.mark_released(&checkout).await?;
    }
    Ok(())
}

/// Announces the return of what is reserved and has the checkout name it. Returns the checkout as
/// it is then; `None` if it is not to return anything, because it was paid after all.
async fn name_returned(store: &Store, checkout: &Checkout) -> Result<Option<Checkout>, StoreError> {
    // It may have been opened, or returned by somebody else, since it was read.
    let Some(current) = store.checkouts.find(checkout.id).await? else {
        return Ok(None);
    };
    if current.round != checkout.round || !current.state.is_closed() {
        return Ok(None);
    }
    let (Some(reserved), None) = (&current.reserved, &current.returned) else {
        return Ok(Some(current));
    };
    let mut markers = Vec::new();
    for line in &current.lines {
        if reserved.contains_key(&line.sku) {
            let marker = current.marker(line, Direction::Back);
            markers.extend(store.stock.announce(marker).await?);
        }
    }
    let returned = tokens(&markers);
    if !store.checkouts.mark_returned(&current, &returned).await? {
        settle(store, &markers).await?;
    }
    store.checkouts.find(checkout.id).await
}

/// The markers by which a checkout returns what it had reserved.
fn returning(checkout: &Checkout) -> Vec<Marker> {
    let tokens = checkout.returned.as_ref();
    let marker = |line: &OrderLine| {
        let token = tokens?.get(&line.sku)?.clone();
        let marker = checkout.marker(line, Direction::Back);
        Some(Marker { token, ..marker })
    };
    checkout.lines.iter().filter_map(marker).collect()
}

fn products_of(checkout: &Checkout) -> Vec<ProductId> {
    let ids = checkout.lines.iter().map(|line| line.sku.product_id());
    ids.collect()
}

/// Finishes every marker that a crash has left behind, and takes over the reservations of an
/// earlier version.
pub async fn reconcile(store: &Store) -> Result<(), StoreError> {
    for marker in store.stock.all_markers().await? {
        try_to_resolve(store, &marker).await;
    }
    while let Some(marker) = store.stock.adopt_held().await? {
        try_to_resolve(store, &marker).await;
    }
    Ok(())
}

/// What one marker meets does not keep the others; it stays until the next reconciliation.
async fn try_to_resolve(store: &Store, marker: &Marker) {
    if let Err(error) = resolve(store, marker).await {
        let error = anyhow::Error::new(error);
        tracing::warn!(
            sku = %marker.sku, checkout.number = %marker.checkout.short(),
            "a pending marker stays until the next reconciliation: {error:#}"
        );
    }
}

/// Finishes markers that another worker may have been faster to have named, or others in their place.
pub async fn settle(store: &Store, markers: &[Marker]) -> Result<(), StoreError> {
    for marker in markers {
        resolve(store, marker).await?;
    }
    Ok(())
}

/// Does what has to become of a marker by what its checkout says.
async fn resolve(store: &Store, marker: &Marker) -> Result<(), StoreError> {
    for _ in 0..ATTEMPTS {
        let checkout = store.checkouts.find(marker.checkout).await?;
        match Fate::of(marker, checkout.as_ref()) {
            Fate::Wait => return Ok(()),
            Fate::Remove => {
                store.stock.remove(marker).await?;
                return Ok(());
            }
            Fate::PutBack => {
                store.stock.put_back(marker).await?;
                return Ok(());
            }
            // Named or not, what the checkout says then is what counts.
            Fate::Name => store.checkouts.name_reserved(marker).await?,
        };
    }
    Err(StoreError::LostRaces)
}
