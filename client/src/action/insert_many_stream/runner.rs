//! Keeps several chunks of a load under way, and brings them back in their order.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_util::StreamExt;
use futures_util::stream::FuturesOrdered;

use super::chunk::Chunk;
use super::load::Load;
use super::progress::StreamOutcome;
use super::sender::Sender;
use crate::background::Background;
use crate::error::Error;

/// Documents in memory: no other chunk is begun above this.
const MOST_BYTES: usize = 32_000_000;

/// A load on its way.
pub(super) struct Runner {
    pub(super) load: Load,
    sender: Arc<Sender>,
    chunk_size: usize,
    /// How many chunks are in memory at most. More than can be under way, as one that has to wait
    /// holds up those after it, except for one at a time.
    most_chunks: usize,
    running: FuturesOrdered<Background<Chunk>>,
    bytes: usize,
    /// Whether no other chunk is begun.
    stopping: bool,
    failure: Option<Error>,
}

/// Why a load ended before its stream.
pub(super) struct Stopped(pub(super) Option<Error>);

impl Runner {
    pub(super) fn new(load: Load, sender: Sender, chunk_size: usize, concurrency: usize) -> Self {
        Self {
            load,
            sender: Arc::new(sender),
            chunk_size,
            most_chunks: match concurrency {
                1 => 1,
                more => more.saturating_mul(2),
            },
            running: FuturesOrdered::new(),
            bytes: 0,
            stopping: false,
            failure: None,
        }
    }

    /// What became of the documents of the next chunk, in the order of the stream. After a failure
    /// everything under way is waited for, and the load keeps what is not told of yet.
    pub(super) fn poll_next(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Vec<StreamOutcome>, Stopped>>> {
        loop {
            let is_at_end = !self.stopping && self.begin_chunks(context);
            match self.running.poll_next_unpin(context) {
                Poll::Ready(Some(mut chunk)) => {
                    self.bytes -= chunk.bytes;
                    if !self.stopping && chunk.failure.is_none() && !chunk.is_open() {
                        let progress = &mut self.load.progress;
                        progress.concurrency = self.sender.limit.limit();
                        return Poll::Ready(Some(Ok(progress.enter(chunk))));
                    }
                    self.stopping = true;
                    self.failure = self.failure.take().or(chunk.failure.take());
                    self.load.keep(chunk);
                }
                Poll::Ready(None) if self.stopping => {
                    return Poll::Ready(Some(Err(Stopped(self.failure.take()))));
                }
                Poll::Ready(None) if is_at_end => return Poll::Ready(None),
                Poll::Ready(None) | Poll::Pending => return Poll::Pending,
            }
        }
    }

    pub(super) async fn next(&mut self) -> Option<Result<Vec<StreamOutcome>, Stopped>> {
        poll_fn(|context| self.poll_next(context)).await
    }

    /// Begins no other chunk, and waits for those under way.
    pub(super) async fn stop(&mut self) {
        self.stopping = true;
        self.next().await;
    }

    /// Begins chunks while there is room; answers whether the stream has ended.
    fn begin_chunks(&mut self, context: &mut Context<'_>) -> bool {
        while self.running.len() < self.most_chunks && self.bytes < MOST_BYTES {
            let hurry = self.running.is_empty();
            match self.load.poll_chunk(context, self.chunk_size, hurry) {
                Poll::Ready(Some(chunk)) => {
                    self.bytes += chunk.bytes;
                    let settled = Arc::clone(&self.sender).settle(chunk);
                    self.running.push_back(Background::start(settled));
                }
                Poll::Ready(None) => return true,
                Poll::Pending => break,
            }
        }
        false
    }
}
