//! Documents in the order of time, of however many.
//!
//! The Data API sorts in memory, and 10,000 documents at most; a member with patience could fill a
//! guild beyond that. Where there are too many to sort, a stretch of time is looked for that holds
//! enough of them and not too many.

use astra_db::{Collection, Filter, Timestamp};

use super::error::{StoreError, is_too_much_to_sort};
use crate::domain::document::Document;
use crate::domain::id::DocumentId;

/// Stretches of time tried. Between six documents and ten thousand there is so much room that a few
/// do, unless all were made in one hour after years of silence.
const TRIES: u32 = 32;
/// Longer than Discord's ids can tell: 42 bits of milliseconds.
const ALL_TIME_MS: i64 = 1 << 42;

/// From where, and which way.
#[derive(Debug, Clone, Copy)]
pub(super) struct TimeOrder {
    /// The document to begin at.
    pub(super) from: DocumentId,
    /// Whether it is one of them.
    pub(super) is_inclusive: bool,
    /// Towards the past, or away from it.
    pub(super) newest_first: bool,
}

impl TimeOrder {
    /// The documents that match, next to each other in time.
    pub(super) async fn find(
        self,
        documents: &Collection<Document>,
        filter: Filter<Document>,
        limit: usize,
    ) -> Result<Vec<Document>, StoreError> {
        let all_time = self.stretch(documents, &filter, ALL_TIME_MS, limit).await;
        let mut failure = match all_time {
            Err(error) if is_too_much_to_sort(&error) => error,
            found => return found,
        };
        let (mut too_short, mut too_long) = (1_000, ALL_TIME_MS);
        for _ in 0..TRIES {
            // Short stretches are cheap: begin with those.
            let longer = too_short * 64;
            let between = if longer < too_long {
                longer
            } else {
                middle(too_short, too_long)
            };
            match self.stretch(documents, &filter, between, limit).await {
                Err(error) if is_too_much_to_sort(&error) => (too_long, failure) = (between, error),
                Ok(found) if found.len() < limit => too_short = between,
                found => return found,
            }
        }
        Err(failure)
    }

    /// The first documents within so much time, if they can be sorted.
    async fn stretch(
        self,
        documents: &Collection<Document>,
        filter: &Filter<Document>,
        length_ms: i64,
        limit: usize,
    ) -> Result<Vec<Document>, StoreError> {
        let id = Document::id();
        let onwards = match (self.newest_first, self.is_inclusive) {
            (true, true) => id.lte(self.from),
            (true, false) => id.lt(self.from),
            (false, true) => id.gte(self.from),
            (false, false) => id.gt(self.from),
        };
        let mut all = filter.clone().and(onwards);
        if length_ms < ALL_TIME_MS {
            all = all.and(self.until(length_ms));
        }
        let order = if self.newest_first {
            Document::id().desc()
        } else {
            Document::id().asc()
        };
        let limit = u32::try_from(limit).unwrap_or(u32::MAX);
        documents.find(all).sort(order).limit(limit).all().await
    }

    /// Within so much time.
    fn until(self, length_ms: i64) -> Filter<Document> {
        let begin = self.from.0.made_at().as_millis();
        let created_at = Document::created_at();
        if self.newest_first {
            created_at.gte(Timestamp::from_millis(begin.saturating_sub(length_ms)))
        } else {
            created_at.lte(Timestamp::from_millis(begin.saturating_add(length_ms)))
        }
    }
}

/// The middle by proportion: of a second and an hour, a minute.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "about right is enough, and both are below 2^42"
)]
fn middle(short: i64, long: i64) -> i64 {
    (short as f64 * long as f64).sqrt() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_is_between() {
        assert_eq!(middle(1_000, 3_600_000), 60_000);
    }
}
