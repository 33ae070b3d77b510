//! The shop's questions to its database, one function each. Nothing else in the shop writes a
//! command.

use astra_db::{Database, Timestamp};

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
    database: Database,
}

impl Store {
    /// Opens the collections, creating those that do not exist.
    pub async fn open(database: Database) -> Result<Self, StoreError> {
        let products = products::Products::open(&database).await?;
        Ok(Self {
            stock: stock::Stock::of(database.collection("products")),
            products,
            carts: carts::Carts::open(&database).await?,
            checkouts: checkouts::Checkouts::open(&database).await?,
            orders: orders::Orders::open(&database).await?,
            secrets: secrets::Secrets::open(&database).await?,
            database,
        })
    }

    /// The database itself, for the health check.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// Deletes carts whose time is over.
    pub async fn forget_carts(&self, now: Timestamp) -> Result<(), StoreError> {
        self.carts.delete_expired(now).await
    }
}
