//! "There must not be two of these" on a database that cannot say "insert if absent".
//!
//! Writing a row of a table is an upsert, and the Data API offers no condition on it. So whoever
//! makes something that there must be only one of (the account of an e-mail address, the review of
//! a user on a vehicle) writes his row first and looks for others afterwards, and only who sees no
//! other has made it. Of any two, the one who wrote later sees the other's row; so two can never
//! both win, however their steps interleave, and whichever machines they run on.
//!
//! That neither wins is possible: both see each other. Then the one with the smaller id waits for
//! the other to withdraw, which it does at once.

use std::time::Duration;

const LONGEST_WAIT: Duration = Duration::from_secs(3);
const PAUSE: Duration = Duration::from_millis(20);

/// Whether the row just written is the only one. If not, it has to be deleted again.
///
/// `others` reads the ids of the other rows.
pub(crate) async fn is_won<I: Ord, E, F>(mine: I, others: impl Fn() -> F) -> Result<bool, E>
where
    F: Future<Output = Result<Vec<I>, E>>,
{
    let mut waited = Duration::ZERO;
    loop {
        let others = others().await?;
        match others.iter().min() {
            None => return Ok(true),
            Some(first) if *first < mine || waited >= LONGEST_WAIT => return Ok(false),
            Some(_) => {}
        }
        tokio::time::sleep(PAUSE).await;
        waited += PAUSE;
    }
}
