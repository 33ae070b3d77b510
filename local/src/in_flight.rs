//! Requests and answers under way: small ones are carried out at once, large ones share a bounded amount of memory and
//! wait for it.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::{self, JoinError};
use tokio::time;

use crate::engine::{Engine, Request, Response};
use crate::error::server;
use crate::json;
use crate::limits::Limits;
use crate::response::Answer;

/// Bytes of a body that need no reservation.
pub(crate) const SMALL_BODY: usize = 64 * 1024;

/// Bytes of an answer that need no reservation.
const SMALL_ANSWER: usize = 256 * 1024;

/// The part of the memory that bodies may take while they are received: a fourth. It is apart, so that no request waits
/// for memory that is only free once others have gone on that wait for the same.
const RECEIVING: usize = 4;

/// Bytes a large answer may take while it is put together: its documents, and the text they become.
const LARGE_ANSWER: usize = 96 * 1024 * 1024;

/// How long a large request or answer waits for memory.
const PATIENCE: Duration = Duration::from_secs(10);

/// The memory that is lent to large requests and answers, in units of a KiB.
#[derive(Debug)]
pub(crate) struct InFlight {
    receiving: Lender,
    working: Lender,
}

/// A number of KiB that are lent.
#[derive(Debug)]
struct Lender {
    free: Arc<Semaphore>,
    all: u32,
}

/// Memory for a request or an answer, until this is dropped. Clones stand for the same memory.
#[derive(Clone, Debug, Default)]
pub struct Reservation(Option<Arc<OwnedSemaphorePermit>>);

/// A [`Request`] with all that is its own, to be carried out on another thread.
#[derive(Clone, Debug)]
pub struct OwnedRequest {
    /// The keyspace it is for; none for the database as a whole.
    pub keyspace: Option<String>,
    /// The collection or table it is for; none for the keyspace as a whole.
    pub name: Option<String>,
    /// The command as JSON.
    pub body: Bytes,
    /// What [`Engine::reserve`] gave for the body.
    pub memory: Reservation,
}

impl InFlight {
    pub(crate) fn new(bytes: usize) -> Self {
        let receiving = bytes / RECEIVING;
        Self {
            receiving: Lender::new(receiving),
            working: Lender::new(bytes - receiving),
        }
    }

    /// Waits for memory for a body that is being received, as [`Engine::reserve`] does for what becomes of it.
    pub(crate) async fn receive(&self, body_bytes: usize) -> Result<Reservation, Response> {
        if body_bytes <= SMALL_BODY {
            return Ok(Reservation::default());
        }
        self.receiving.lend(body_bytes).await.ok_or_else(overloaded)
    }
}

impl Lender {
    fn new(bytes: usize) -> Self {
        let all = units(bytes).max(1);
        Self {
            free: Arc::new(Semaphore::new(
                usize::try_from(all).unwrap_or(Semaphore::MAX_PERMITS),
            )),
            all,
        }
    }

    /// Waits for memory. What is more than there is at all gets all of it.
    async fn lend(&self, bytes: usize) -> Option<Reservation> {
        let free = Arc::clone(&self.free);
        let lent = free.acquire_many_owned(units(bytes).min(self.all));
        let lent = time::timeout(PATIENCE, lent).await.ok()?.ok()?;
        Some(Reservation(Some(Arc::new(lent))))
    }
}

fn units(bytes: usize) -> u32 {
    u32::try_from(bytes.div_ceil(1024)).unwrap_or(u32::MAX)
}

impl Engine {
    /// Waits until there is memory for a request with this body and for the values in it.
    ///
    /// # Errors
    ///
    /// The answer to give, of status 429, where there is none for ten seconds. Nothing was done then.
    pub async fn reserve(&self, body: &[u8]) -> Result<Reservation, Response> {
        if body.len() <= SMALL_BODY {
            return Ok(Reservation::default());
        }
        let bytes = body.len() + json::memory_of_values(body);
        let lent = self.in_flight().working.lend(bytes).await;
        lent.ok_or_else(overloaded)
    }

    /// Carries out a request on one of tokio's threads for blocking work, as [`Engine::execute`] does on the thread that
    /// calls it. A large answer waits for memory and keeps it until it is dropped; where there is none for ten seconds,
    /// the answer is one of status 429.
    ///
    /// Dropped before it is ready, it still carries out what it has begun: it may be a write.
    ///
    /// # Errors
    ///
    /// Where the command panicked, or the runtime is shutting down.
    pub async fn respond(&self, request: OwnedRequest) -> Result<Response, JoinError> {
        let careful = self.limited_to(Limits {
            answer: SMALL_ANSWER,
            ..self.limits().clone()
        });
        let memory = request.memory.clone();
        let request = Arc::new(request);
        let mut small = on_a_thread(careful, Arc::clone(&request)).await?;
        // A command that fails with this has written nothing, so it can be begun anew.
        if small.error_code != Some(server::OVERLOADED_SERVER.code) {
            // Such as the ids of what a large request inserted.
            if small.body.len() > SMALL_ANSWER {
                drop(request);
                small.memory = memory.keep(small.body.len());
            }
            return Ok(small);
        }
        let Some(lent) = self.in_flight().working.lend(LARGE_ANSWER).await else {
            return Ok(overloaded());
        };
        let mut large = on_a_thread(self.clone(), request).await?;
        large.memory = lent.keep(large.body.len());
        Ok(large)
    }
}

async fn on_a_thread(engine: Engine, request: Arc<OwnedRequest>) -> Result<Response, JoinError> {
    task::spawn_blocking(move || {
        engine.execute(Request {
            keyspace: request.keyspace.as_deref(),
            name: request.name.as_deref(),
            body: &request.body,
        })
    })
    .await
}

impl Reservation {
    /// Keeps only so much of it. What others have a part in stays whole.
    fn keep(self, bytes: usize) -> Self {
        let mut lent = self.0;
        if let Some(lent) = lent.as_mut().and_then(Arc::get_mut) {
            let spare = lent.num_permits().saturating_sub(units(bytes) as usize);
            drop(lent.split(spare));
        }
        Self(lent)
    }
}

fn overloaded() -> Response {
    let message = "The server is busy with large requests, and this one was not begun. Send it again in a few seconds.";
    Answer::from(server::OVERLOADED_SERVER.because(message)).into()
}
