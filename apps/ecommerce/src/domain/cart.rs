//! The cart: which products, how many, and what they cost right now.
//!
//! A cart stores no price. Lines are keyed by SKU, so nothing can have two lines, and adding is one
//! atomic `$inc`: however many tabs add at once, nothing is lost and nothing has to
//! be locked.

mod priced;
mod stored;

use std::time::Duration;

use astra_db::Timestamp;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::domain::checkout::Checkout;
use crate::domain::id::{CartId, CheckoutId, Sku};
use crate::domain::moment::after;
use crate::domain::product::Product;
use crate::domain::quantity::Quantity;
use crate::error::{AppError, Missing};
use crate::store::Store;
use crate::store::carts::AddOutcome;
use shared::field_errors::FieldErrors;

use stored::StoredCart;

pub use priced::{PricedCart, PricedLine, price, priced};

/// How many different products one cart holds.
pub const MAX_LINES: usize = 50;
/// A cart nobody touches for this long is forgotten.
pub const LIFETIME: Duration = Duration::from_hours(30 * 24);

/// A cart as it is stored in the collection `carts`, one document each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "StoredCart")]
pub struct Cart {
    /// The secret that opens it.
    #[serde(rename = "_id")]
    pub id: CartId,
    /// SKU → how many, in the order they were first added.
    pub items: IndexMap<Sku, Quantity>,
    /// What is stored between the items with something that is not a quantity.
    #[serde(skip)]
    pub invalid: Vec<Sku>,
    /// How many entries `items` has, kept beside it so that an update can be conditional on it.
    pub line_count: u64,
    /// Grows with every change, so that a decision taken on what was read can be made conditional
    /// on it.
    pub version: u64,
    /// The checkout session last opened for this cart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checkout: Option<CheckoutId>,
    /// The orders whose lines have been taken out of this cart.
    pub settled: Vec<CheckoutId>,
    /// When it is forgotten.
    pub expires_at: Timestamp,
}

impl Cart {
    /// A new cart holding one line.
    fn holding(item: AddItem, expires_at: Timestamp) -> Self {
        let items = IndexMap::from([(item.sku, item.quantity)]);
        Self {
            id: CartId::random(),
            line_count: 1,
            items,
            invalid: Vec::new(),
            version: 1,
            checkout: None,
            settled: Vec::new(),
            expires_at,
        }
    }

    /// A new cart with nothing in it.
    fn empty(expires_at: Timestamp) -> Self {
        Self {
            id: CartId::random(),
            items: IndexMap::new(),
            invalid: Vec::new(),
            line_count: 0,
            version: 1,
            checkout: None,
            settled: Vec::new(),
            expires_at,
        }
    }

    /// How many pieces it holds.
    pub fn pieces(&self) -> u64 {
        self.items
            .values()
            .map(|quantity| u64::from(quantity.get()))
            .sum()
    }

    /// What is left of the lines once an order has taken its own.
    pub fn items_without(&self, ordered: &[(Sku, Quantity)]) -> IndexMap<Sku, Quantity> {
        let mut left = self.items.clone();
        for (sku, taken) in ordered {
            match left.get(sku).map(|held| held.minus(*taken)) {
                Some(Some(rest)) => {
                    left.insert(sku.clone(), rest);
                }
                Some(None) => {
                    left.shift_remove(sku);
                }
                None => {}
            }
        }
        left
    }
}

/// One product or variant, so many of it, into the cart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddItem {
    /// Which.
    pub sku: Sku,
    /// How many more.
    pub quantity: Quantity,
}

/// Opens an empty cart.
pub async fn open(store: &Store, now: Timestamp) -> Result<CartId, AppError> {
    let cart = Cart::empty(after(now, LIFETIME));
    store.carts.insert(&cart).await?;
    Ok(cart.id)
}

/// Adds to the cart, or to a new one when there is none (any more). Answers the id of the cart that
/// now holds the item.
pub async fn add_or_open(
    store: &Store,
    id: Option<CartId>,
    item: AddItem,
    now: Timestamp,
) -> Result<CartId, AppError> {
    if let Some(id) = id {
        match add(store, id, &item, now).await {
            Err(AppError::NotFound(Missing::Cart)) => {}
            outcome => return outcome.map(|()| id),
        }
    } else {
        let room = room(store, &item.sku, None).await?;
        if item.quantity > room {
            return Err(no_room(room));
        }
    }
    // Never the id that was sent: an id is ours to choose, or somebody could plant a cart they know
    // in another's browser.
    let cart = Cart::holding(item, after(now, LIFETIME));
    store.carts.insert(&cart).await?;
    Ok(cart.id)
}

/// Adds to a cart that must exist.
pub async fn add(
    store: &Store,
    id: CartId,
    item: &AddItem,
    now: Timestamp,
) -> Result<(), AppError> {
    let room = room(store, &item.sku, Some(id)).await?;
    let expires_at = after(now, LIFETIME);
    let outcome = match store.carts.add(id, item, room, now, expires_at).await {
        // What cannot be changed may not be a cart at all. Then there is none to add to.
        Err(error) => match store.carts.find(id, now).await? {
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
    store: &Store,
    id: CartId,
    sku: &Sku,
    quantity: Quantity,
    now: Timestamp,
) -> Result<(), AppError> {
    let room = room(store, sku, Some(id)).await?;
    if quantity > room {
        return Err(invalid("quantity", &format!("Only {room} left")));
    }
    let changed = store
        .carts
        .set_quantity(id, sku, quantity, now, after(now, LIFETIME))
        .await?;
    if changed {
        Ok(())
    } else {
        Err(AppError::NotFound(Missing::CartLine))
    }
}

/// Takes a line out. Removing what is not there is done already.
pub async fn remove(store: &Store, id: CartId, sku: &Sku, now: Timestamp) -> Result<(), AppError> {
    store.carts.remove(id, sku, now).await?;
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

/// The checkout last opened for a cart.
async fn own_checkout(
    store: &Store,
    checkout: Option<CheckoutId>,
) -> Result<Option<Checkout>, AppError> {
    Ok(match checkout {
        Some(id) => store.checkouts.find(id).await?,
        None => None,
    })
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
