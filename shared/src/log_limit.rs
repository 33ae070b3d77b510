//! Keeps what strangers can repeat at will from filling the log.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

const PAUSE: Duration = Duration::from_mins(1);

/// Lets one event a minute into the log, and counts the others.
#[derive(Debug, Default)]
pub(crate) struct LogLimit(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    logged_at: Option<Instant>,
    repeated: u64,
}

impl LogLimit {
    /// Calls `write` unless it did so within the last minute, with the number of events left out since then.
    pub(crate) fn log(&self, write: impl FnOnce(u64)) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if state.logged_at.is_some_and(|at| at.elapsed() < PAUSE) {
            state.repeated += 1;
            return;
        }
        let repeated = std::mem::take(&mut state.repeated);
        state.logged_at = Some(Instant::now());
        drop(state);
        write(repeated);
    }
}
