//! `insertOne`

use std::marker::PhantomData;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::part::Part;
use super::{awaited, call_options};
use crate::command::malformed;
use crate::error::{ApiError, Result};
use crate::handle::NamedRef;
use crate::inserted_id::InsertedId;
use crate::options::Options;
use crate::schema::Columns;
use crate::value::{DocumentId, Value};

/// Stores a new document or a row. Made by
/// [`Collection::insert_one`](crate::Collection::insert_one) and
/// [`Table::insert_one`](crate::Table::insert_one).
///
/// # Documents
/// A document without `_id` gets one from the server. With its own `_id` the call is repeated when
/// its answer is lost: the server never stores an `_id` twice. Should the repetition find the `_id`
/// taken, the first, lost answer is reported
/// ([`Error::is_outcome_unknown`](crate::Error::is_outcome_unknown)), as the document may be this
/// one.
///
/// # Rows
/// A row always brings its primary key, and is written over a row of the same key, column by
/// column: a column that is missing keeps its value, `null` erases it. It is not repeated when its
/// answer is lost, as it would overwrite what somebody else has written in between;
/// [`Options::idempotent`] says otherwise.
///
/// # Errors
/// [`is_already_exists`](crate::Error::is_already_exists) when there is a document of this `_id`;
/// nothing is overwritten then. Rows are never refused for that.
///
/// ```no_run
/// # async fn run(orders: astra_db::Collection) -> Result<(), astra_db::Error> {
/// use astra_db::doc;
///
/// match orders.insert_one(doc!({"_id": "session-7", "total": 120})).await {
///     Ok(result) => println!("stored {}", result.inserted_id),
///     Err(error) if error.is_already_exists() => println!("stored before"),
///     Err(error) => return Err(error),
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "nothing is sent until it is awaited"]
pub struct InsertOne<I = DocumentId> {
    collection: NamedRef,
    document: Part,
    options: Arc<Options>,
    id: PhantomData<fn() -> I>,
}

/// What [`InsertOne`] stored.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct InsertOneResult<I = DocumentId> {
    /// The `_id` of the document, its own or the one the server made; or the primary key of the
    /// row, those of its columns that say which row it is.
    pub inserted_id: I,
    /// What the server wants to be known.
    pub warnings: Vec<ApiError>,
}

#[derive(Serialize)]
struct Payload<'a> {
    document: &'a RawValue,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    inserted_ids: Vec<Value>,
    #[serde(default)]
    primary_key_schema: Columns,
}

impl<I: InsertedId> InsertOne<I> {
    pub(crate) fn new(collection: NamedRef, document: &impl Serialize) -> Self {
        let options = collection.options();
        Self {
            collection,
            document: Part::new("document", document),
            options,
            id: PhantomData,
        }
    }

    call_options!();

    async fn run(self) -> Result<InsertOneResult<I>> {
        let document = self.document.object("insertOne")?;
        let mut call = self.collection.call(
            "insertOne",
            &Payload {
                document: &document,
            },
        )?;
        if I::may_be_repeated(&document) {
            call = call.idempotent();
        }
        let reply = self.collection.send_one(call, &self.options).await?;
        let Status {
            inserted_ids,
            primary_key_schema,
        } = reply.status()?;
        let inserted_id = inserted_ids
            .into_iter()
            .next()
            .and_then(|id| I::read(id, &primary_key_schema))
            .ok_or_else(|| malformed(&reply.call, "status.insertedIds", "an id is missing"))?;
        Ok(InsertOneResult {
            inserted_id,
            warnings: reply.warnings,
        })
    }
}

awaited!(InsertOne<I> => InsertOneResult<I>, I: InsertedId);
