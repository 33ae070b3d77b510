//! Documents or rows from a stream, as many as there are, in bounded memory.

mod adaptive_limit;
mod chunk;
mod load;
mod outcomes;
mod progress;
mod rejected;
mod runner;
mod same_document;
mod sender;
mod stopped;

use futures_util::future::BoxFuture;
use futures_util::{Stream, StreamExt};

use self::load::Load;
pub use self::outcomes::InsertOutcomes;
pub use self::progress::{InsertProgress, StreamOutcome};
pub use self::rejected::{RejectedDocument, RejectionReason};
use self::runner::Stopped;
use self::sender::Kind;
pub use self::stopped::{InsertManyStream, InsertManyStreamError};
use super::call_options;
use super::insert_many::Written;
use crate::handle::NamedRef;
use crate::inserted_id::InsertedId;

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
