//! `findOneAndDelete`

use std::marker::PhantomData;
use std::sync::Arc;

use serde::Serialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use super::{Change, send};
use crate::action::awaited;
use crate::action::find_one::one_document;
use crate::action::selection::{Selection, selection};
use crate::error::Result;
use crate::handle::NamedRef;
use crate::options::Options;

/// Deletes one document and answers it. Made by
/// [`Collection::find_one_and_delete`](crate::Collection::find_one_and_delete).
///
/// A document that does not fit `T` is deleted all the same: [`DecodeError`](crate::DecodeError)
/// then has what it held, with an example.
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
    pub(crate) fn new(collection: NamedRef, filter: impl Serialize) -> Self {
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
    async fn run(self) -> Result<Option<T>> {
        let sent = send(
            self.selection,
            "findOneAndDelete",
            Change::Delete,
            &self.options,
        );
        let (document, _) = one_document::<T, IgnoredAny>(&sent.await?)?;
        Ok(document)
    }
}

awaited!(FindOneAndDelete<T> => Option<T>, T: DeserializeOwned + Send + 'static);
