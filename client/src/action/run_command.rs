//! Any command, as JSON.

use std::sync::Arc;

use serde::Serialize;

use super::{awaited, call_options};
use crate::call_info::Target;
use crate::command::{Call, Reply};
use crate::database::Database;
use crate::deadline::{Deadline, Requests};
use crate::error::Result;
use crate::options::Options;
use crate::retry_class::RetryClass;

impl Database {
    /// Sends a command as it is: for what is newer than this crate, or has no method here.
    ///
    /// It goes to the keyspace of this handle; say otherwise with [`RunCommand::collection`] or
    /// [`RunCommand::no_keyspace`].
    ///
    /// ```
    /// # async fn run(db: astra_db::Database) -> Result<(), astra_db::Error> {
    /// use serde_json::json;
    ///
    /// let reply = db.command(json!({"findKeyspaces": {}})).no_keyspace().await?;
    /// let status: serde_json::Value = reply.status()?;
    /// println!("{}", status["keyspaces"]);
    ///
    /// let reply = db.command(json!({"findOne": {"filter": {"_id": 1}}})).collection("products").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn command(&self, command: impl Serialize) -> RunCommand {
        RunCommand {
            call: Call::raw(command, Target::database()),
            database: self.clone(),
            level: Level::Keyspace,
            options: Arc::clone(self.options()),
        }
    }
}

/// A raw command. Made by [`Database::command`].
#[derive(Debug)]
#[must_use = "a command is sent when it is awaited"]
pub struct RunCommand {
    database: Database,
    call: Result<Call>,
    level: Level,
    options: Arc<Options>,
}

#[derive(Debug)]
enum Level {
    Database,
    Keyspace,
    Named(Arc<str>),
}

impl RunCommand {
    call_options!();

    /// Sends it to a collection of the handle's keyspace.
    pub fn collection(mut self, name: impl Into<Arc<str>>) -> Self {
        self.level = Level::Named(name.into());
        self
    }

    /// Sends it to a table of the handle's keyspace.
    pub fn table(self, name: impl Into<Arc<str>>) -> Self {
        self.collection(name)
    }

    /// Sends it to the database as a whole.
    pub fn no_keyspace(mut self) -> Self {
        self.level = Level::Database;
        self
    }

    async fn run(self) -> Result<Reply> {
        let mut call = self.call?;
        call.target = match &self.level {
            Level::Database => Target::database(),
            Level::Keyspace => self.database.keyspace_target()?,
            Level::Named(name) => self.database.named_target(name)?,
        };
        let category = RetryClass::of(&call.command).category;
        let deadline = Deadline::start(&self.options, category, Requests::One);
        self.database.execute(call, &self.options, &deadline).await
    }
}

awaited!(RunCommand => Reply);
