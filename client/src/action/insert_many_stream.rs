//! Documents or rows from a stream, as many as there are, in bounded memory.

mod adaptive_limit;
mod chunk;
mod error;
mod load;
mod outcomes;
mod progress;
mod rejected;
mod runner;
mod same_document;
mod sender;

use std::fmt;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use futures_util::{Stream, StreamExt};

pub use self::error::InsertManyStreamError;
use self::load::Load;
pub use self::outcomes::InsertOutcomes;
pub use self::progress::{InsertProgress, StreamOutcome};
pub use self::rejected::{RejectedDocument, RejectionReason};
use self::runner::{Runner, Stopped};
use self::sender::{Kind, Sender};
use super::call_options;
use super::insert_many::Written;
use crate::handle::NamedRef;
use crate::inserted_id::InsertedId;
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
    collection: NamedRef,
    options: Arc<Options>,
    kind: Kind,
    upsert: bool,
    chunk_size: usize,
    concurrency: usize,
    load: Load,
    on_progress: Option<OnProgress>,
    on_rejected: Option<OnRejected>,
}

impl InsertManyStream {
    pub(crate) fn new<I: InsertedId>(
        collection: NamedRef,
        documents: impl Stream<Item = Written> + Send + 'static,
    ) -> Self {
        Self {
            options: collection.options(),
            collection,
            kind: Kind::of::<I>(),
            upsert: false,
            chunk_size: 100,
            concurrency: 16,
            load: Load::new(documents.boxed()),
            on_progress: None,
            on_rejected: None,
        }
    }

    call_options!();

    /// Whether a document takes the place of another with its `_id`. Each such document costs a
    /// request of its own, after the attempt to insert it. Of two documents of the stream with one
    /// `_id`, either can be the one that stays. Without effect on rows, which are always written over.
    ///
    /// ```no_run
    /// # async fn run(products: astra_db::Collection) -> Result<(), Box<dyn std::error::Error>> {
    /// # let catalog = futures_util::stream::empty::<astra_db::Document>();
    /// let progress = products.insert_many_stream(catalog).upsert(true).await?;
    /// println!("{} new, {} replaced", progress.inserted, progress.replaced);
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "bulkWrite")]
    #[doc(alias = "replaceMany")]
    pub fn upsert(mut self, upsert: bool) -> Self {
        self.upsert = upsert;
        self
    }

    /// How many documents go into a request: 100 unless set, the server's limit.
    pub fn chunk_size(mut self, documents: usize) -> Self {
        self.chunk_size = documents.clamp(1, 100);
        self
    }

    /// How many requests are under way at a time at most: 16 unless set. It begins with 4. With 1,
    /// none begins before the load has told what came of the one before.
    pub fn concurrency(mut self, requests: usize) -> Self {
        self.concurrency = requests.clamp(1, 1024);
        self
    }

    /// Calls this after each request, in the order of the stream.
    pub fn on_progress(mut self, callback: impl FnMut(&InsertProgress) + Send + 'static) -> Self {
        self.on_progress = Some(Box::new(callback));
        self
    }

    /// Calls this with each document that is rejected, in the order of the stream, and goes on.
    pub fn on_rejected(mut self, callback: impl FnMut(RejectedDocument) + Send + 'static) -> Self {
        self.on_rejected = Some(Box::new(callback));
        self
    }

    /// What becomes of each document, in the order of the stream. The load goes on while it is
    /// polled, and requests that have begun go on in any case. The callbacks are not called.
    ///
    /// ```no_run
    /// # async fn run(products: astra_db::Collection) -> Result<(), Box<dyn std::error::Error>> {
    /// # let catalog = futures_util::stream::empty::<astra_db::Document>();
    /// use astra_db::StreamOutcome;
    /// use futures_util::TryStreamExt;
    ///
    /// let mut outcomes = products.insert_many_stream(catalog).outcomes();
    /// while let Some(outcome) = outcomes.try_next().await? {
    ///     if let StreamOutcome::Rejected(rejected) = outcome {
    ///         eprintln!("{rejected}");
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn outcomes(self) -> InsertOutcomes {
        InsertOutcomes::new(self)
    }

    /// Takes the load out, to be run.
    fn start(&mut self) -> Runner {
        let sender = Sender::new(
            self.collection.clone(),
            Arc::clone(&self.options),
            self.kind,
            self.upsert,
            self.concurrency,
        );
        let load = std::mem::replace(
            &mut self.load,
            Load::new(futures_util::stream::empty().boxed()),
        );
        Runner::new(load, sender, self.chunk_size, self.concurrency)
    }

    /// The load as it is when the run stops.
    fn stopped(
        mut self,
        runner: Runner,
        rejected: Vec<RejectedDocument>,
        cause: Option<crate::error::Error>,
    ) -> InsertManyStreamError {
        self.load = runner.load;
        InsertManyStreamError::new(self, rejected, cause)
    }

    async fn run(mut self) -> Result<InsertProgress, InsertManyStreamError> {
        let mut runner = self.start();
        while let Some(next) = runner.next().await {
            let outcomes = match next {
                Ok(outcomes) => outcomes,
                Err(Stopped(cause)) => return Err(self.stopped(runner, Vec::new(), cause)),
            };
            let rejected = outcomes.into_iter().filter_map(|outcome| match outcome {
                StreamOutcome::Rejected(rejected) => Some(*rejected),
                _ => None,
            });
            let rejected: Vec<_> = match &mut self.on_rejected {
                Some(take) => {
                    rejected.for_each(take);
                    Vec::new()
                }
                None => rejected.collect(),
            };
            if let Some(report) = &mut self.on_progress {
                report(&runner.load.progress);
            }
            if !rejected.is_empty() {
                runner.stop().await;
                return Err(self.stopped(runner, rejected, None));
            }
        }
        Ok(runner.load.progress)
    }
}

impl IntoFuture for InsertManyStream {
    type Output = Result<InsertProgress, InsertManyStreamError>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
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
