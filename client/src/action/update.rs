//! `updateOne`, `updateMany`, and what all updates answer.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::part::Part;
use super::{awaited, call_options};
use crate::command::Reply;
use crate::deadline::{Deadline, Requests};
use crate::error::{ApiError, Error, PartialUpdate, Result};
use crate::handle::NamedRef;
use crate::options::Options;
use crate::sort::Sort;
use crate::timeouts::TimeoutCategory;
use crate::value::DocumentId;

/// What an update or a replacement did.
///
/// | Happened | matched | modified | upserted |
/// |---|---|---|---|
/// | nothing matched | 0 | 0 | |
/// | matched, but already as the update would leave it | 1 | 0 | |
/// | matched, but changed by somebody else meanwhile so that it no longer matched | 1 | 0 | |
/// | changed | 1 | 1 | |
/// | nothing matched and `upsert` stored a new document | 0 | 0 | its `_id` |
///
/// Who guards an update by a condition in the filter therefore looks at `modified_count`.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct UpdateResult {
    /// How many documents matched the filter.
    pub matched_count: u64,
    /// How many documents were changed.
    pub modified_count: u64,
    /// The `_id` of the document that an upsert stored.
    pub upserted_id: Option<DocumentId>,
    /// What the server wants to be known.
    pub warnings: Vec<ApiError>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct UpdateStatus {
    matched_count: u64,
    modified_count: u64,
    upserted_id: Option<DocumentId>,
    // Under `status` here, not under `data` as for find.
    next_page_state: Option<String>,
}

impl UpdateResult {
    pub(super) fn read(reply: Reply) -> Result<Self> {
        let UpdateStatus {
            matched_count,
            modified_count,
            upserted_id,
            ..
        } = reply.status()?;
        Ok(Self {
            matched_count,
            modified_count,
            upserted_id,
            warnings: reply.warnings,
        })
    }
}

/// Changes one document. Made by [`Collection::update_one`](crate::Collection::update_one).
///
/// The change of one document is atomic. An update is not repeated when its answer is lost: see
/// [`Error::is_outcome_unknown`], and [`Options::idempotent`] for those that may be.
///
/// ```no_run
/// # async fn run(carts: astra_db::Collection) -> Result<(), astra_db::Error> {
/// use serde_json::json;
///
/// let result = carts
///     .update_one(json!({"_id": "cart-1", "status": "open"}), json!({"$inc": {"items.teapot": 2}}))
///     .await?;
/// if result.modified_count == 0 {
///     println!("there is no such open cart");
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "nothing is sent until it is awaited"]
pub struct UpdateOne {
    collection: NamedRef,
    filter: Part,
    update: Part,
    sort: Option<Sort>,
    upsert: bool,
    options: Arc<Options>,
}

#[derive(Serialize)]
struct Payload<'a> {
    filter: &'a RawValue,
    update: &'a RawValue,
    #[serde(skip_serializing_if = "Option::is_none")]
    sort: Option<&'a Sort>,
    options: UpdateOptions<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UpdateOptions<'a> {
    upsert: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    page_state: Option<&'a str>,
}

impl UpdateOne {
    pub(crate) fn new(
        collection: NamedRef,
        filter: impl Serialize,
        update: impl Serialize,
    ) -> Self {
        Self {
            options: collection.options(),
            collection,
            filter: Part::new("filter", &filter),
            update: Part::new("update", &update),
            sort: None,
            upsert: false,
        }
    }

    call_options!();

    /// Which document to take when several match: the first of this order. At most 10,000 documents
    /// may match.
    pub fn sort(mut self, sort: impl Into<Sort>) -> Self {
        self.sort = Some(sort.into());
        self
    }

    /// Stores a new document when none matches: the equalities of the filter, then the update,
    /// `$setOnInsert` included.
    pub fn upsert(mut self, upsert: bool) -> Self {
        self.upsert = upsert;
        self
    }

    async fn run(self) -> Result<UpdateResult> {
        let filter = self.filter.filter_of_one("updateOne")?;
        let update = self.update.object("updateOne")?;
        let options = UpdateOptions {
            upsert: self.upsert,
            page_state: None,
        };
        let payload = Payload {
            filter: &filter,
            update: &update,
            sort: self.sort.as_ref(),
            options,
        };
        let call = self.collection.call("updateOne", &payload)?;
        UpdateResult::read(self.collection.send_one(call, &self.options).await?)
    }
}

