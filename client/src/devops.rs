//! The DevOps API of Astra (feature `devops`): databases and their keyspaces.
//!
//! The Data API works inside a database. What creates, resumes and drops databases, and keyspaces
//! on Astra, is the DevOps API:
//! <https://docs.datastax.com/en/astra-api-docs/devops-api.html>.
//!
//! ```no_run
//! # async fn run() -> Result<(), astra_db::Error> {
//! use astra_db::DataApiClient;
//! use astra_db::devops::NewDatabase;
//!
//! let client = DataApiClient::new("AstraCS:…");
//! let shop = NewDatabase::new("shop", "GCP", "us-east1").keyspace("shop");
//! let shop = client.admin()?.create_database(shop).await?;
//! let db = client.database_by_id(&shop.id, "us-east1")?;
//! db.create_keyspace("reviews").await?;
//! # Ok(())
//! # }
//! ```

mod admin;
mod connection;
mod database_info;
mod new_database;
mod region;
mod wait;

pub use crate::database_status::DatabaseStatus;
pub use crate::error::{DevOpsError, DevOpsProblem, DevOpsRefusal};
pub use admin::Admin;
pub use database_info::DatabaseInfo;
pub use new_database::NewDatabase;
pub use region::Region;
