//! Pages of documents or rows, and where the next one begins.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::{ApiError, DecodeError, Fitted};
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
    /// The documents of this page that do not fit `T`, each with its `_id`, its place and what the
    /// server sent. They are not in `items`, and each is logged as a warning.
    pub unfit: Vec<DecodeError>,
    /// How to ask for the next page; `None` on the last one.
    pub next_page_state: Option<PageState>,
    /// The vector the documents were sorted by, where that was asked for.
    pub sort_vector: Option<Vector>,
    /// What the server wants to be known.
    pub warnings: Vec<ApiError>,
}

/// A page as it was read, each document or why it does not fit in its place.
#[derive(Debug)]
pub(crate) struct Batch<T> {
    pub(crate) documents: Vec<Fitted<T>>,
    pub(crate) next_page_state: Option<PageState>,
    pub(crate) sort_vector: Option<Vector>,
    pub(crate) warnings: Vec<ApiError>,
}

impl<T> Batch<T> {
    pub(crate) fn into_page(self) -> Page<T> {
        let mut page = Page {
            items: Vec::with_capacity(self.documents.len()),
            unfit: Vec::new(),
            next_page_state: self.next_page_state,
            sort_vector: self.sort_vector,
            warnings: self.warnings,
        };
        for document in self.documents {
            match document {
                Ok(document) => page.items.push(document),
                Err(error) => {
                    tracing::warn!("{error}");
                    page.unfit.push(*error);
                }
            }
        }
        page
    }
}
