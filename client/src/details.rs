//! The value of a call together with what the call took.

use std::fmt;
use std::ops::Deref;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::error::ApiError;
use crate::event::{CommandListener, CommandSucceeded};
use crate::value::Uuid;

/// The value of a call, what the server wants to be known about it, and what it took. Every builder
/// answers it with `details()`.
///
/// It can be used like the value itself.
///
/// ```no_run
/// # async fn run(products: astra_db::Collection) -> Result<(), astra_db::Error> {
/// use serde_json::json;
///
/// let found = products.count_documents(json!({"price": {"$lt": 30}}), 1000).details().await?;
/// println!("{} products, {} warnings", found.value, found.warnings.len());
/// println!("{:?} in {} attempts ({:?})", found.elapsed, found.attempts, found.request_id);
/// # Ok(())
/// # }
/// ```
#[doc(alias = "with_meta")]
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Details<T> {
    /// What the call answers without its details.
    pub value: T,
    /// What the server wants to be known although the call succeeded, each once.
    pub warnings: Vec<ApiError>,
    /// Identifies the last request in events and spans; `None` if the Data API was not asked.
    pub request_id: Option<Uuid>,
    /// How many requests the call took, without those that were repeated.
    pub requests: u32,
    /// How often requests were sent, `requests` if nothing was repeated.
    pub attempts: u32,
    /// From the start of the call to its end, waits included.
    pub elapsed: Duration,
}

impl<T> Details<T> {
    /// The value alone.
    pub fn into_value(self) -> T {
        self.value
    }
}

impl<T> Deref for Details<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

/// Collects the details of a call from its events.
pub(crate) struct DetailsRecorder {
    started: Instant,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    warnings: Vec<ApiError>,
    request_id: Option<Uuid>,
    requests: u32,
    attempts: u32,
}

impl DetailsRecorder {
    pub(crate) fn start() -> Self {
        Self {
            started: Instant::now(),
            seen: Mutex::default(),
        }
    }

    pub(crate) fn details<T>(&self, value: T) -> Details<T> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let Seen {
            warnings,
            request_id,
            requests,
            attempts,
        } = std::mem::take(&mut *seen);
        Details {
            value,
            warnings,
            request_id,
            requests,
            attempts,
            elapsed: self.started.elapsed(),
        }
    }
}

impl CommandListener for DetailsRecorder {
    fn succeeded(&self, event: &CommandSucceeded<'_>) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        for warning in event.warnings {
            let is_same =
                |known: &ApiError| known.code == warning.code && known.message == warning.message;
            if !seen.warnings.iter().any(is_same) {
                seen.warnings.push(warning.clone());
            }
        }
        seen.request_id = Some(event.call.request_id);
        seen.requests += 1;
        seen.attempts += event.call.attempts;
    }
}

impl fmt::Debug for DetailsRecorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DetailsRecorder")
    }
}
