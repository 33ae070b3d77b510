//! Dropping a collection.

use std::sync::Arc;

use super::{awaited, call_options, drop_named};
use crate::database::Database;
use crate::error::Result;
use crate::options::Options;

/// Drops a collection. Made by [`Database::drop_collection`].
#[derive(Clone, Debug)]
#[must_use = "a command is sent when it is awaited"]
pub struct DropCollection {
    pub(crate) database: Database,
    pub(crate) name: Arc<str>,
    pub(crate) options: Arc<Options>,
}

impl DropCollection {
    call_options!();

    async fn run(self) -> Result<()> {
        let target = self.database.keyspace_target()?;
        let Self {
            database,
            options,
            name,
        } = &self;
        drop_named(database, options, "deleteCollection", target, name).await
    }
}

awaited!(DropCollection => ());
