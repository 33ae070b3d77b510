//! `find`, of documents and of rows

use std::marker::PhantomData;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::call_options;
use super::part::{Part, optional_object};
use crate::command::{Reply, decode_documents, document_at};
use crate::contents::Contents;
use crate::cursor::{Batch, Cursor, Page, PageState};
use crate::deadline::{Deadline, Requests};
use crate::error::{Fitted, Result};
use crate::named::NamedRef;
use crate::options::Options;
use crate::sort::Sort;
use crate::table::sparse::{self, RowStatus};
use crate::transport::TimeoutCategory;
use crate::value::Vector;

/// Finds documents, or rows. Made by [`Collection::find`](crate::Collection::find) and
/// [`Table::find`](crate::Table::find).
///
/// Awaiting it fetches the first page and answers a [`Cursor`], which fetches the others as they
/// are needed. [`page`](Self::page) answers one page and how to go on, for pages of a web site,
/// say.
///
/// Time limits hold per page, as the pace between pages is the caller's.
///
/// ```no_run
/// # async fn run(products: astra_db::Collection) -> Result<(), astra_db::Error> {
/// use serde_json::json;
///
/// let mut cursor = products
///     .find(json!({"price": {"$lt": 400}}))
///     .sort([("price", 1)])
///     .projection(json!({"name": 1, "price": 1}))
///     .limit(10)
///     .await?;
/// while let Some(product) = cursor.try_next().await? {
///     println!("{product}");
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "nothing is sent until it is awaited"]
pub struct Find<T> {
    collection: NamedRef,
    contents: Contents,
    filter: Part,
    sort: Option<Sort>,
    projection: Option<Part>,
    wire: WireOptions,
    include_sort_vector: bool,
    prefetch: bool,
    options: Arc<Options>,
    item: PhantomData<fn() -> T>,
}

#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct WireOptions {
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    skip: Option<u32>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    include_similarity: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    include_sort_vector: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    page_state: Option<PageState>,
}

impl<T> Find<T> {
    pub(crate) fn new(collection: NamedRef, contents: Contents, filter: impl Serialize) -> Self {
        Self {
            options: collection.options(),
            collection,
            contents,
            filter: Part::new("filter", &filter),
            sort: None,
            projection: None,
            wire: WireOptions::default(),
            include_sort_vector: false,
            prefetch: false,
            item: PhantomData,
        }
    }

    call_options!();

    /// The order of the documents; without one it is stable but means nothing.
    ///
    /// The server sorts by fields in memory: at most 10,000 documents may match, and it answers
    /// **at most 50** of them on the only page; walk on with [`skip`](Self::skip). A sort by vector
    /// answers up to 1,000, without pages too.
    ///
    /// The rows of one partition of a table come in the order of its clustering columns, or all the
    /// other way round, at no cost and in pages. Any other sort of rows is done in memory with the
    /// limits above, and a warning says so ([`Cursor::warnings`]).
    pub fn sort(mut self, sort: impl Into<Sort>) -> Self {
        self.sort = Some(sort.into());
        self
    }

    /// Which fields to answer: `{"name": 1}`, `{"huge": 0}`, `{"*": 1}` for all, `$vector`
    /// included, which is left out otherwise. Read documents without all their fields into a type
    /// of their own: [`clone_with_type`](crate::Collection::clone_with_type). Of rows, names are
    /// those of columns, and the primary key is left out, too, unless it is named.
    pub fn projection(mut self, projection: impl Serialize) -> Self {
        self.projection = Some(Part::new("projection", &projection));
        self
    }

    /// The most documents to answer, over all pages.
    pub fn limit(mut self, limit: u32) -> Self {
        self.wire.limit = Some(limit);
        self
    }

    /// How many documents to pass over; only together with a sort by fields.
    pub fn skip(mut self, skip: u32) -> Self {
        self.wire.skip = Some(skip);
        self
    }

    /// Adds `$similarity`, a number, to every document; only together with a sort by vector.
    pub fn include_similarity(mut self, include: bool) -> Self {
        self.wire.include_similarity = include;
        self
    }

    /// Asks for the vector the documents were sorted by, [`Cursor::sort_vector`]: what the
    /// embedding service made of a text, say. Without a sort by vector there is none.
    pub fn include_sort_vector(mut self, include: bool) -> Self {
        self.include_sort_vector = include;
        self
    }

    /// Begins with the page that [`Page::next_page_state`] or [`Cursor::page_state`] told of.
    /// Everything else has to be as it was then.
    pub fn page_state(mut self, state: impl Into<PageState>) -> Self {
        self.wire.page_state = Some(state.into());
        self
    }

    /// Fetches the next page while the current one is worked on.
    pub fn prefetch(mut self, prefetch: bool) -> Self {
        self.prefetch = prefetch;
        self
    }

