//! `findOneAndReplace`, and `replace_one`, which is the same without a document in its answer.

use std::marker::PhantomData;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{
    Change, FoundAndUpdated, ReturnDocument, WireOptions, answering, found_and_updated, send,
};
use crate::action::awaited;
use crate::action::call_options;
use crate::action::part::Part;
use crate::action::selection::{Selection, selection};
use crate::action::update::UpdateResult;
use crate::error::Result;
use crate::handle::NamedRef;
use crate::options::Options;
use crate::sort::Sort;

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
        collection: NamedRef,
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
}

answering! {
    FindOneAndReplace: "findOneAndReplace", Replace(replacement),
    /// Stores the replacement as a new document when none matches.
    upsert,
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
        collection: NamedRef,
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
        UpdateResult::read(send(self.selection, "findOneAndReplace", change, &self.options).await?)
    }
}

awaited!(ReplaceOne => UpdateResult);
