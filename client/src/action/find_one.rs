//! `findOne`, of documents and of rows

use std::marker::PhantomData;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::awaited;
use super::selection::{Selection, selection};
use crate::command::{Reply, decode_document};
use crate::error::{Error, Result};
use crate::fill_columns::{self, RowStatus};
use crate::handle::NamedRef;
use crate::options::Options;
use crate::read_query::Contents;
use crate::value::Vector;

/// Finds one document, or row. Made by [`Collection::find_one`](crate::Collection::find_one) and
/// [`Table::find_one`](crate::Table::find_one).
///
/// Awaiting it answers the document, or `None`; [`details`](Self::details) answers everything else
/// the server says, too.
///
/// ```no_run
/// # async fn run(products: astra_db::Collection) -> Result<(), astra_db::Error> {
/// use serde_json::json;
///
/// let Some(teapot) = products.find_one(json!({"_id": "teapot"})).await? else {
///     return Ok(());
/// };
/// let like_it = products
///     .find_one(json!({"_id": {"$ne": "teapot"}}))
///     .sort(json!({"$vector": [0.1, 0.2, 0.3]}))
///     .include_similarity(true)
///     .await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "nothing is sent until it is awaited"]
pub struct FindOne<T> {
    selection: Selection,
    contents: Contents,
    wire: WireOptions,
    options: Arc<Options>,
    item: PhantomData<fn() -> T>,
}

/// What [`FindOne`] found, the value of its `details`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Found<T> {
    /// The document, or row, if one matched.
    pub document: Option<T>,
    /// The vector the documents were sorted by, where that was asked for.
    pub sort_vector: Option<Vector>,
}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct WireOptions {
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    include_similarity: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    include_sort_vector: bool,
}

#[derive(Deserialize)]
struct OneDocument<T> {
    document: Option<T>,
}

const PLACE: &str = "data.document";

/// The document a command answers, and its `status`. A document that does not fit `T` comes with
/// the error.
pub(super) fn one_document<T: DeserializeOwned, S: DeserializeOwned>(
    reply: &Reply,
) -> Result<(Option<T>, Option<S>)> {
    if let Ok((OneDocument { document }, status)) = reply.parts() {
        return Ok((document, status));
    }
    let (OneDocument::<Box<RawValue>> { document }, status) = reply.parts()?;
    let read =
        |raw: Box<RawValue>| decode_document(raw.get(), &raw, || PLACE.to_owned(), &reply.call);
    let document = document.map(read).transpose();
    Ok((document.map_err(Error::Decode)?, status))
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    sort_vector: Option<Vector>,
}

impl<T> FindOne<T> {
    pub(crate) fn new(collection: NamedRef, contents: Contents, filter: impl Serialize) -> Self {
        Self {
            options: collection.options(),
            selection: Selection::new(collection, filter),
            contents,
            wire: WireOptions::default(),
            item: PhantomData,
        }
    }

    selection! {
        /// Which document to take when several match: the first of this order. At most 10,000 documents
        /// may match, except for a sort by vector.
        sort,
        /// Which fields to answer: `{"name": 1}`, `{"huge": 0}`, `{"*": 1}` for all, `$vector`
        /// included, which is left out otherwise.
        projection,
    }

    /// Adds `$similarity`, a number, to the document; only together with a sort by vector.
    pub fn include_similarity(mut self, include: bool) -> Self {
        self.wire.include_similarity = include;
        self
    }

    /// Asks for the vector the documents were sorted by, [`Found::sort_vector`].
    pub fn include_sort_vector(mut self, include: bool) -> Self {
        self.wire.include_sort_vector = include;
        self
    }
}

impl<T: DeserializeOwned> FindOne<T> {
    async fn found(self) -> Result<Found<T>> {
        let selected = self.selection.of_any("findOne")?;
        let call = selected.call("findOne", &self.wire)?;
        let reply = selected.collection.send_one(call, &self.options).await?;
        let (document, sort_vector) = match self.contents {
            Contents::Documents => {
                let (document, status) = one_document::<T, Status>(&reply)?;
                (document, status.unwrap_or_default().sort_vector)
            }
            Contents::Rows => {
                let (data, status) = reply.parts::<OneDocument<Box<RawValue>>, RowStatus>()?;
                let status = status.unwrap_or_default();
                let schema = &status.projection_schema;
                let read = |row: Box<RawValue>| {
                    fill_columns::read(&row, schema, || PLACE.to_owned(), &reply.call)
                };
                let row = data.document.map(read).transpose();
                (row.map_err(Error::Decode)?, status.sort_vector)
            }
        };
        Ok(Found {
            document,
            sort_vector,
        })
    }

    async fn run(self) -> Result<Option<T>> {
        Ok(self.found().await?.document)
    }
}

awaited!(FindOne<T> => Option<T> as found => Found<T>, T: DeserializeOwned + Send + 'static);
