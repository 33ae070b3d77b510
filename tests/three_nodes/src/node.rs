//! One node: a Data API, and the writes that have not reached it yet.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use astra_db::{Transport, TransportError, TransportReply, TransportRequest};
use tokio::sync::oneshot;

use crate::lock;

type Reply = Result<TransportReply, TransportError>;

#[derive(Debug)]
pub(crate) struct Node {
    transport: Box<dyn Transport>,
    queue: Mutex<Queue>,
    /// Held while writes are applied, one after the other.
    applying: tokio::sync::Mutex<()>,
    applied: AtomicU64,
    is_up: AtomicBool,
    stale_reads: AtomicU64,
}

#[derive(Debug, Default)]
struct Queue {
    writes: VecDeque<Write>,
    /// The number of the newest write.
    newest: u64,
}

#[derive(Debug)]
struct Write {
    number: u64,
    /// From which command on it can be delivered.
    due: u64,
    request: TransportRequest,
    reply: oneshot::Sender<Reply>,
}

impl Node {
    pub(crate) fn new(transport: impl Transport) -> Self {
        Self {
            transport: Box::new(transport),
            queue: Mutex::default(),
            applying: tokio::sync::Mutex::default(),
            applied: AtomicU64::new(0),
            is_up: AtomicBool::new(true),
            stale_reads: AtomicU64::new(0),
        }
    }

    pub(crate) fn is_up(&self) -> bool {
        self.is_up.load(Ordering::SeqCst)
    }

    pub(crate) fn set_up(&self, is_up: bool) {
        self.is_up.store(is_up, Ordering::SeqCst);
    }

    /// The number of the write that was applied last.
    pub(crate) fn applied(&self) -> u64 {
        self.applied.load(Ordering::SeqCst)
    }

    pub(crate) fn stale_reads(&self) -> u64 {
        self.stale_reads.load(Ordering::SeqCst)
    }

    /// Queues a write; answers its number and where its reply will arrive.
    pub(crate) fn queue(
        &self,
        request: TransportRequest,
        due: u64,
    ) -> (u64, oneshot::Receiver<Reply>) {
        let (reply, receiver) = oneshot::channel();
        let mut queue = lock(&self.queue);
        queue.newest += 1;
        let number = queue.newest;
        queue.writes.push_back(Write {
            number,
            due,
            request,
            reply,
        });
        (number, receiver)
    }

    /// Applies the writes that are due at the command `now`, and all up to the one with the number `at_least` if that
    /// is queued.
    pub(crate) async fn deliver(&self, now: u64, at_least: u64) -> Result<(), TransportError> {
        let _applying = self.applying.lock().await;
        loop {
            let next = {
                let mut queue = lock(&self.queue);
                let wanted = at_least != u64::MAX;
                let is_next = |write: &Write| {
                    write.due <= now || (wanted && write.number <= at_least) || now == u64::MAX
                };
                if queue.writes.front().is_some_and(is_next) {
                    queue.writes.pop_front()
                } else {
                    None
                }
            };
            let Some(write) = next else { return Ok(()) };
            let reply = self.transport.send(write.request).await;
            self.applied.store(write.number, Ordering::SeqCst);
            // Nobody waits for the replies of the nodes that do not coordinate the write.
            drop(write.reply.send(reply));
        }
    }

    pub(crate) async fn read(&self, request: TransportRequest) -> Reply {
        if self.applied() < lock(&self.queue).newest {
            self.stale_reads.fetch_add(1, Ordering::SeqCst);
        }
        self.transport.send(request).await
    }

    /// Sends a command that is not replicated.
    pub(crate) async fn send(&self, request: TransportRequest) -> Reply {
        self.transport.send(request).await
    }
}
