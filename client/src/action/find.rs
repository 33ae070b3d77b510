//! `find`, of documents and of rows

use std::marker::PhantomData;
use std::sync::Arc;

use futures_util::{Stream, TryStreamExt, stream};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::awaited;
use super::selection::{Selection, selection};
use crate::cursor::Cursor;
use crate::error::Result;
use crate::handle::NamedRef;
use crate::options::Options;
use crate::page::{Page, PageState};
use crate::read_query::{Contents, FindOptions, Query};
use crate::sort::Sort;

/// Finds documents, or rows. Made by [`Collection::find`](crate::Collection::find) and
/// [`Table::find`](crate::Table::find).
///
/// [`all`](Self::all) answers all documents, [`first`](Self::first) one, [`stream`](Self::stream)
/// one after the other, and [`page`](Self::page) one page and how to go on, for pages of a web site,
/// say. Awaiting it fetches the first page and answers a [`Cursor`], which fetches the others as
/// they are needed.
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
    selection: Selection,
    contents: Contents,
    wire: FindOptions,
    include_sort_vector: bool,
    prefetch: bool,
    options: Arc<Options>,
    item: PhantomData<fn() -> T>,
}

impl<T> Find<T> {
    pub(crate) fn new(collection: NamedRef, contents: Contents, filter: impl Serialize) -> Self {
        Self {
            options: collection.options(),
            selection: Selection::new(collection, filter),
            contents,
            wire: FindOptions::default(),
            include_sort_vector: false,
            prefetch: false,
            item: PhantomData,
        }
    }

    selection! {
        /// The order of the documents; without one it is stable but means nothing.
        ///
        /// The server sorts by fields in memory: at most 10,000 documents may match, and it answers
        /// **at most 50** of them on the only page; walk on with [`skip`](Self::skip). A sort by vector
        /// answers up to 1,000, without pages too.
        ///
        /// The rows of one partition of a table come in the order of its clustering columns, or all the
        /// other way round, at no cost and in pages. Any other sort of rows is done in memory with the
        /// limits above, and a warning says so ([`Cursor::warnings`]).
        sort,
        /// Which fields to answer: `{"name": 1}`, `{"huge": 0}`, `{"*": 1}` for all, `$vector`
        /// included, which is left out otherwise. Read documents without all their fields into a type
        /// of their own: [`clone_with_type`](crate::Collection::clone_with_type). Of rows, names are
        /// those of columns, and the primary key is left out, too, unless it is named.
        projection,
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
        let by_vector = self.selection.sort.as_ref().is_some_and(is_by_vector);
        let mut wire = self.wire;
        // Without a vector the answer is always null, and asking for it makes the server end after
        // the first page.
        wire.include_sort_vector = self.include_sort_vector && by_vector;
        let first = wire.page_state.take();
        let query = Query {
            selected: self.selection.of_any("find")?,
            contents: self.contents,
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

impl<T: DeserializeOwned + Send + 'static> Find<T> {
    /// Answers all documents, of all pages. One that does not fit `T` fails the whole;
    /// [`Cursor::all_fitting`] reads on.
    ///
    /// ```no_run
    /// # async fn run(products: astra_db::Collection) -> Result<(), astra_db::Error> {
    /// use serde_json::json;
    ///
    /// let cheap = products.find(json!({"price": {"$lt": 30}})).sort([("price", 1)]).all().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn all(self) -> Result<Vec<T>> {
        self.await?.all().await
    }

    /// Answers the first document in the order of [`sort`](Self::sort), and asks for no other.
    ///
    /// ```no_run
    /// # async fn run(products: astra_db::Collection) -> Result<(), astra_db::Error> {
    /// use serde_json::json;
    ///
    /// let cheapest = products.find(json!({"brand": "Acme"})).sort([("price", 1)]).first().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn first(self) -> Result<Option<T>> {
        self.limit(1).await?.try_next().await
    }

    /// The documents as a [`Stream`], which asks for the first page when it is polled.
    ///
    /// ```no_run
    /// # async fn run(products: astra_db::Collection) -> Result<(), astra_db::Error> {
    /// use futures_util::TryStreamExt;
    /// use serde_json::json;
    ///
    /// let mut products = products.find(json!({})).stream();
    /// while let Some(product) = products.try_next().await? {
    ///     println!("{product}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn stream(self) -> impl Stream<Item = Result<T>> + Send + Unpin + use<T> {
        stream::once(self.into_future()).try_flatten()
    }

    async fn run(self) -> Result<Cursor<T>> {
        let prefetch = self.prefetch;
        let (query, state) = self.into_query()?;
        let query = Arc::new(query);
        let first = query.page(state).await?;
        Ok(Cursor::new(query, first, prefetch))
    }
}

awaited!(Find<T> => Cursor<T>, T: DeserializeOwned + Send + 'static);
