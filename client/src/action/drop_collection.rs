//! Dropping a collection.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use serde::Serialize;

use super::{call_options, execute};
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

impl IntoFuture for DropCollection {
    type Output = Result<()>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
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
        })
    }
}
