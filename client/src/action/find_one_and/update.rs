//! `findOneAndUpdate`

use std::marker::PhantomData;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{
    Change, FoundAndUpdated, ReturnDocument, WireOptions, answering, found_and_updated, send,
};
use crate::action::awaited;
use crate::action::part::Part;
use crate::action::selection::{Selection, selection};
use crate::error::Result;
use crate::handle::NamedRef;
use crate::options::Options;

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
        collection: NamedRef,
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
}

answering! {
    FindOneAndUpdate: "findOneAndUpdate", Update(update),
    /// Stores a new document when none matches: the equalities of the filter, then the update,
    /// `$setOnInsert` included.
    upsert,
}
