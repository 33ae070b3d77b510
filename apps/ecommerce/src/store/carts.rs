//! Carts, in the collection `carts`. Every change is one update that the database carries out
//! atomically.

use astra_db::query::Field;
use astra_db::{CollectionDocument as _, Filter, Timestamp, Update};
use indexmap::IndexMap;
use shared::schema::{NotMade, Schema};

use crate::domain::cart::{AddItem, Cart, MAX_LINES};
use crate::domain::id::{CartId, CheckoutId, Sku};
use crate::domain::quantity::Quantity;
use crate::store::checked::{Checked, Stored};
use crate::store::error::StoreError;
use crate::store::guarded::guarded;

/// Questions about carts.
#[derive(Debug, Clone)]
pub struct Carts(Checked<Cart>);

impl Stored for Cart {
    const COLLECTION: &'static str = Self::COLLECTION_NAME;
    const IS_SECRET: bool = true;
}

/// What became of adding to a cart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddOutcome {
    /// The cart holds more now.
    Added,
    /// There is no such cart, or its time is over.
    NoCart,
    /// The line would hold more than a line may.
    LineFull,
    /// What the line holds is not a quantity.
    LineInvalid,
    /// The cart has as many lines as a cart may.
    CartFull,
}

impl Carts {
    pub(super) async fn open(schema: &Schema<'_>) -> Result<Self, NotMade> {
        Checked::open(schema).await.map(Self)
    }

    /// A cart whose time is not over.
    pub async fn find(&self, id: CartId, now: Timestamp) -> Result<Option<Cart>, StoreError> {
        Ok(self
            .find_even_expired(id)
            .await?
            .filter(|cart| cart.expires_at > now))
    }

    /// A cart, expired or not: a paid order still has to be taken out of it.
    pub async fn find_even_expired(&self, id: CartId) -> Result<Option<Cart>, StoreError> {
        self.0.find_valid(Cart::id().eq(id)).await
    }

    /// Stores a new cart.
    pub async fn insert(&self, cart: &Cart) -> Result<(), StoreError> {
        self.0.insert_one(cart).await?;
        Ok(())
    }

    /// Adds to a line or makes it, within the limits of a cart. The line then holds `room` at most.
    ///
    /// Two updates are tried, each conditional on what it needs: the line is there and has room;
    /// the line is not there and the cart has room. When neither applies, reading the cart tells
    /// why, or that somebody was faster and it is worth another try.
    pub async fn add(
        &self,
        id: CartId,
        item: &AddItem,
        room: Quantity,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<AddOutcome, StoreError> {
        let (line, pieces) = (line(&item.sku), item.quantity.get());
        let Some(has_room) = room.get().checked_sub(pieces) else {
            let cart = self.find(id, now).await?;
            return Ok(cart.map_or(AddOutcome::NoCart, |_| AddOutcome::LineFull));
        };
        let more = line.clone().inc(pieces).and(Cart::version().inc(1));
        let more = more.and(Cart::expires_at().set(expires_at));
        let start = more.clone().and(Cart::line_count().inc(1));
        let line = line.untyped();
        let fits = line.clone().gte(1).and(line.clone().lte(has_room));
        let is_new = line
            .is_missing()
            .and(Cart::line_count().untyped().lt(MAX_LINES));
        for _ in 0..3 {
            if self.change(id, now, &fits, &more).await?
                || self.change(id, now, &is_new, &start).await?
            {
                return Ok(AddOutcome::Added);
            }
            let Some(cart) = self.find(id, now).await? else {
                return Ok(AddOutcome::NoCart);
            };
            match cart.items.get(&item.sku) {
                Some(held) if held.get() > has_room => return Ok(AddOutcome::LineFull),
                None if cart.invalid.contains(&item.sku) => return Ok(AddOutcome::LineInvalid),
                None if cart.items.len() >= MAX_LINES => return Ok(AddOutcome::CartFull),
                _ => {}
            }
        }
        Err(StoreError::LostRaces)
    }

    /// Sets the quantity of a line that must exist; answers whether it does.
    pub async fn set_quantity(
        &self,
        id: CartId,
        sku: &Sku,
        quantity: Quantity,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<bool, StoreError> {
        let set = line(sku).set(quantity).and(Cart::version().inc(1));
        let set = set.and(Cart::expires_at().set(expires_at));
        self.change(id, now, &line(sku).exists(), &set).await
    }

    /// Removes a line; answers whether there was one.
    pub async fn remove(&self, id: CartId, sku: &Sku, now: Timestamp) -> Result<bool, StoreError> {
        let fewer = Cart::line_count().inc(-1).and(Cart::version().inc(1));
        let remove = line(sku).unset().and(fewer);
        self.change(id, now, &line(sku).exists(), &remove).await
    }

    /// Notes the checkout session opened for the cart, unless the cart changed since it was read.
    pub async fn set_checkout(
        &self,
        cart: &Cart,
        checkout: CheckoutId,
    ) -> Result<bool, StoreError> {
        let note = Cart::checkout().set(checkout).and(Cart::version().inc(1));
        guarded(|| self.0.update_one(unchanged(cart), &note)).await
    }

    /// Stores what is left after an order and that the order has been taken out, unless the cart
    /// changed since it was read.
    pub async fn settle(
        &self,
        cart: &Cart,
        left: &IndexMap<Sku, Quantity>,
        order: CheckoutId,
    ) -> Result<bool, StoreError> {
        let settle = Cart::items().set(left).and(Cart::settled().push(order));
        let settle = settle.and(Cart::line_count().untyped().set(left.len()));
        let settle = settle.and(Cart::version().inc(1));
        guarded(|| self.0.update_one(unchanged(cart), &settle)).await
    }

    /// Deletes the cart, unless it changed since it was read.
    pub async fn delete(&self, cart: &Cart) -> Result<bool, StoreError> {
        let deleted = self.0.delete_one(unchanged(cart)).await?;
        Ok(deleted.deleted_count == Some(1))
    }

    pub(super) async fn delete_expired(&self, now: Timestamp) -> Result<(), StoreError> {
        self.0.delete_many(Cart::expires_at().lte(now)).await?;
        Ok(())
    }

    async fn change(
        &self,
        id: CartId,
        now: Timestamp,
        condition: &Filter<Cart>,
        update: &Update<Cart>,
    ) -> Result<bool, StoreError> {
        let this = Cart::id().eq(id).and(Cart::expires_at().gt(now));
        // Where a counter is not a number the document is not a cart, and nothing is added to it.
        let counted = Cart::line_count().gte(0).and(Cart::version().gte(0));
        let filter = this.and(counted).and(condition.clone());
        guarded(|| self.0.update_one(&filter, update)).await
    }
}

/// Where a line is in the document.
fn line(sku: &Sku) -> Field<Cart, Quantity> {
    Cart::items().key(sku)
}

fn unchanged(cart: &Cart) -> Filter<Cart> {
    Cart::id().eq(cart.id).and(Cart::version().eq(cart.version))
}
