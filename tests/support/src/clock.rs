//! A clock that a test moves on.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use astra_db::Timestamp;

use shared::clock::Clock;

/// The time of a test. Its clones are moved on together.
#[derive(Debug, Clone)]
pub struct TestClock {
    /// Where it stood still at first; `None` for one that runs.
    start_ms: Option<i64>,
    passed_ms: Arc<AtomicI64>,
}

impl TestClock {
    /// A clock that stands still until it is moved on.
    pub fn stopped_at_ms(start_ms: i64) -> Self {
        Self {
            start_ms: Some(start_ms),
            passed_ms: Arc::default(),
        }
    }

    /// A clock that runs, and can be moved on.
    pub fn running() -> Self {
        Self {
            start_ms: None,
            passed_ms: Arc::default(),
        }
    }

    /// What time it is.
    pub fn now_ms(&self) -> i64 {
        self.start_ms() + self.passed_ms.load(Ordering::Relaxed)
    }

    /// Moves the clock on.
    pub fn pass(&self, time: Duration) {
        let time_ms = i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
        self.passed_ms.fetch_add(time_ms, Ordering::Relaxed);
    }

    /// Sets the clock, also back.
    pub fn set_ms(&self, now_ms: i64) {
        self.passed_ms
            .store(now_ms - self.start_ms(), Ordering::Relaxed);
    }

    /// The clock for the state of an application.
    pub fn clock(&self) -> Clock {
        let clock = self.clone();
        Clock::from_fn(move || clock.now_ms())
    }

    fn start_ms(&self) -> i64 {
        self.start_ms
            .unwrap_or_else(|| Timestamp::now().as_millis())
    }
}
