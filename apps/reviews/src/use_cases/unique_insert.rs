//! "There must not be two of these" on a database that cannot say "insert if absent".
//!
//! Writing a row of a table is an upsert, and the Data API offers no condition on it. So whoever
//! makes something that there must be only one of (the account of an e-mail address, the review of
//! a user on a vehicle) writes his row first and looks for others afterwards, and only who sees no
//! other has made it. Of any two, the one who wrote later sees the other's row; so two can never
//! both win, however their steps interleave, and whichever machines they run on.
//!
//! That neither wins is possible: both see each other. Then the one with the smaller id waits for
//! the other to withdraw, which it does at once, or to have won, if it was faster than to see
//! anybody.

use std::time::Duration;

const LONGEST_WAIT: Duration = Duration::from_secs(3);
const PAUSE: Duration = Duration::from_millis(20);

/// Another row of which there must be only one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Other<I> {
    pub(crate) id: I,
    /// Whether it is known to stay.
    pub(crate) has_won: bool,
}

impl<I: Ord> Other<I> {
    /// Whether the other row stays and this one has to go.
    pub(crate) fn has_priority_over(&self, mine: &I) -> bool {
        self.has_won || self.id < *mine
    }
}

/// Whether the row just written is the only one. If not, it has to be deleted again.
///
/// `others` reads the other rows.
pub(crate) async fn is_won<I: Ord, E, F>(mine: I, others: impl Fn() -> F) -> Result<bool, E>
where
    F: Future<Output = Result<Vec<Other<I>>, E>>,
{
    let mut waited = Duration::ZERO;
    loop {
        let others = others().await?;
        if others.is_empty() {
            return Ok(true);
        }
        if others.iter().any(|other| other.has_priority_over(&mine)) || waited >= LONGEST_WAIT {
            return Ok(false);
        }
        tokio::time::sleep(PAUSE).await;
        waited += PAUSE;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::convert::Infallible;
    use std::sync::{Arc, Mutex, PoisonError};

    use tokio::task::JoinSet;

    use super::*;

    /// Id, and whether it is known to stay.
    type Rows = Arc<Mutex<BTreeMap<u32, bool>>>;

    fn rows(rows: &Rows) -> std::sync::MutexGuard<'_, BTreeMap<u32, bool>> {
        rows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A moment that differs from one to the next.
    async fn moment() {
        tokio::time::sleep(Duration::from_micros(fastrand::u64(0..3_000))).await;
    }

    /// Does what those who make an account or a review do; answers whether it was made.
    async fn contend(table: Rows, mine: u32) -> bool {
        moment().await;
        if !rows(&table).is_empty() {
            return false;
        }
        moment().await;
        rows(&table).insert(mine, false);
        let others = || {
            let table = Arc::clone(&table);
            async move {
                moment().await;
                let all = rows(&table).clone();
                moment().await;
                let others = all.into_iter().filter(|(id, _)| *id != mine);
                let others = others.map(|(id, has_won)| Other { id, has_won });
                Ok::<_, Infallible>(others.collect())
            }
        };
        let Ok(is_won) = is_won(mine, others).await;
        moment().await;
        if is_won {
            rows(&table).insert(mine, true);
        } else {
            rows(&table).remove(&mine);
        }
        is_won
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn of_many_at_once_exactly_one_wins() {
        for _ in 0..40 {
            let table = Rows::default();
            let mut contenders = JoinSet::new();
            for id in 0..6 {
                contenders.spawn(contend(Arc::clone(&table), id));
            }
            let won = contenders.join_all().await;
            let winners = won.into_iter().filter(|is_won| *is_won).count();
            assert_eq!((winners, rows(&table).len()), (1, 1));
        }
    }
}
