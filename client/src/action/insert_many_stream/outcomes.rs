//! What becomes of each document, as a stream.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::vec;

use futures_util::Stream;

use super::progress::{InsertProgress, StreamOutcome};
use super::runner::{Runner, Stopped};
use super::stopped::{InsertManyStream, InsertManyStreamError};

/// What becomes of each document, in the order of the stream. Made by
/// [`InsertManyStream::outcomes`].
///
/// ```
/// fn settled(outcomes: &astra_db::InsertOutcomes) -> u64 {
///     outcomes.progress().settled
/// }
/// ```
#[must_use = "nothing is sent until it is polled"]
pub struct InsertOutcomes {
    /// Both are taken when the load stops.
    running: Option<(InsertManyStream, Runner)>,
    ready: vec::IntoIter<StreamOutcome>,
    progress: InsertProgress,
}

impl InsertOutcomes {
    pub(super) fn new(mut load: InsertManyStream) -> Self {
        let runner = load.start();
        Self {
            progress: runner.load.progress,
            running: Some((load, runner)),
            ready: Vec::new().into_iter(),
        }
    }

    /// How far the load has come: up to a request ahead of what was taken from here.
    pub fn progress(&self) -> &InsertProgress {
        &self.progress
    }
}

impl Stream for InsertOutcomes {
    type Item = Result<StreamOutcome, InsertManyStreamError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(outcome) = self.ready.next() {
                return Poll::Ready(Some(Ok(outcome)));
            }
            let Some((_, runner)) = &mut self.running else {
                return Poll::Ready(None);
            };
            let next = ready!(runner.poll_next(context));
            let progress = runner.load.progress;
            self.progress = progress;
            match next {
                Some(Ok(outcomes)) => self.ready = outcomes.into_iter(),
                Some(Err(Stopped(cause))) => {
                    let stopped = self
                        .running
                        .take()
                        .map(|(load, runner)| Err(load.stopped(runner, Vec::new(), cause)));
                    return Poll::Ready(stopped);
                }
                None => self.running = None,
            }
        }
    }
}

impl fmt::Debug for InsertOutcomes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InsertOutcomes")
            .field("progress", &self.progress)
            .finish_non_exhaustive()
    }
}
