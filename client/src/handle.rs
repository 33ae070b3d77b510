//! A collection or table by its name: where the calls of an action go.

use std::sync::Arc;

use serde::Serialize;

use crate::command::{Call, Reply};
use crate::database::Database;
use crate::deadline::{Deadline, Requests};
use crate::error::Result;
use crate::options::Options;
use crate::timeouts::TimeoutCategory;

/// A collection or table without the type of what is in it.
#[derive(Clone, Debug)]
pub(crate) struct NamedRef {
    pub(crate) database: Database,
    pub(crate) name: Arc<str>,
}

impl NamedRef {
    pub(crate) fn options(&self) -> Arc<Options> {
        Arc::clone(self.database.options())
    }

    pub(crate) fn call(&self, command: &'static str, payload: &impl Serialize) -> Result<Call> {
        Call::new(command, self.database.named_target(&self.name)?, payload)
    }

    /// Sends one of several calls of an action.
    pub(crate) async fn send(
        &self,
        call: Call,
        options: &Options,
        deadline: &Deadline,
    ) -> Result<Reply> {
        self.database.execute(call, options, deadline).await
    }

    /// Sends the only call of an action.
    pub(crate) async fn send_one(&self, call: Call, options: &Options) -> Result<Reply> {
        let deadline = Deadline::start(options, TimeoutCategory::General, Requests::One);
        self.send(call, options, &deadline).await
    }
}
