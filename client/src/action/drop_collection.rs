//! Dropping a collection.

use std::sync::Arc;

use serde::Serialize;

use super::{awaited, call_options, execute};
use crate::database::Database;
use crate::error::Result;
use crate::options::Options;

/// Drops a collection. Made by [`Database::drop_collection`].
#[derive(Clone, Debug)]
#[must_use = "a command is sent when it is awaited"]
pub struct DropCollection {
    pub(super) database: Database,
    pub(super) name: Arc<str>,
    pub(super) options: Arc<Options>,
}

impl DropCollection {
    call_options!();
}

#[derive(Serialize)]
struct DropPayload<'a> {
    name: &'a str,
}

impl DropCollection {
    async fn run(self) -> Result<()> {
        let target = self.database.keyspace_target()?;
        let payload = DropPayload { name: &self.name };
        execute(
            &self.database,
            &self.options,
            "deleteCollection",
            target,
            &payload,
        )
        .await?;
        Ok(())
    }
}

awaited!(DropCollection => ());
