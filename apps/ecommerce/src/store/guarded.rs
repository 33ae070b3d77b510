//! Conditional updates that others race for.

use std::time::Duration;

use astra_db::{ErrorCode, UpdateResult};

use super::error::{RACES, StoreError};

/// Sends a conditional update until it is clear what became of it: `true` when it is stored,
/// `false` when no document satisfies its condition.
///
/// A Data API tells a writer in two ways that another one was faster and nothing has been stored:
/// by "matched 1, modified 0" and no error, and by the error `FAILED_CONCURRENT_OPERATIONS`. Either
/// way the question has to be put again. So an update sent this way must change its document
/// whenever it matches.
pub(super) async fn guarded<F>(update: impl Fn() -> F) -> Result<bool, StoreError>
where
    F: IntoFuture<Output = Result<UpdateResult, astra_db::Error>>,
{
    for attempt in 0..RACES {
        match update().await {
            Ok(outcome) if outcome.modified_count > 0 => return Ok(true),
            Ok(outcome) if outcome.matched_count == 0 => return Ok(false),
            Err(error) if error.code() != Some(&ErrorCode::FailedConcurrentOperations) => {
                return Err(error.into());
            }
            Ok(_) | Err(_) => tokio::time::sleep(pause(attempt)).await,
        }
    }
    Err(StoreError::LostRaces)
}

/// A pause that grows to a fifth of a second and differs from one writer to the next, so that they
/// do not meet again.
pub(crate) fn pause(attempt: usize) -> Duration {
    let longest_ms = 200.min(2_u64 << attempt.min(8));
    Duration::from_millis(fastrand::u64(1..=longest_ms))
}
