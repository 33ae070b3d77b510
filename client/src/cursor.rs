//! Pages of documents as a stream.

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_util::future::BoxFuture;
use futures_util::{FutureExt, Stream};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::action::Query;
use crate::error::{ApiError, Result};
use crate::value::Vector;

/// Where a find goes on: opaque, made by the server, valid for the same filter and options.
///
/// It is a string to serde, so that it can travel in a link or be kept for later.
///
/// ```
/// let state: astra_db::PageState = "AAAAAg".into();
/// assert_eq!(state.as_str(), "AAAAAg");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PageState(String);

impl PageState {
    /// The text the server made.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for PageState {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for PageState {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Display for PageState {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

/// One page of a find.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Page<T> {
    /// The documents. A page may be empty although others follow.
    pub items: Vec<T>,
    /// How to ask for the next page; `None` on the last one.
    pub next_page_state: Option<PageState>,
    /// The vector the documents were sorted by, where that was asked for.
    pub sort_vector: Option<Vector>,
    /// What the server wants to be known.
    pub warnings: Vec<ApiError>,
}

/// The documents of a find, fetched page by page. Made by awaiting a [`Find`](crate::Find).
///
/// Every page is a request with time limits of its own, as it is the caller who decides when to ask for the next one.
///
/// It is a [`Stream`] of `Result<T>`. After an error it ends; [`page_state`](Self::page_state) then
/// tells which page to begin with again.
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
/// // or with everything streams can do.
/// products.find(json!({})).await?.try_for_each_concurrent(4, |product| async move { Ok(drop(product)) }).await?;
/// # Ok(())
/// # }
/// ```
pub struct Cursor<T> {
    query: Arc<Query>,
    buffer: VecDeque<T>,
    next: Option<PageState>,
    ahead: Ahead<T>,
    prefetch: bool,
    sort_vector: Option<Vector>,
    warnings: Vec<ApiError>,
}

/// The page after the buffer.
enum Ahead<T> {
    NotAsked,
    OnItsWay(BoxFuture<'static, Result<Page<T>>>),
    Here(Result<Page<T>>),
    Failed,
}

impl<T: DeserializeOwned + Send + 'static> Cursor<T> {
    pub(crate) fn new(query: Arc<Query>, first: Page<T>, prefetch: bool) -> Self {
        let Page {
            items,
            next_page_state,
            sort_vector,
            warnings,
        } = first;
        let (buffer, next) = (items.into(), next_page_state);
        Self {
            query,
            buffer,
            next,
            ahead: Ahead::NotAsked,
            prefetch,
            sort_vector,
            warnings,
        }
    }

    /// The next document, or `None` after the last.
    pub async fn try_next(&mut self) -> Result<Option<T>> {
        std::future::poll_fn(|context| self.poll_item(context))
            .await
            .transpose()
    }

    /// What is left of the current page, else the next page that is not empty; `None` after the
    /// last.
    pub async fn next_page(&mut self) -> Result<Option<Page<T>>> {
        while self.buffer.is_empty() {
            if !std::future::poll_fn(|context| self.poll_turn(context)).await? {
                return Ok(None);
            }
        }
        Ok(Some(Page {
            items: self.take_buffered(),
            next_page_state: self.next.clone(),
            sort_vector: self.sort_vector.clone(),
            warnings: self.warnings.clone(),
        }))
    }

    /// All documents that are left.
    pub async fn all(mut self) -> Result<Vec<T>> {
        let mut items = self.take_buffered();
        while let Some(page) = self.next_page().await? {
            items.extend(page.items);
        }
        Ok(items)
    }

    fn poll_item(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<T>>> {
        loop {
            if let Some(item) = self.buffer.pop_front() {
                if self.prefetch {
                    self.poll_ahead(context);
                }
                return Poll::Ready(Some(Ok(item)));
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
                self.buffer.extend(page.items);
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

    /// Asks for the next page if there is one and nobody has, and looks whether it has come.
    fn poll_ahead(&mut self, context: &mut Context<'_>) {
        if let (Ahead::NotAsked, Some(state)) = (&self.ahead, &self.next) {
            let (query, state) = (Arc::clone(&self.query), state.clone());
            self.ahead = Ahead::OnItsWay(async move { query.page(Some(state)).await }.boxed());
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

    /// Takes the documents that are here already.
    pub fn take_buffered(&mut self) -> Vec<T> {
        std::mem::take(&mut self.buffer).into()
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
