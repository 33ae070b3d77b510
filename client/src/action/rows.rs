//! `updateOne`, `deleteOne` and `deleteMany` on tables.

use std::sync::Arc;

use serde::Serialize;
use serde_json::value::RawValue;

use super::part::{Part, optional_object};
use super::{awaited, call_options};
use crate::command::Reply;
use crate::error::{ApiError, Result};
use crate::handle::NamedRef;
use crate::options::Options;

/// What is known of a write to a table: that it was done.
///
/// How many rows there were is not known. The server answers "one matched, one modified" to every
/// update and -1 to every deletion, whatever they met, so there are no counts here.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct WriteResult {
    /// What the server wants to be known.
    pub warnings: Vec<ApiError>,
}

impl From<Reply> for WriteResult {
    fn from(reply: Reply) -> Self {
        Self {
            warnings: reply.warnings,
        }
    }
}

#[derive(Serialize)]
struct Payload<'a> {
    filter: &'a RawValue,
    #[serde(skip_serializing_if = "Option::is_none")]
    update: Option<&'a RawValue>,
}

/// Sends a write; one that may be repeated is so when its answer is lost.
async fn write(
    table: NamedRef,
    command: &'static str,
    parts: (Part, Option<Part>),
    options: Arc<Options>,
    repeatable: bool,
) -> Result<WriteResult> {
    let (filter, update) = parts;
    // A write to one row needs its whole key, as the server says.
    let filter = match command {
        "deleteMany" => filter.filter_of_many(command, "delete_all()")?,
        _ => filter.object(command)?,
    };
    let update = optional_object(update, command)?;
    let payload = Payload {
        filter: &filter,
        update: update.as_deref(),
    };
    let call = table.call(command, &payload)?;
    let call = if repeatable { call.idempotent() } else { call };
    table.send_one(call, &options).await.map(WriteResult::from)
}

/// Writes columns of one row. Made by [`Table::update_one`](crate::Table::update_one).
///
/// The filter is the whole primary key, each column with one value. A row that is not there comes
/// into being: an update is an upsert. Such a row exists by the values it was given, and vanishes
/// with the last of them; one that was inserted stays.
///
/// The operators are `$set`, `$unset`, and on lists, sets and maps `$push` (with `$each` for
/// several) and `$pullAll`. An update is not repeated when its answer is lost, as it would overwrite
/// what somebody else has written in between; [`Options::idempotent`] says otherwise.
///
/// ```no_run
/// # async fn run(vehicles: astra_db::Table) -> Result<(), astra_db::Error> {
/// use astra_db::table::Date;
/// use serde_json::json;
///
/// let key = json!({"id": "0190f7d2-7b2a-7c4e-8f0b-2f7e7a1d3c55"});
/// vehicles.update_one(key, json!({"$set": {"sold": Date::new(2024, 1, 31)}, "$push": {"tags": "sold"}})).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "nothing is sent until it is awaited"]
pub struct UpdateRow {
    table: NamedRef,
    filter: Part,
    update: Part,
    options: Arc<Options>,
}

impl UpdateRow {
    pub(crate) fn new(table: NamedRef, filter: impl Serialize, update: impl Serialize) -> Self {
        Self {
            options: table.options(),
            table,
            filter: Part::new("filter", &filter),
            update: Part::new("update", &update),
        }
    }

    call_options!();

    async fn run(self) -> Result<WriteResult> {
        let parts = (self.filter, Some(self.update));
        write(self.table, "updateOne", parts, self.options, false).await
    }
}

awaited!(UpdateRow => WriteResult);

/// Deletes rows. Made by [`Table::delete_one`](crate::Table::delete_one),
/// [`Table::delete_many`](crate::Table::delete_many) and
/// [`Table::delete_all`](crate::Table::delete_all).
///
/// All of it is one request. The deletion of one row is not repeated when its answer is lost: the
/// row may have been written anew in between. That of many is.
///
/// ```no_run
/// # async fn run(reviews: astra_db::Table) -> Result<(), astra_db::Error> {
/// use astra_db::table::Timestamp;
/// use serde_json::json;
///
/// let vehicle = "0190f7d2-7b2a-7c4e-8f0b-2f7e7a1d3c55";
/// reviews.delete_many(json!({"vehicle": vehicle, "at": {"$lt": Timestamp::now()}})).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "nothing is sent until it is awaited"]
pub struct DeleteRows {
    table: NamedRef,
    filter: Part,
    many: bool,
    options: Arc<Options>,
}

impl DeleteRows {
    pub(crate) fn one(table: NamedRef, filter: impl Serialize) -> Self {
        Self::new(table, Part::new("filter", &filter), false)
    }

    pub(crate) fn many(table: NamedRef, filter: impl Serialize) -> Self {
        Self::new(table, Part::new("filter", &filter), true)
    }

    pub(crate) fn all(table: NamedRef) -> Self {
        Self::new(table, Part::for_all(), true)
    }

    fn new(table: NamedRef, filter: Part, many: bool) -> Self {
        Self {
            options: table.options(),
            table,
            filter,
            many,
        }
    }

    call_options!();

    async fn run(self) -> Result<WriteResult> {
        let command = if self.many { "deleteMany" } else { "deleteOne" };
        let parts = (self.filter, None);
        write(self.table, command, parts, self.options, self.many).await
    }
}

awaited!(DeleteRows => WriteResult);
