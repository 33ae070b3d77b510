//! `findOneAndUpdate`, `findOneAndReplace`, `findOneAndDelete`, and `replace_one`, which is the
//! second without a document in its answer.

use std::marker::PhantomData;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::call_options;
use super::find_one::OneDocument;
use super::part::{Part, optional_object};
use super::update::UpdateResult;
use crate::collection::CollectionRef;
use crate::command::Reply;
use crate::error::{ApiError, Result};
use crate::options::Options;
use crate::sort::Sort;

/// Which state of a changed document to answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReturnDocument {
    /// As it was; `None` when an upsert stored it.
    #[default]
    Before,
    /// As it is then.
    After,
}

/// A document and what was done to it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FoundAndUpdated<T> {
    /// The document, before or after; `None` if none matched.
    pub document: Option<T>,
    /// What was done.
    pub result: UpdateResult,
}

/// A document and whether it was deleted.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FoundAndDeleted<T> {
    /// The document that is gone; `None` if none matched.
    pub document: Option<T>,
    /// What the server wants to be known.
    pub warnings: Vec<ApiError>,
}

#[derive(Serialize)]
struct Payload<'a> {
    filter: &'a RawValue,
    #[serde(skip_serializing_if = "Option::is_none")]
    update: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    replacement: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sort: Option<&'a Sort>,
    #[serde(skip_serializing_if = "Option::is_none")]
    projection: Option<&'a RawValue>,
    // findOneAndDelete refuses even empty options.
    #[serde(skip_serializing_if = "Option::is_none")]
    options: Option<WireOptions>,
}

#[derive(Clone, Copy, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct WireOptions {
    return_document: ReturnDocument,
    upsert: bool,
}

/// Which document, in which order, and what of it: what all three commands have.
#[derive(Debug)]
struct Selection {
    collection: CollectionRef,
    filter: Part,
    sort: Option<Sort>,
    projection: Option<Part>,
}

/// What to do with it.
enum Change {
    Update(Part, WireOptions),
    Replace(Part, WireOptions),
    Delete,
}

impl Selection {
    fn new(collection: CollectionRef, filter: impl Serialize) -> Self {
        Self {
            collection,
            filter: Part::new("filter", &filter),
            sort: None,
            projection: None,
        }
    }

    async fn send(self, command: &'static str, change: Change, options: &Options) -> Result<Reply> {
        let filter = self.filter.object(command)?;
        let projection = optional_object(self.projection, command)?;
        let (update, replacement, wire) = match change {
            Change::Update(update, wire) => (Some(update.object(command)?), None, Some(wire)),
            Change::Replace(replacement, wire) => {
                (None, Some(replacement.object(command)?), Some(wire))
            }
            Change::Delete => (None, None, None),
        };
        let payload = Payload {
            filter: &filter,
            update: update.as_deref(),
            replacement: replacement.as_deref(),
            sort: self.sort.as_ref(),
            projection: projection.as_deref(),
            options: wire,
        };
        let call = self.collection.call(command, &payload)?;
        self.collection.send_one(call, options).await
    }
}

fn found_and_updated<T: DeserializeOwned>(reply: Reply) -> Result<FoundAndUpdated<T>> {
    let OneDocument { document } = reply.data()?;
    Ok(FoundAndUpdated {
        document,
        result: UpdateResult::read(reply)?,
    })
}

/// The setters every one of the builders has.
macro_rules! selection {
    () => {
        call_options!();

        /// Which document to take when several match: the first of this order. At most 10,000
        /// documents may match, except for a sort by vector.
        pub fn sort(mut self, sort: impl Into<Sort>) -> Self {
            self.selection.sort = Some(sort.into());
            self
        }

        /// Which fields of the document to answer: `{"name": 1}`, `{"huge": 0}`, `{"*": 1}` for
        /// all, `$vector` included, which is left out otherwise.
        pub fn projection(mut self, projection: impl Serialize) -> Self {
            self.selection.projection = Some(Part::new("projection", &projection));
            self
        }
    };
}

