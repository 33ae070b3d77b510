//! A load, and the error with which it stops and can go on.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::{StreamExt, stream};

use super::load::Load;
use super::progress::InsertProgress;
use super::rejected::RejectedDocument;
use super::runner::Runner;
use super::sender::{Kind, Sender};
use crate::error::Error;
use crate::handle::NamedRef;
use crate::options::Options;

type OnProgress = Box<dyn FnMut(&InsertProgress) + Send>;
type OnRejected = Box<dyn FnMut(RejectedDocument) + Send>;

/// Stores the documents, or rows, of a stream, however many there are. Made by
/// [`Collection::insert_many_stream`](crate::Collection::insert_many_stream) and
/// [`Table::insert_many_stream`](crate::Table::insert_many_stream).
///
/// **Pace.** Up to [`concurrency`](Self::concurrency) requests are under way at a time. An HTTP 429,
/// a 503 or a timeout halves that number, and it grows again slowly, by one after as many successes.
/// In a tokio runtime, requests that have begun go on while the program does something else.
///
/// **Memory.** At most twice as many requests, and about 32 MB of documents, are in memory. The stream
/// is asked for more only when there is room.
///
/// **Failures.** What can pass is waited for: ten attempts with growing waits, or what
/// [`Options::retry`] says. Documents that bring their `_id` are sent again when an answer is lost,
/// and rows, too, unless [`Options::idempotent`] says otherwise. So nothing is stored twice and
/// nothing is lost: a document whose `_id` is taken is compared with the one that is there, and the
/// same content counts as stored. That makes it safe to load the same documents again after a crash.
///
/// **Rejected documents** stop the load, unless [`on_rejected`](Self::on_rejected) takes them. Every
/// error can be [resumed](InsertManyStreamError::resume).
///
/// Awaiting it answers the counts; [`outcomes`](Self::outcomes) tells of each document instead.
///
/// ```no_run
/// # async fn run(products: astra_db::Collection) -> Result<(), Box<dyn std::error::Error>> {
/// use astra_db::doc;
/// use futures_util::stream;
///
/// let documents = stream::iter((0..1_000_000).map(|n| doc!({"_id": n, "name": format!("Teapot {n}")})));
/// let progress = products
///     .insert_many_stream(documents)
///     .concurrency(16)
///     .on_progress(|progress| println!("{} stored", progress.inserted))
///     .on_rejected(|rejected| eprintln!("{rejected}"))
///     .await?;
/// println!("{} stored, {} rejected", progress.inserted, progress.rejected);
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is sent until it is awaited"]
pub struct InsertManyStream {
    pub(super) collection: NamedRef,
    pub(super) options: Arc<Options>,
    pub(super) kind: Kind,
    pub(super) upsert: bool,
    pub(super) chunk_size: usize,
    pub(super) concurrency: usize,
    pub(super) load: Load,
    pub(super) on_progress: Option<OnProgress>,
    pub(super) on_rejected: Option<OnRejected>,
}

impl InsertManyStream {
    /// Takes the load out, to be run.
    pub(super) fn start(&mut self) -> Runner {
        let sender = Sender::new(
            self.collection.clone(),
            Arc::clone(&self.options),
            self.kind,
            self.upsert,
            self.concurrency,
        );
        let load = std::mem::replace(&mut self.load, Load::new(stream::empty().boxed()));
        Runner::new(load, sender, self.chunk_size, self.concurrency)
    }

    /// The load as it is when the run stops.
    pub(super) fn stopped(
        mut self,
        runner: Runner,
        rejected: Vec<RejectedDocument>,
        cause: Option<Error>,
    ) -> InsertManyStreamError {
        self.load = runner.load;
        InsertManyStreamError::new(self, rejected, cause)
    }
}

impl fmt::Debug for InsertManyStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InsertManyStream")
            .field("collection", &self.collection)
            .field("upsert", &self.upsert)
            .field("chunk_size", &self.chunk_size)
            .field("concurrency", &self.concurrency)
            .field("progress", &self.load.progress)
            .finish_non_exhaustive()
    }
}

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
