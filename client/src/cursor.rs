//! Pages of documents as a stream.

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_util::{FutureExt, Stream};
use serde::de::DeserializeOwned;

use crate::background::Background;
use crate::error::{ApiError, Error, Fitted, Result};
use crate::page::{Batch, Page, PageState};
use crate::read_query::Query;
use crate::value::Vector;

/// The documents of a find, fetched page by page. Made by awaiting a [`Find`](crate::Find).
///
/// Every page is a request with time limits of its own, as it is the caller who decides when to ask
/// for the next one. In a tokio runtime a page that was asked for comes as a task, however long the
/// caller takes in between.
///
/// It is a [`Stream`] of `Result<T>`. A document that does not fit `T` is an error in its place, and
/// the next document follows: [`DecodeError`](crate::DecodeError) has its `_id` and what the server
/// sent. After a page that could not be fetched it ends; [`page_state`](Self::page_state) then says
/// which page to begin with again.
///
/// ```no_run
/// # async fn run(products: astra_db::Collection) -> Result<(), astra_db::Error> {
/// use futures_util::TryStreamExt;
/// use serde_json::json;
///
/// // All at once,
/// let all = products.find(json!({})).await?.all().await?;
///
/// // one by one,
/// let mut cursor = products.find(json!({})).await?;
/// while let Some(product) = cursor.try_next().await? {
///     println!("{product}");
/// }
///
/// // page by page,
/// let mut cursor = products.find(json!({})).await?;
/// while let Some(page) = cursor.next_page().await? {
///     println!("{} more", page.items.len());
/// }
///
/// // without the documents that do not fit their type,
/// let mut cursor = products.find(json!({})).await?;
/// loop {
///     match cursor.try_next().await {
///         Ok(Some(product)) => println!("{product}"),
///         Ok(None) => break,
///         Err(astra_db::Error::Decode(error)) => eprintln!("skipped: {error}"),
///         Err(error) => return Err(error),
///     }
/// }
///
/// // or with everything streams can do.
/// products.find(json!({})).await?.try_for_each_concurrent(4, |product| async move { Ok(drop(product)) }).await?;
/// # Ok(())
/// # }
/// ```
pub struct Cursor<T> {
    query: Arc<Query>,
    buffer: VecDeque<Fitted<T>>,
    next: Option<PageState>,
    ahead: Ahead<T>,
    prefetch: bool,
    sort_vector: Option<Vector>,
    warnings: Vec<ApiError>,
}

/// The page after the buffer.
enum Ahead<T> {
    NotAsked,
    OnItsWay(Background<Result<Batch<T>>>),
    Here(Result<Batch<T>>),
    Failed,
}

