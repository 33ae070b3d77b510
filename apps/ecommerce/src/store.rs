//! The shop's questions to its database, one function each. Nothing else in the shop writes a
//! command.

use astra_db::{Database, Timestamp};
use shared::schema::{NotMade, Schema, SchemaRecord};

pub mod carts;
pub mod catalog;
pub mod checked;
pub mod checkouts;
mod error;
pub(crate) mod guarded;
pub mod orders;
pub mod products;
pub mod secrets;
pub mod stock;

pub use error::StoreError;

/// The five collections. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    /// What is sold.
    pub products: products::Products,
    /// How much of it there is.
    pub stock: stock::Stock,
    /// What people have picked.
    pub carts: carts::Carts,
    /// What people are about to pay.
    pub checkouts: checkouts::Checkouts,
    /// What people have bought.
    pub orders: orders::Orders,
    /// What its instances agree on.
    pub secrets: secrets::Secrets,
    /// What has been made in the database.
    pub schema: SchemaRecord,
    database: Database,
}

impl Store {
    /// Opens the collections, creating those that do not exist.
    pub async fn open(database: Database) -> Result<Self, NotMade> {
        let schema = Schema::begin(&database, secrets::COLLECTION, &secrets::definition()).await?;
        let opened = Self::of(&schema).await;
        schema.finish(opened).await
    }

    async fn of(schema: &Schema<'_>) -> Result<Self, NotMade> {
        let database = schema.database();
        Ok(Self {
            products: products::Products::open(schema).await?,
            stock: stock::Stock::of(database.collection("products")),
            carts: carts::Carts::open(schema).await?,
            checkouts: checkouts::Checkouts::open(schema).await?,
            orders: orders::Orders::open(schema).await?,
            secrets: secrets::Secrets::open(schema).await?,
            schema: schema.record(),
            database: database.clone(),
        })
    }

    /// The database itself.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// Deletes carts whose time is over.
    pub async fn forget_carts(&self, now: Timestamp) -> Result<(), StoreError> {
        self.carts.delete_expired(now).await
    }
}
