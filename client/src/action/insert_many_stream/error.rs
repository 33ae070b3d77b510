//! A load that stopped, and can go on.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use super::InsertManyStream;
use super::progress::InsertProgress;
use super::rejected::RejectedDocument;
use crate::error::Error;

/// A load that stopped before the end of its stream. It keeps what is left and can go on.
///
/// ```no_run
/// # async fn run(products: astra_db::Collection) -> Result<(), Box<dyn std::error::Error>> {
/// use astra_db::doc;
/// use futures_util::stream;
///
/// let documents = stream::iter((0..1_000_000).map(|n| doc!({"_id": n})));
/// let mut load = products.insert_many_stream(documents);
/// let progress = loop {
///     match load.await {
///         Ok(progress) => break progress,
///         // Whatever was rejected is left out, and the rest goes on.
///         Err(error) if error.cause.is_none() => {
///             eprintln!("{error}");
///             load = error.resume();
///         }
///         Err(error) => return Err(error.into()),
///     }
/// };
/// # Ok(())
/// # }
/// ```
#[non_exhaustive]
pub struct InsertManyStreamError {
    /// How far it has come.
    pub progress: InsertProgress,
    /// The documents that were rejected last and stopped the load, as there is no
    /// [`on_rejected`](InsertManyStream::on_rejected).
    pub rejected: Vec<RejectedDocument>,
    /// Why the database did not take more documents. `None` if the load was stopped by the documents
    /// that were rejected.
    pub cause: Option<Box<Error>>,
    rest: Box<Mutex<InsertManyStream>>,
}

impl InsertManyStreamError {
    pub(super) fn new(
        rest: InsertManyStream,
        rejected: Vec<RejectedDocument>,
        cause: Option<Error>,
    ) -> Self {
        Self {
            progress: rest.load.progress,
            rejected,
            cause: cause.map(Box::new),
            rest: Box::new(Mutex::new(rest)),
        }
    }

    /// The load as it stopped, to be awaited again. It stores what is left, without the documents
    /// that were rejected; its counts go on.
    pub fn resume(self) -> InsertManyStream {
        self.rest
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for InsertManyStreamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InsertManyStreamError")
            .field("progress", &self.progress)
            .field("rejected", &self.rejected)
            .field("cause", &self.cause)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for InsertManyStreamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let settled = self.progress.settled;
        write!(f, "insert_many_stream stopped after {settled} documents")?;
        match self.rejected.first() {
            Some(first) => write!(f, ": {first}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for InsertManyStreamError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(self.cause.as_deref()?)
    }
}
