//! Requests and answers under way: small ones are carried out at once, large ones share a bounded amount of memory and
//! wait for it.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::{task, time};

use crate::json;

/// Bytes of a body that need no reservation.
pub(crate) const SMALL_BODY: usize = 64 * 1024;

/// The part of the memory that bodies may take while they are received: a fourth. It is apart, so that no request waits
/// for memory that is only free once others have gone on that wait for the same.
const RECEIVING: usize = 4;

/// Bytes of a body that are looked at before other requests have a turn.
const COUNTED_AT_ONCE: usize = 128 * 1024;

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

impl InFlight {
    pub(crate) fn new(bytes: usize) -> Self {
        let receiving = bytes / RECEIVING;
        Self {
            receiving: Lender::new(receiving),
            working: Lender::new(bytes - receiving),
        }
    }

    /// Waits for memory for a body that is being received; none comes of it where there is none for ten seconds.
    pub(crate) async fn for_body(&self, bytes: usize) -> Option<Reservation> {
        if bytes <= SMALL_BODY {
            return Some(Reservation::default());
        }
        self.receiving.lend(bytes).await
    }

    /// The same for a request with this body and for the values in it.
    pub(crate) async fn for_request(&self, body: &[u8]) -> Option<Reservation> {
        if body.len() <= SMALL_BODY {
            return Some(Reservation::default());
        }
        let mut bytes = body.len();
        for part in body.chunks(COUNTED_AT_ONCE) {
            bytes += json::memory_of_values(part);
            task::yield_now().await;
        }
        self.working.lend(bytes).await
    }

    /// The same for an answer while it is put together.
    pub(crate) async fn for_answer(&self, bytes: usize) -> Option<Reservation> {
        self.working.lend(bytes).await
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

impl Reservation {
    /// Keeps only so much of it. What others have a part in stays whole.
    pub(crate) fn keep(self, bytes: usize) -> Self {
        let mut lent = self.0;
        if let Some(lent) = lent.as_mut().and_then(Arc::get_mut) {
            let spare = lent.num_permits().saturating_sub(units(bytes) as usize);
            drop(lent.split(spare));
        }
        Self(lent)
    }
}