/// Changes one document and answers it. Made by
/// [`Collection::find_one_and_update`](crate::Collection::find_one_and_update).
///
/// Finding and changing are one atomic step. Awaiting it answers the document;
/// [`details`](Self::details) the counts too.
///
/// ```no_run
/// # async fn run(counters: astra_db::Collection) -> Result<(), astra_db::Error> {
/// use astra_db::ReturnDocument;
/// use serde_json::json;
///
/// let counter = counters
///     .find_one_and_update(json!({"_id": "visits"}), json!({"$inc": {"n": 1}}))
///     .return_document(ReturnDocument::After)
///     .upsert(true)
///     .await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "nothing is sent until it is awaited"]
pub struct FindOneAndUpdate<T> {
    selection: Selection,
    update: Part,
    wire: WireOptions,
    options: Arc<Options>,
    item: PhantomData<fn() -> T>,
}

impl<T> FindOneAndUpdate<T> {
    pub(crate) fn new(
        collection: CollectionRef,
        filter: impl Serialize,
        update: impl Serialize,
    ) -> Self {
        Self {
            options: collection.options(),
            selection: Selection::new(collection, filter),
            update: Part::new("update", &update),
            wire: WireOptions::default(),
            item: PhantomData,
        }
    }

    selection!();

    /// Whether to answer the document as it was, which is the default, or as it is then.
    pub fn return_document(mut self, state: ReturnDocument) -> Self {
        self.wire.return_document = state;
        self
    }

    /// Stores a new document when none matches: the equalities of the filter, then the update,
    /// `$setOnInsert` included.
    pub fn upsert(mut self, upsert: bool) -> Self {
        self.wire.upsert = upsert;
        self
    }
}

impl<T: DeserializeOwned> FindOneAndUpdate<T> {
    /// Answers the document and what was done.
    pub async fn details(self) -> Result<FoundAndUpdated<T>> {
        let change = Change::Update(self.update, self.wire);
        found_and_updated(
            self.selection
                .send("findOneAndUpdate", change, &self.options)
                .await?,
        )
    }
}

impl<T: DeserializeOwned + Send + 'static> IntoFuture for FindOneAndUpdate<T> {
    type Output = Result<Option<T>>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { Ok(self.details().await?.document) })
    }
}

/// Replaces one document and answers it. Made by
/// [`Collection::find_one_and_replace`](crate::Collection::find_one_and_replace).
///
/// All but the `_id` is replaced, `$vector` included: a replacement without one clears it. The
/// replacement may leave the `_id` out, but not bring another one. Of the filter, an upsert takes
/// the `_id` only.
///
/// ```no_run
/// # async fn run(settings: astra_db::Collection) -> Result<(), astra_db::Error> {
/// use astra_db::doc;
/// use serde_json::json;
///
/// let old = settings.find_one_and_replace(json!({"_id": "theme"}), doc!({"dark": true})).upsert(true).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "nothing is sent until it is awaited"]
pub struct FindOneAndReplace<T> {
    selection: Selection,
    replacement: Part,
    wire: WireOptions,
    options: Arc<Options>,
    item: PhantomData<fn() -> T>,
}

impl<T> FindOneAndReplace<T> {
    pub(crate) fn new(
        collection: CollectionRef,
        filter: impl Serialize,
        replacement: &impl Serialize,
    ) -> Self {
        Self {
            options: collection.options(),
            selection: Selection::new(collection, filter),
            replacement: Part::new("replacement", replacement),
            wire: WireOptions::default(),
            item: PhantomData,
        }
    }

    selection!();

    /// Whether to answer the document as it was, which is the default, or as it is then.
    pub fn return_document(mut self, state: ReturnDocument) -> Self {
        self.wire.return_document = state;
        self
    }

    /// Stores the replacement as a new document when none matches.
    pub fn upsert(mut self, upsert: bool) -> Self {
        self.wire.upsert = upsert;
        self
    }
}

impl<T: DeserializeOwned> FindOneAndReplace<T> {
    /// Answers the document and what was done.
    pub async fn details(self) -> Result<FoundAndUpdated<T>> {
        let change = Change::Replace(self.replacement, self.wire);
        found_and_updated(
            self.selection
                .send("findOneAndReplace", change, &self.options)
                .await?,
        )
    }
}

