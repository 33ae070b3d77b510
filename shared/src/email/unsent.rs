//! When the next try of an email is due.

use std::time::Duration;

use astra_db::Timestamp;
use serde::{Deserialize, Serialize};

/// Longer than one try can take, so that two workers do not send the same email at once.
const SHORTEST_PAUSE: Duration = Duration::from_mins(2);
const LONGEST_PAUSE: Duration = Duration::from_hours(6);
/// After this time an email is given up.
const PATIENCE: Duration = Duration::from_hours(48);

/// An email that is still to be sent, kept in the document it speaks of.
///
/// Claiming it moves the next try to later before anything is sent. So a try that fails, or whose process dies, needs
/// nothing written: the next one is due by itself. The pauses grow with the age of the email.
///
/// ```
/// use astra_db::Timestamp;
/// use shared::email::Unsent;
///
/// let unsent = Unsent::new(Timestamp::from_millis(1_000));
/// assert_eq!(unsent.claim(Timestamp::from_millis(999)), None, "not due yet");
/// let claimed = unsent.claim(Timestamp::from_millis(1_000)).unwrap();
/// assert_eq!(claimed.due_at, Timestamp::from_millis(121_000));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unsent {
    /// When what it speaks of happened.
    pub since: Timestamp,
    /// When the next try is due.
    pub due_at: Timestamp,
}

impl Unsent {
    /// An email that is due now.
    pub fn new(now: Timestamp) -> Self {
        Self {
            since: now,
            due_at: now,
        }
    }

    /// What is to be stored before the next try; `None` if that is not due. Only the worker whose conditional update has
    /// stored it may send.
    #[must_use]
    pub fn claim(self, now: Timestamp) -> Option<Self> {
        let age = between(self.since, now);
        let pause = age.clamp(millis(SHORTEST_PAUSE), millis(LONGEST_PAUSE));
        (self.due_at <= now).then(|| Self {
            due_at: Timestamp::from_millis(now.as_millis().saturating_add(pause)),
            ..self
        })
    }

    /// Whether the try that was claimed is the last.
    pub fn is_last(self) -> bool {
        between(self.since, self.due_at) >= millis(PATIENCE + LONGEST_PAUSE)
    }
}

fn between(earlier: Timestamp, later: Timestamp) -> i64 {
    later.as_millis().saturating_sub(earlier.as_millis())
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
