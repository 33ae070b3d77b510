//! When a request has to be done: all time limits are one deadline in the end.

use std::time::Duration;

use tokio::time::Instant;

use crate::options::Options;
use crate::timeouts::TimeoutCategory;

/// How many requests a method makes when nothing has to be repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Requests {
    One,
    Many,
}

/// The moment a request has to be done, retries and waits included, or a whole method if a limit for
/// the whole was asked for.
#[derive(Clone, Debug)]
pub(crate) struct Deadline {
    started: Instant,
    /// Of the whole, `None` for no limit.
    limit: Option<Duration>,
    category: TimeoutCategory,
    /// Of one request, `None` for no limit of its own.
    attempt: Option<Duration>,
}

impl Deadline {
    /// Starts the clock of a method.
    pub(crate) fn start(options: &Options, category: TimeoutCategory, requests: Requests) -> Self {
        let timeouts = &options.timeouts;
        let (limit, category) = match options.timeout {
            Some(limit) => (
                Some(limit).filter(|limit| !limit.is_zero()),
                TimeoutCategory::Call,
            ),
            None => (timeouts.limit(category), category),
        };
        // An administrative request takes what it takes, and a limit given to a call of one
        // request is meant for that request.
        let per_attempt = match (category, requests) {
            (TimeoutCategory::General, _) | (TimeoutCategory::Call, Requests::Many) => {
                timeouts.limit(TimeoutCategory::Attempt)
            }
            _ => None,
        };
        Self {
            started: Instant::now(),
            limit,
            category,
            attempt: per_attempt,
        }
    }

    /// The deadline of the next request of a method: as long as any other, unless the caller has
    /// limited the whole.
    pub(crate) fn for_request(&self) -> Self {
        let mut next = self.clone();
        if self.category != TimeoutCategory::Call {
            next.started = Instant::now();
        }
        next
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// What is left of the whole, `None` for no limit.
    pub(crate) fn remaining(&self) -> Option<Duration> {
        self.limit.map(|limit| limit.saturating_sub(self.elapsed()))
    }

    /// How long the next request may take if it is made now, and which limit says so.
    pub(crate) fn next_attempt(&self, now: Instant) -> Option<AttemptLimit> {
        let ends = |start: Instant, limit: Option<Duration>, category| {
            let limit = limit?;
            // What is too far off to be told is as good as no limit.
            let until = start.checked_add(limit)?;
            Some(AttemptLimit {
                until,
                limit,
                category,
            })
        };
        let whole = ends(self.started, self.limit, self.category);
        let attempt = ends(now, self.attempt, TimeoutCategory::Attempt);
        match (whole, attempt) {
            (Some(whole), Some(attempt)) if attempt.until < whole.until => Some(attempt),
            (None, attempt) => attempt,
            (whole, _) => whole,
        }
    }
}

/// When one request has to be done.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AttemptLimit {
    pub(crate) until: Instant,
    pub(crate) limit: Duration,
    pub(crate) category: TimeoutCategory,
}
