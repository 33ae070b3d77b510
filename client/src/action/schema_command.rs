//! What making, dropping and listing tables, indexes and types have in common.

use std::marker::PhantomData;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::part::Part;
use super::{awaited, call_options};
use crate::call_info::Target;
use crate::command::{Call, Reply};
use crate::database::Database;
use crate::deadline::{Deadline, Requests};
use crate::error::Result;
use crate::options::Options;
use crate::retry_class::RetryClass;

/// The keyspace of a database, or a table in it.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) database: Database,
    pub(crate) table: Option<Arc<str>>,
}

impl Place {
    fn target(&self) -> Result<Target> {
        match &self.table {
            Some(table) => self.database.named_target(table),
            None => self.database.keyspace_target(),
        }
    }

    /// Sends a command on the schema; one whose second run changes nothing is repeated like a read.
    pub(crate) async fn send(
        &self,
        command: &'static str,
        payload: &impl Serialize,
        options: &Options,
        repeatable: bool,
    ) -> Result<Reply> {
        let call = Call::new(command, self.target()?, payload)?;
        let call = if repeatable { call.idempotent() } else { call };
        let category = RetryClass::of(command).category;
        let deadline = Deadline::start(options, category, Requests::One);
        self.database.execute(call, options, &deadline).await
    }
}

/// Makes an index or a type. Made by [`Table::create_index`](crate::Table::create_index) and
/// [`Database::create_type`](crate::Database::create_type).
///
/// # Errors
/// [`is_already_exists`](crate::Error::is_already_exists) when the keyspace has one of this name,
/// unless [`if_not_exists`](Self::if_not_exists) is asked for.
#[derive(Debug)]
#[must_use = "a command is sent when it is awaited"]
pub struct CreateSchema {
    place: Place,
    command: &'static str,
    name: String,
    definition: Part,
    if_not_exists: bool,
    options: Arc<Options>,
}

#[derive(Serialize)]
struct CreatePayload<'a> {
    name: &'a str,
    definition: &'a RawValue,
    #[serde(skip_serializing_if = "Option::is_none")]
    options: Option<IfNotExists>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct IfNotExists {
    if_not_exists: bool,
}

impl CreateSchema {
    pub(crate) fn new(
        place: Place,
        command: &'static str,
        name: impl Into<String>,
        definition: &impl Serialize,
    ) -> Self {
        Self {
            options: Arc::clone(place.database.options()),
            place,
            command,
            name: name.into(),
            definition: Part::new("definition", definition),
            if_not_exists: false,
        }
    }

    call_options!();

    /// Leaves what is there under this name as it is, whatever its definition. The call is then
    /// repeated when its answer is lost.
    pub fn if_not_exists(mut self) -> Self {
        self.if_not_exists = true;
        self
    }

    pub(crate) async fn run(self) -> Result<()> {
        let definition = self.definition.object(self.command)?;
        let payload = CreatePayload {
            name: &self.name,
            definition: &definition,
            options: self.if_not_exists.then_some(IfNotExists {
                if_not_exists: true,
            }),
        };
        let sent = self
            .place
            .send(self.command, &payload, &self.options, self.if_not_exists);
        sent.await.map(drop)
    }
}

awaited!(CreateSchema => ());

/// Drops a table, an index or a type. Made by
/// [`Database::drop_table`](crate::Database::drop_table),
/// [`Database::drop_index`](crate::Database::drop_index) and
/// [`Database::drop_type`](crate::Database::drop_type).
///
/// # Errors
/// [`is_not_found`](crate::Error::is_not_found) when there is none of this name, unless
/// [`if_exists`](Self::if_exists) is asked for.
#[derive(Clone, Debug)]
#[must_use = "a command is sent when it is awaited"]
pub struct DropSchema {
    place: Place,
    command: &'static str,
    name: String,
    if_exists: bool,
    options: Arc<Options>,
}

#[derive(Serialize)]
struct DropPayload<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    options: Option<IfExists>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct IfExists {
    if_exists: bool,
}

impl DropSchema {
    pub(crate) fn new(database: &Database, command: &'static str, name: impl Into<String>) -> Self {
        Self {
            options: Arc::clone(database.options()),
            place: Place {
                database: database.clone(),
                table: None,
            },
            command,
            name: name.into(),
            if_exists: false,
        }
    }

    call_options!();

    /// One that is not there is fine.
    pub fn if_exists(mut self) -> Self {
        self.if_exists = true;
        self
    }

    async fn run(self) -> Result<()> {
        let payload = DropPayload {
            name: &self.name,
            options: self.if_exists.then_some(IfExists { if_exists: true }),
        };
        // Not repeated: somebody may have made it anew in between.
        let sent = self
            .place
            .send(self.command, &payload, &self.options, false);
        sent.await.map(drop)
    }
}

awaited!(DropSchema => ());

/// Lists tables, indexes or types: `T` is their description, or `String` for their names. Made by
/// [`Database::list_tables`](crate::Database::list_tables),
/// [`Table::list_indexes`](crate::Table::list_indexes),
/// [`Database::list_types`](crate::Database::list_types) and their like for names.
#[derive(Clone, Debug)]
#[must_use = "a command is sent when it is awaited"]
pub struct ListSchema<T> {
    place: Place,
    command: &'static str,
    explain: bool,
    options: Arc<Options>,
    item: PhantomData<fn() -> T>,
}

#[derive(Serialize)]
struct ListPayload {
    options: Explain,
}

#[derive(Serialize)]
struct Explain {
    explain: bool,
}

#[derive(Deserialize)]
struct Listed<T> {
    #[serde(rename = "tables", alias = "indexes", alias = "types")]
    items: Vec<T>,
}

impl<T> ListSchema<T> {
    /// A command with all that is to know, or with names only: that decides `T`.
    pub(crate) fn new(place: Place, command: &'static str, explain: bool) -> Self {
        Self {
            options: Arc::clone(place.database.options()),
            place,
            command,
            explain,
            item: PhantomData,
        }
    }

    call_options!();
}

impl<T: DeserializeOwned + 'static> ListSchema<T> {
    async fn run(self) -> Result<Vec<T>> {
        let Self {
            place,
            command,
            explain,
            options,
            item: _,
        } = self;
        let payload = ListPayload {
            options: Explain { explain },
        };
        let reply = place.send(command, &payload, &options, true).await?;
        Ok(reply.status::<Listed<T>>()?.items)
    }
}

awaited!(ListSchema<T> => Vec<T>, T: DeserializeOwned + 'static);