awaited!(UpdateOne => UpdateResult);

/// Changes every document that matches. Made by
/// [`Collection::update_many`](crate::Collection::update_many) and
/// [`Collection::update_all`](crate::Collection::update_all).
///
/// A filter without any condition is refused, so that a struct whose fields are all left out does
/// not change every document by accident.
///
/// The server changes a page of documents per request; this asks until none is left. Each document
/// is changed atomically, all of them together are not.
///
/// # Errors
/// [`Error::UpdateMany`] when a request failed after others had succeeded, with what those had
/// done.
///
/// ```no_run
/// # async fn run(products: astra_db::Collection) -> Result<(), astra_db::Error> {
/// use serde_json::json;
///
/// let result = products.update_many(json!({"stock": 0}), json!({"$set": {"listed": false}})).await?;
/// println!("{} of {} products taken off the list", result.modified_count, result.matched_count);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "nothing is sent until it is awaited"]
pub struct UpdateMany {
    collection: NamedRef,
    filter: Part,
    update: Part,
    upsert: bool,
    options: Arc<Options>,
}

impl UpdateMany {
    pub(crate) fn new(
        collection: NamedRef,
        filter: impl Serialize,
        update: impl Serialize,
    ) -> Self {
        Self::of(collection, Part::new("filter", &filter), update)
    }

    pub(crate) fn all(collection: NamedRef, update: impl Serialize) -> Self {
        Self::of(collection, Part::for_all(), update)
    }

    fn of(collection: NamedRef, filter: Part, update: impl Serialize) -> Self {
        Self {
            options: collection.options(),
            collection,
            filter,
            update: Part::new("update", &update),
            upsert: false,
        }
    }

    call_options!();

    /// Stores a new document when none matches: the equalities of the filter, then the update,
    /// `$setOnInsert` included.
    pub fn upsert(mut self, upsert: bool) -> Self {
        self.upsert = upsert;
        self
    }

    async fn run(self) -> Result<UpdateResult> {
        let filter = self
            .filter
            .filter_of_many("updateMany", "update_all(update)")?;
        let update = self.update.object("updateMany")?;
        let deadline = Deadline::start(&self.options, TimeoutCategory::General, Requests::Many);
        let mut total = UpdateResult::default();
        let mut page_state: Option<String> = None;
        loop {
            // An upsert belongs to the first page: on a later one "nothing matched" means the end.
            let upsert = self.upsert && page_state.is_none();
            let options = UpdateOptions {
                upsert,
                page_state: page_state.as_deref(),
            };
            let payload = Payload {
                filter: &filter,
                update: &update,
                sort: None,
                options,
            };
            let call = self.collection.call("updateMany", &payload)?;
            let deadline = deadline.for_request();
            let answer = self.collection.send(call, &self.options, &deadline).await;
            let (answer, denied) = Reply::despite_warnings(answer);
            let added = answer.and_then(|reply| total.add(reply));
            if let (Ok(_), Some(cause)) = (&added, denied) {
                return Err(total.partial(cause));
            }
            match added {
                Ok(None) => return Ok(total),
                Ok(next) => page_state = next,
                Err(cause) if page_state.is_none() => return Err(cause),
                Err(cause) => return Err(total.partial(cause)),
            }
        }
    }
}

impl UpdateResult {
    /// Adds one page and answers where the next one starts.
    fn add(&mut self, reply: Reply) -> Result<Option<String>> {
        let status: UpdateStatus = reply.status()?;
        self.matched_count += status.matched_count;
        self.modified_count += status.modified_count;
        self.upserted_id = self.upserted_id.take().or(status.upserted_id);
        self.warnings.extend(reply.warnings);
        Ok(status.next_page_state)
    }

    fn partial(self, cause: Error) -> Error {
        let Self {
            matched_count,
            modified_count,
            ..
        } = self;
        Error::UpdateMany(Box::new(PartialUpdate {
            matched_count,
            modified_count,
            cause,
        }))
    }
}

awaited!(UpdateMany => UpdateResult);
