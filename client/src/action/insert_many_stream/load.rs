//! What is still to be stored.

use std::collections::VecDeque;
use std::task::{Context, Poll};

use futures_util::StreamExt;
use futures_util::stream::{BoxStream, Fuse};

use super::chunk::Chunk;
use super::progress::InsertProgress;
use crate::action::insert_many::Written;

/// The documents that are still to be stored, and how far the load has come.
pub(super) struct Load {
    source: Fuse<BoxStream<'static, Written>>,
    /// The chunk that is being filled.
    filling: Chunk,
    /// Chunks of a load that stopped, in the order of the stream. Some may be settled.
    stopped: VecDeque<Chunk>,
    pub(super) progress: InsertProgress,
}

impl Load {
    pub(super) fn new(source: BoxStream<'static, Written>) -> Self {
        Self {
            source: source.fuse(),
            filling: Chunk::default(),
            stopped: VecDeque::new(),
            progress: InsertProgress::default(),
        }
    }

    /// The next chunk: a full one, or what there is when the stream has nothing ready and `hurry`
    /// says that nothing else is to be done.
    pub(super) fn poll_chunk(
        &mut self,
        context: &mut Context<'_>,
        size: usize,
        hurry: bool,
    ) -> Poll<Option<Chunk>> {
        if let Some(chunk) = self.stopped.pop_front() {
            return Poll::Ready(Some(chunk));
        }
        loop {
            match self.source.poll_next_unpin(context) {
                Poll::Ready(Some(document)) => {
                    self.filling.push(document);
                    if self.filling.is_full(size) {
                        return Poll::Ready(self.cut());
                    }
                }
                Poll::Ready(None) => return Poll::Ready(self.cut()),
                Poll::Pending if hurry => match self.cut() {
                    Some(chunk) => return Poll::Ready(Some(chunk)),
                    None => return Poll::Pending,
                },
                Poll::Pending => return Poll::Pending,
            }
        }
    }

    /// Keeps a chunk for when the load is resumed.
    pub(super) fn keep(&mut self, chunk: Chunk) {
        self.stopped.push_back(chunk);
    }

    fn cut(&mut self) -> Option<Chunk> {
        if self.filling.items.is_empty() {
            return None;
        }
        let next = Chunk::starting_at(self.filling.end());
        Some(std::mem::replace(&mut self.filling, next))
    }
}