impl<T: DeserializeOwned + Send + 'static> Cursor<T> {
    pub(crate) fn new(query: Arc<Query>, first: Batch<T>, prefetch: bool) -> Self {
        Self {
            query,
            buffer: first.documents.into(),
            next: first.next_page_state,
            ahead: Ahead::NotAsked,
            prefetch,
            sort_vector: first.sort_vector,
            warnings: first.warnings,
        }
    }

    /// The next document, or `None` after the last. One that does not fit `T` is an error; the one
    /// after it is next.
    pub async fn try_next(&mut self) -> Result<Option<T>> {
        std::future::poll_fn(|context| self.poll_item(context))
            .await
            .transpose()
    }

    /// What is left of the current page, else the next page that is not empty; `None` after the
    /// last. Documents that do not fit `T` are in [`Page::unfit`].
    pub async fn next_page(&mut self) -> Result<Option<Page<T>>> {
        while self.buffer.is_empty() {
            if !std::future::poll_fn(|context| self.poll_turn(context)).await? {
                return Ok(None);
            }
        }
        let batch = Batch {
            documents: std::mem::take(&mut self.buffer).into(),
            next_page_state: self.next.clone(),
            sort_vector: self.sort_vector.clone(),
            warnings: self.warnings.clone(),
        };
        Ok(Some(batch.into_page()))
    }

    /// All documents that are left. Fails if one of them does not fit `T`:
    /// [`all_fitting`](Self::all_fitting) has the others.
    pub async fn all(mut self) -> Result<Vec<T>> {
        let mut items = Vec::with_capacity(self.buffer.len());
        loop {
            for document in std::mem::take(&mut self.buffer) {
                items.push(document.map_err(Error::Decode)?);
            }
            if !std::future::poll_fn(|context| self.poll_turn(context)).await? {
                return Ok(items);
            }
        }
    }

    /// All documents that are left as one page: those that fit `T` in [`Page::items`], the others
    /// in [`Page::unfit`].
    ///
    /// ```no_run
    /// # async fn run(products: astra_db::Collection) -> Result<(), astra_db::Error> {
    /// use serde_json::json;
    ///
    /// #[derive(serde::Deserialize)]
    /// struct Name { name: String }
    ///
    /// let named = products.clone_with_type::<Name>().find(json!({})).await?.all_fitting().await?;
    /// println!("{} products with a name, {} without", named.items.len(), named.unfit.len());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn all_fitting(mut self) -> Result<Page<T>> {
        while std::future::poll_fn(|context| self.poll_turn(context)).await? {}
        let batch = Batch {
            documents: self.buffer.into(),
            next_page_state: None,
            sort_vector: self.sort_vector,
            warnings: self.warnings,
        };
        Ok(batch.into_page())
    }

    fn poll_item(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<T>>> {
        loop {
            if let Some(item) = self.buffer.pop_front() {
                if self.prefetch {
                    self.poll_ahead(context);
                }
                return Poll::Ready(Some(item.map_err(Error::Decode)));
            }
            match ready!(self.poll_turn(context)) {
                Ok(true) => {}
                Ok(false) => return Poll::Ready(None),
                Err(error) => return Poll::Ready(Some(Err(error))),
            }
        }
    }

    /// Turns to the next page; answers whether there was one.
    fn poll_turn(&mut self, context: &mut Context<'_>) -> Poll<Result<bool>> {
        self.poll_ahead(context);
        match std::mem::replace(&mut self.ahead, Ahead::NotAsked) {
            Ahead::NotAsked => Poll::Ready(Ok(false)),
            Ahead::OnItsWay(page) => {
                self.ahead = Ahead::OnItsWay(page);
                Poll::Pending
            }
            Ahead::Here(Ok(page)) => {
                self.buffer.extend(page.documents);
                self.next = page.next_page_state;
                self.warnings = page.warnings;
                Poll::Ready(Ok(true))
            }
            Ahead::Here(Err(error)) => {
                self.ahead = Ahead::Failed;
                Poll::Ready(Err(error))
            }
            Ahead::Failed => {
                self.ahead = Ahead::Failed;
                Poll::Ready(Ok(false))
            }
        }
    }

    /// Asks for the next page if there is one and nobody has, and looks whether it has come. It
    /// comes whether or not anybody looks: the pace of the caller must not use up its time.
    fn poll_ahead(&mut self, context: &mut Context<'_>) {
        if let (Ahead::NotAsked, Some(state)) = (&self.ahead, &self.next) {
            let (query, state) = (Arc::clone(&self.query), state.clone());
            let mut page = async move { query.page(Some(state)).await }.boxed();
            self.ahead = match page.poll_unpin(context) {
                Poll::Ready(page) => Ahead::Here(page),
                Poll::Pending => Ahead::OnItsWay(Background::start(page)),
            };
        }
        if let Ahead::OnItsWay(page) = &mut self.ahead
            && let Poll::Ready(page) = page.poll_unpin(context)
        {
            self.ahead = Ahead::Here(page);
        }
    }
}

impl<T> Cursor<T> {
    /// How many documents are here already.
    pub fn buffered_count(&self) -> usize {
        self.buffer.len()
    }

    /// Takes the documents that are here already, up to the first that does not fit `T`: that one
    /// is next.
    pub fn take_buffered(&mut self) -> Vec<T> {
        std::iter::from_fn(|| {
            let fits = self.buffer.front().is_some_and(Result::is_ok);
            fits.then(|| self.buffer.pop_front()).flatten()
        })
        .filter_map(Result::ok)
        .collect()
    }

    /// How to ask for the page after the documents that are here, with
    /// [`Find::page_state`](crate::Find::page_state); `None` if they are the last.
    pub fn page_state(&self) -> Option<&PageState> {
        self.next.as_ref()
    }

    /// The vector the documents are sorted by, where that was asked for.
    pub fn sort_vector(&self) -> Option<&Vector> {
        self.sort_vector.as_ref()
    }

    /// What the server said with the current page.
    pub fn warnings(&self) -> &[ApiError] {
        &self.warnings
    }
}

impl<T: DeserializeOwned + Send + 'static> Stream for Cursor<T> {
    type Item = Result<T>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_item(context)
    }
}

/// Nothing in a cursor is pinned.
impl<T> Unpin for Cursor<T> {}

impl<T> fmt::Debug for Cursor<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Cursor")
            .field("query", &self.query)
            .field("buffered_count", &self.buffer.len())
            .field("page_state", &self.next)
            .finish_non_exhaustive()
    }
}
