//! What time it is, for applications whose tests move the time on.

use std::fmt;
use std::sync::Arc;

use astra_db::Timestamp;

/// Tells the time in milliseconds since 1970, of which both kinds of timestamps are made. Cheap to clone.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> i64 + Send + Sync>);

impl Clock {
    /// A clock that asks this function.
    pub fn from_fn(now_ms: impl Fn() -> i64 + Send + Sync + 'static) -> Self {
        Self(Arc::new(now_ms))
    }

    /// What time it is.
    pub fn now_ms(&self) -> i64 {
        (self.0)()
    }
}

/// The clock of the operating system.
impl Default for Clock {
    fn default() -> Self {
        Self::from_fn(|| Timestamp::now().as_millis())
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}
