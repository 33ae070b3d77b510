//! Waits until a database has the status that it should have.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::database_status::DatabaseStatus;

/// Between the first two looks at a database.
pub(super) const FIRST_WAIT: Duration = Duration::from_secs(1);
/// Each wait is half as long again as the one before, up to this many times the first.
const MOST_GROWTH: f64 = 15.0;

/// Called with each status that is seen.
#[derive(Clone)]
pub(super) struct StatusListener(pub(super) Arc<dyn Fn(&DatabaseStatus) + Send + Sync>);

impl fmt::Debug for StatusListener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StatusListener")
    }
}

/// Where a database should get.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Goal {
    Active,
    Terminated,
}

/// What a look at it shows.
pub(super) enum Progress {
    Reached,
    Underway,
    Failed(DatabaseStatus),
}

impl Goal {
    pub(super) fn progress(self, status: &DatabaseStatus) -> Progress {
        use DatabaseStatus as Status;
        match (self, status) {
            (Self::Active, Status::Active) | (Self::Terminated, Status::Terminated) => {
                Progress::Reached
            }
            (_, Status::Error) | (Self::Active, Status::Terminating | Status::Terminated) => {
                Progress::Failed(status.clone())
            }
            _ => Progress::Underway,
        }
    }
}

/// The wait after this number of looks, a little shorter or longer by chance.
pub(super) fn wait_after(looks: u32, first: Duration) -> Duration {
    let growth = 1.5_f64.powi(looks.min(20).cast_signed()).min(MOST_GROWTH);
    first.mul_f64(growth * (0.9 + 0.2 * fastrand::f64()))
}
