//! Builders that answer a handle, or that a handle of a table makes: of collections and tables as a
//! whole.

mod collections;
mod sync_collection;
mod sync_table;
mod tables;

pub use collections::{CreateCollection, ListCollectionNames, ListCollections};
pub use sync_collection::SyncCollection;
pub use sync_table::SyncTable;
pub use tables::{AlterTable, CreateTable};
