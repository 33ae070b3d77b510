//! Carts, in the collection `carts`. Every change is one update that the database carries out
//! atomically.

use astra_db::{Database, Timestamp};
use indexmap::IndexMap;
use serde_json::{Value, json};

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
    const COLLECTION: &'static str = "carts";
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
    pub(super) async fn open(database: &Database) -> Result<Self, StoreError> {
        Checked::open(database).await.map(Self)
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
        self.0.find_valid(json!({ "_id": id })).await
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
        for _ in 0..3 {
            let grow = json!({
                "$inc": { &line: pieces, "version": 1 },
                "$set": { "expires_at": expires_at },
            });
            if self
                .change(
                    id,
                    now,
                    json!({ &line: { "$gte": 1, "$lte": has_room } }),
                    &grow,
                )
                .await?
            {
                return Ok(AddOutcome::Added);
            }
            let is_new = json!({ &line: { "$exists": false }, "line_count": { "$gte": 0, "$lt": MAX_LINES } });
            let start = json!({
                "$inc": { &line: pieces, "line_count": 1, "version": 1 },
                "$set": { "expires_at": expires_at },
            });
            if self.change(id, now, is_new, &start).await? {
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
        let line = line(sku);
        let set = json!({
            "$set": { &line: quantity, "expires_at": expires_at },
            "$inc": { "version": 1 },
        });
        self.change(id, now, json!({ &line: { "$exists": true } }), &set)
            .await
    }

    /// Removes a line; answers whether there was one.
    pub async fn remove(&self, id: CartId, sku: &Sku, now: Timestamp) -> Result<bool, StoreError> {
        let line = line(sku);
        let remove = json!({ "$unset": { &line: 1 }, "$inc": { "line_count": -1, "version": 1 } });
        self.change(id, now, json!({ &line: { "$exists": true } }), &remove)
            .await
    }

    /// Notes the checkout session opened for the cart, unless the cart changed since it was read.
    pub async fn set_checkout(
        &self,
        cart: &Cart,
        checkout: CheckoutId,
    ) -> Result<bool, StoreError> {
        let note = json!({ "$set": { "checkout": checkout }, "$inc": { "version": 1 } });
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
        let settle = json!({
            "$set": { "items": left, "line_count": left.len() },
            "$push": { "settled": order },
            "$inc": { "version": 1 },
        });
        guarded(|| self.0.update_one(unchanged(cart), &settle)).await
    }

    /// Deletes the cart, unless it changed since it was read.
    pub async fn delete(&self, cart: &Cart) -> Result<bool, StoreError> {
        let deleted = self.0.delete_one(unchanged(cart)).await?;
        Ok(deleted.deleted_count == Some(1))
    }

    pub(super) async fn delete_expired(&self, now: Timestamp) -> Result<(), StoreError> {
        self.0
            .delete_many(json!({ "expires_at": { "$lte": now } }))
            .await?;
        Ok(())
    }

    async fn change(
        &self,
        id: CartId,
        now: Timestamp,
        condition: Value,
        update: &Value,
    ) -> Result<bool, StoreError> {
        // Where a counter is not a number the document is not a cart, and nothing is added to it.
        let mut filter = json!({
            "_id": id, "expires_at": { "$gt": now },
            "line_count": { "$gte": 0 }, "version": { "$gte": 0 },
        });
        if let (Some(filter), Value::Object(condition)) = (filter.as_object_mut(), condition) {
            filter.extend(condition);
        }
        guarded(|| self.0.update_one(&filter, update)).await
    }
}

/// Where a line is in the document. A SKU holds no dot, so this is always exactly one step down.
fn line(sku: &Sku) -> String {
    format!("items.{sku}")
}

fn unchanged(cart: &Cart) -> Value {
    json!({ "_id": cart.id, "version": cart.version })
}
