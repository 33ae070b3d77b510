//! Trouble in the log: when it begins, while it lasts, and when it is over.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::error::Failure;
use super::trouble::Trouble;

/// How long the log does not repeat the same trouble.
const QUIET: Duration = Duration::from_secs(60);

/// The trouble that was logged last, until it is over.
#[derive(Debug, Default)]
pub(super) struct TroubleLog(Mutex<Option<(Trouble, Instant)>>);

impl TroubleLog {
    /// Notes how a write ended.
    pub(super) fn wrote<T, E: Failure>(&self, result: &Result<T, E>) {
        match result {
            Ok(_) => self.over(),
            Err(error) => self.note(error),
        }
    }

    /// Notes how a read ended. That one succeeds does not mean that trouble is over.
    pub(super) fn read<T, E: Failure>(&self, result: &Result<T, E>) {
        if let Err(error) = result {
            self.note(error);
        }
    }

    fn note(&self, error: &impl Failure) {
        let Some(trouble) = error.trouble() else {
            return;
        };
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_known = |(known, at): (Trouble, Instant)| known == trouble && at.elapsed() < QUIET;
        if !last.is_some_and(is_known) {
            *last = Some((trouble, Instant::now()));
            tracing::error!("{}", error.message());
        }
    }

    fn over(&self) {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Elsewhere in a damaged file, writing succeeds all the time.
        let ends = |(known, _): &mut (Trouble, Instant)| *known != Trouble::Damaged;
        if last.take_if(ends).is_some() {
            tracing::info!("the database can be written again");
        }
    }
}