impl<T: DeserializeOwned + Send + 'static> IntoFuture for FindOneAndReplace<T> {
    type Output = Result<Option<T>>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { Ok(self.details().await?.document) })
    }
}

/// Deletes one document and answers it. Made by
/// [`Collection::find_one_and_delete`](crate::Collection::find_one_and_delete).
///
/// ```no_run
/// # async fn run(jobs: astra_db::Collection) -> Result<(), astra_db::Error> {
/// use serde_json::json;
///
/// while let Some(job) = jobs.find_one_and_delete(json!({})).sort([("added", 1)]).await? {
///     println!("doing {job}");
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "nothing is sent until it is awaited"]
pub struct FindOneAndDelete<T> {
    selection: Selection,
    options: Arc<Options>,
    item: PhantomData<fn() -> T>,
}

impl<T> FindOneAndDelete<T> {
    pub(crate) fn new(collection: CollectionRef, filter: impl Serialize) -> Self {
        let options = collection.options();
        Self {
            selection: Selection::new(collection, filter),
            options,
            item: PhantomData,
        }
    }

    selection!();
}

impl<T: DeserializeOwned> FindOneAndDelete<T> {
    /// Answers the document with all the server said.
    pub async fn details(self) -> Result<FoundAndDeleted<T>> {
        let reply = self
            .selection
            .send("findOneAndDelete", Change::Delete, &self.options)
            .await?;
        let OneDocument { document } = reply.data()?;
        Ok(FoundAndDeleted {
            document,
            warnings: reply.warnings,
        })
    }
}

impl<T: DeserializeOwned + Send + 'static> IntoFuture for FindOneAndDelete<T> {
    type Output = Result<Option<T>>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { Ok(self.details().await?.document) })
    }
}

/// Replaces one document. Made by [`Collection::replace_one`](crate::Collection::replace_one).
///
/// All but the `_id` is replaced, `$vector` included: a replacement without one clears it. The
/// replacement may leave the `_id` out, but not bring another one. Of the filter, an upsert takes
/// the `_id` only.
///
/// ```no_run
/// # async fn run(settings: astra_db::Collection) -> Result<(), astra_db::Error> {
/// use astra_db::doc;
/// use serde_json::json;
///
/// settings.replace_one(json!({"_id": "theme"}), doc!({"dark": true})).upsert(true).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "nothing is sent until it is awaited"]
pub struct ReplaceOne {
    selection: Selection,
    replacement: Part,
    upsert: bool,
    options: Arc<Options>,
}

impl ReplaceOne {
    pub(crate) fn new(
        collection: CollectionRef,
        filter: impl Serialize,
        replacement: &impl Serialize,
    ) -> Self {
        Self {
            options: collection.options(),
            selection: Selection::new(collection, filter),
            replacement: Part::new("replacement", replacement),
            upsert: false,
        }
    }

    call_options!();

    /// Which document to take when several match: the first of this order. At most 10,000 documents
    /// may match, except for a sort by vector.
    pub fn sort(mut self, sort: impl Into<Sort>) -> Self {
        self.selection.sort = Some(sort.into());
        self
    }

    /// Stores the replacement as a new document when none matches.
    pub fn upsert(mut self, upsert: bool) -> Self {
        self.upsert = upsert;
        self
    }

    async fn run(mut self) -> Result<UpdateResult> {
        let wire = WireOptions {
            upsert: self.upsert,
            ..WireOptions::default()
        };
        // The server knows no replaceOne: this is findOneAndReplace with an empty document in its
        // answer.
        self.selection.projection = Some(Part::new("projection", &serde_json::json!({"*": 0})));
        let change = Change::Replace(self.replacement, wire);
        UpdateResult::read(
            self.selection
                .send("findOneAndReplace", change, &self.options)
                .await?,
        )
    }
}

impl IntoFuture for ReplaceOne {
    type Output = Result<UpdateResult>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}