    /// What is asked for, the same for every page.
    pub(super) fn into_query(self) -> Result<(Query, Option<PageState>)> {
        let is_by_vector = |sort: &Sort| self.contents.is_by_vector(sort);
        let by_vector = self.sort.as_ref().is_some_and(is_by_vector);
        let mut wire = self.wire;
        // Without a vector the answer is always null, and asking for it makes the server end after
        // the first page.
        wire.include_sort_vector = self.include_sort_vector && by_vector;
        let first = wire.page_state.take();
        let query = Query {
            collection: self.collection,
            contents: self.contents,
            filter: self.filter.object("find")?,
            sort: self.sort,
            projection: optional_object(self.projection, "find")?,
            wire,
            options: self.options,
        };
        Ok((query, first))
    }
}

impl<T: DeserializeOwned> Find<T> {
    /// Answers one page and how to go on. Documents that do not fit `T` are in [`Page::unfit`].
    ///
    /// ```no_run
    /// # async fn run(products: astra_db::Collection) -> Result<(), astra_db::Error> {
    /// use serde_json::json;
    ///
    /// let first = products.find(json!({})).page().await?;
    /// if let Some(state) = first.next_page_state {
    ///     let second = products.find(json!({})).page_state(state).page().await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn page(self) -> Result<Page<T>> {
        let (query, state) = self.into_query()?;
        Ok(query.page(state).await?.into_page())
    }
}

impl<T: DeserializeOwned + Send + 'static> IntoFuture for Find<T> {
    type Output = Result<Cursor<T>>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let prefetch = self.prefetch;
            let (query, state) = self.into_query()?;
            let query = Arc::new(query);
            let first = query.page(state).await?;
            Ok(Cursor::new(query, first, prefetch))
        })
    }
}

/// Everything of a find but its page.
#[derive(Debug)]
pub(crate) struct Query {
    collection: NamedRef,
    contents: Contents,
    filter: Box<RawValue>,
    sort: Option<Sort>,
    projection: Option<Box<RawValue>>,
    wire: WireOptions,
    options: Arc<Options>,
}

#[derive(Serialize)]
struct Payload<'a> {
    filter: &'a RawValue,
    #[serde(skip_serializing_if = "Option::is_none")]
    sort: Option<&'a Sort>,
    #[serde(skip_serializing_if = "Option::is_none")]
    projection: Option<&'a RawValue>,
    options: WireOptions,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Data<T> {
    documents: Vec<T>,
    next_page_state: Option<PageState>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SortStatus {
    sort_vector: Option<Vector>,
}

impl Query {
    pub(crate) async fn page<T: DeserializeOwned>(
        &self,
        page_state: Option<PageState>,
    ) -> Result<Batch<T>> {
        let deadline = Deadline::start(&self.options, TimeoutCategory::General, Requests::One);
        self.page_within(&deadline, page_state).await
    }

    pub(crate) async fn page_within<T: DeserializeOwned>(
        &self,
        deadline: &Deadline,
        page_state: Option<PageState>,
    ) -> Result<Batch<T>> {
        let payload = Payload {
            filter: &self.filter,
            sort: self.sort.as_ref(),
            projection: self.projection.as_deref(),
            options: WireOptions {
                page_state,
                ..self.wire.clone()
            },
        };
        let call = self.collection.call("find", &payload)?;
        let reply = self.collection.send(call, &self.options, deadline).await?;
        let (data, sort_vector) = match self.contents {
            Contents::Documents => documents(&reply)?,
            Contents::Rows => rows(&reply)?,
        };
        Ok(Batch {
            documents: data.documents,
            next_page_state: data.next_page_state,
            sort_vector,
            warnings: reply.warnings,
        })
    }
}

/// A page of documents: in one pass if all of them fit, else each by itself.
fn documents<T: DeserializeOwned>(reply: &Reply) -> Result<(Data<Fitted<T>>, Option<Vector>)> {
    let (data, status) = if let Ok((data, status)) = reply.parts::<Data<T>, SortStatus>() {
        let data = data.map(|documents| documents.into_iter().map(Ok).collect());
        (data, status)
    } else {
        let (data, status) = reply.parts::<Data<Box<RawValue>>, SortStatus>()?;
        (data.map(|raw| decode_documents(&raw, &reply.call)), status)
    };
    Ok((data, status.unwrap_or_default().sort_vector))
}

/// A page of rows, each with all the columns it was asked for.
fn rows<T: DeserializeOwned>(reply: &Reply) -> Result<(Data<Fitted<T>>, Option<Vector>)> {
    let (data, status) = reply.parts::<Data<Box<RawValue>>, RowStatus>()?;
    let status = status.unwrap_or_default();
    let schema = &status.projection_schema;
    let read = |(index, row): (usize, Box<RawValue>)| {
        sparse::read(&row, schema, || document_at(index), &reply.call)
    };
    let data = data.map(|rows| rows.into_iter().enumerate().map(read).collect());
    Ok((data, status.sort_vector))
}

impl<T> Data<T> {
    fn map<U>(self, read: impl FnOnce(Vec<T>) -> Vec<U>) -> Data<U> {
        Data {
            documents: read(self.documents),
            next_page_state: self.next_page_state,
        }
    }
}
