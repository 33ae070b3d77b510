//! Work that goes on while nobody waits for it: a request whose answer is wanted later.

use std::panic::resume_unwind;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tracing::Instrument;

/// A task of its own where there is a tokio runtime, else work that goes on while it is polled.
/// Dropping it ends the work.
pub(crate) enum Background<T> {
    Task(JoinHandle<T>),
    Polled(BoxFuture<'static, T>),
    /// The runtime has ended it, so that nobody is left to ask for more.
    Gone,
}

impl<T: Send + 'static> Background<T> {
    pub(crate) fn start(work: impl Future<Output = T> + Send + 'static) -> Self {
        let work = work.in_current_span();
        match Handle::try_current() {
            Ok(runtime) => Self::Task(runtime.spawn(work)),
            Err(_) => Self::Polled(work.boxed()),
        }
    }
}

impl<T> Future for Background<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        match &mut *self {
            Self::Polled(work) => work.poll_unpin(context),
            Self::Gone => Poll::Pending,
            Self::Task(task) => match ready!(task.poll_unpin(context)) {
                Ok(done) => Poll::Ready(done),
                Err(ended) if ended.is_panic() => resume_unwind(ended.into_panic()),
                Err(_) => {
                    *self = Self::Gone;
                    Poll::Pending
                }
            },
        }
    }
}

impl<T> Unpin for Background<T> {}

impl<T> Drop for Background<T> {
    fn drop(&mut self) {
        if let Self::Task(task) = self {
            task.abort();
        }
    }
}
