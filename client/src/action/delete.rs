//! `deleteOne` and `deleteMany`

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::part::Part;
use super::{awaited, call_options};
use crate::command::Reply;
use crate::deadline::{Deadline, Requests};
use crate::error::{ApiError, Error, PartialDelete, Result};
use crate::handle::NamedRef;
use crate::options::Options;
use crate::sort::Sort;
use crate::timeouts::TimeoutCategory;

/// What a deletion did.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DeleteResult {
    /// How many documents were deleted. `None` when that is not known: the whole collection was
    /// emptied in one step, or the answer to a request of `delete_many` was lost and the request
    /// repeated.
    pub deleted_count: Option<u64>,
    /// What the server wants to be known.
    pub warnings: Vec<ApiError>,
}

#[derive(Serialize)]
struct Payload<'a> {
    filter: &'a RawValue,
    #[serde(skip_serializing_if = "Option::is_none")]
    sort: Option<&'a Sort>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    /// -1 where the server does not know.
    deleted_count: i64,
    #[serde(default)]
    more_data: bool,
}

/// Deletes one document. Made by [`Collection::delete_one`](crate::Collection::delete_one).
///
/// It is not repeated when its answer is lost: the document may have been stored anew in between.
///
/// ```no_run
/// # async fn run(tokens: astra_db::Collection) -> Result<(), astra_db::Error> {
/// use serde_json::json;
///
/// let mine = tokens.delete_one(json!({"_id": "one-time"})).await?.deleted_count == Some(1);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "nothing is sent until it is awaited"]
pub struct DeleteOne {
    collection: NamedRef,
    filter: Part,
    sort: Option<Sort>,
    options: Arc<Options>,
}

impl DeleteOne {
    pub(crate) fn new(collection: NamedRef, filter: impl Serialize) -> Self {
        Self {
            options: collection.options(),
            collection,
            filter: Part::new("filter", &filter),
            sort: None,
        }
    }

    call_options!();

    /// Which document to take when several match: the first of this order. At most 10,000 documents
    /// may match.
    pub fn sort(mut self, sort: impl Into<Sort>) -> Self {
        self.sort = Some(sort.into());
        self
    }

    async fn run(self) -> Result<DeleteResult> {
        let filter = self.filter.filter_of_one("deleteOne")?;
        let payload = Payload {
            filter: &filter,
            sort: self.sort.as_ref(),
        };
        let call = self.collection.call("deleteOne", &payload)?;
        let reply = self.collection.send_one(call, &self.options).await?;
        let Status { deleted_count, .. } = reply.status()?;
        Ok(DeleteResult {
            deleted_count: deleted_count.try_into().ok(),
            warnings: reply.warnings,
        })
    }
}

awaited!(DeleteOne => DeleteResult);

/// Deletes every document that matches. Made by
/// [`Collection::delete_many`](crate::Collection::delete_many) and
/// [`Collection::delete_all`](crate::Collection::delete_all).
///
/// The server deletes some documents per request; this asks until none is left. A filter without any
/// condition, also one of nothing but empty `$and`s and `$or`s, is refused, so that a struct whose
/// fields are all left out does not empty the collection by accident: `delete_all` does it, in one
/// step that leaves the count unknown.
///
/// A request whose answer is lost is repeated: to this method it is one more round over the same
/// filter.
///
/// # Errors
/// [`Error::DeleteMany`] when a request failed after others had succeeded, with what those had
/// done.
///
/// ```no_run
/// # async fn run(sessions: astra_db::Collection) -> Result<(), astra_db::Error> {
/// use astra_db::Timestamp;
/// use serde_json::json;
///
/// let result = sessions.delete_many(json!({"expires": {"$lt": Timestamp::now()}})).await?;
/// println!("{:?} sessions were over", result.deleted_count);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "nothing is sent until it is awaited"]
pub struct DeleteMany {
    collection: NamedRef,
    filter: Part,
    options: Arc<Options>,
}

/// What the rounds so far have done.
struct Rounds {
    /// Certainly deleted.
    at_least: u64,
    exact: bool,
    warnings: Vec<ApiError>,
}

impl DeleteMany {
    pub(crate) fn new(collection: NamedRef, filter: impl Serialize) -> Self {
        Self::of(collection, Part::new("filter", &filter))
    }

    pub(crate) fn all(collection: NamedRef) -> Self {
        Self::of(collection, Part::for_all())
    }

    fn of(collection: NamedRef, filter: Part) -> Self {
        Self {
            options: collection.options(),
            collection,
            filter,
        }
    }

    call_options!();

    async fn run(self) -> Result<DeleteResult> {
        let filter = self.filter.filter_of_many("deleteMany", "delete_all()")?;
        let deadline = Deadline::start(&self.options, TimeoutCategory::General, Requests::Many);
        let mut rounds = Rounds {
            at_least: 0,
            exact: true,
            warnings: Vec::new(),
        };
        loop {
            let payload = Payload {
                filter: &filter,
                sort: None,
            };
            let call = self.collection.call("deleteMany", &payload)?.idempotent();
            let deadline = deadline.for_request();
            let answer = self.collection.send(call, &self.options, &deadline).await;
            let (answer, denied) = Reply::despite_warnings(answer);
            let added = answer.and_then(|reply| rounds.add(reply));
            match (added, denied) {
                (Ok(true), None) => {}
                (Ok(false), None) => return Ok(rounds.result()),
                (Err(cause), _) if rounds.at_least == 0 => return Err(cause),
                (Ok(_), Some(cause)) | (Err(cause), _) => return Err(rounds.partial(cause)),
            }
        }
    }
}

impl Rounds {
    /// Adds one round and answers whether there is more to delete.
    fn add(&mut self, reply: Reply) -> Result<bool> {
        let Status {
            deleted_count,
            more_data,
        } = reply.status()?;
        match u64::try_from(deleted_count) {
            Ok(deleted) => self.at_least += deleted,
            Err(_) => self.exact = false,
        }
        self.exact &= !reply.call.earlier_attempt_unknown;
        self.warnings.extend(reply.warnings);
        Ok(more_data)
    }

    fn partial(self, cause: Error) -> Error {
        Error::DeleteMany(Box::new(PartialDelete {
            deleted_count: self.at_least,
            cause,
        }))
    }

    fn result(self) -> DeleteResult {
        DeleteResult {
            deleted_count: self.exact.then_some(self.at_least),
            warnings: self.warnings,
        }
    }
}

awaited!(DeleteMany => DeleteResult);
