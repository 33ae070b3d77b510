//! How a review is written, changed and deleted: in its document, in the lists, and in the stars of its vehicle, which no
//! transaction spans.
//!
//! A pending marker comes first. A review has one at a time, so one change of it is under way, and readers of the stars
//! look at the review itself from then on. Then its document is changed, if it still is as it was read, and the lists
//! after it. Last, the new rating is counted and the marker removed.
//!
//! A change that does not come to its end leaves its marker. Another change waits for a moment and then takes its place;
//! and once a marker is older than a request can be, a reader or the housekeeping makes lists and stars what the document
//! says.

use std::time::Duration;

use astra_db::table::Timestamp;

use crate::domain::id::ChangeId;
use crate::domain::review::Review;
use crate::error::AppError;
use crate::store::pending_marker::PendingMarker;
use crate::store::reviews::StoredReview;
use crate::store::{Store, StoreError};

/// A change this old has been abandoned: a request takes half a minute at most.
const ABANDONED_AFTER_MS: i64 = 60_000;
/// How long a change waits for another one of the same review.
const PATIENCE: Duration = Duration::from_secs(1);
const PAUSE: Duration = Duration::from_millis(20);
/// How often a change begins again because others were faster.
const ATTEMPTS: usize = 200;

/// How a review was stored when it was decided what is to become of it, what that is, and how.
pub(super) type Decision = (Option<StoredReview>, Review, Kind);

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Create,
    /// Write what another request began to write. If that ends now, there is something else to decide.
    CarryOn,
    Edit,
    Delete,
    Hide,
    Unhide,
}

/// Changes the one review of a user and a vehicle, and answers how it is then. Where others are faster, `decide` is asked
/// again.
pub(super) async fn change<F>(store: &Store, decide: impl Fn() -> F) -> Result<Review, AppError>
where
    F: Future<Output = Result<Decision, AppError>>,
{
    let mut waited = (None, Duration::ZERO);
    for _ in 0..ATTEMPTS {
        let (stored, review, kind) = decide().await?;
        let marker = PendingMarker::new(&review, stored.as_ref());
        let Some(marker) = mark(store, marker, kind, &mut waited).await? else {
            continue;
        };
        let mut next = StoredReview::new(review, marker.change, kind == Kind::Delete);
        next.is_hidden = match kind {
            Kind::Hide => true,
            Kind::Unhide => false,
            _ => stored.as_ref().is_some_and(|stored| stored.is_hidden),
        };
        let read = stored.map(|stored| stored.change);
        if store.reviews.store(&next, read).await? {
            list(store, &marker, &next).await?;
            let is_first = end(store, &marker, &next).await?;
            if !is_first && matches!(kind, Kind::Create | Kind::CarryOn) {
                return Err(AppError::AlreadyReviewed(Some(next.review.id)));
            }
            return Ok(next.review);
        }
        if !marker.took_over {
            store.ratings.settle(&marker, marker.was).await?;
        }
    }
    Err(StoreError::LostRaces.into())
}

/// Marks a review; `None` if it is worth another try.
async fn mark(
    store: &Store,
    marker: PendingMarker,
    kind: Kind,
    waited: &mut (Option<ChangeId>, Duration),
) -> Result<Option<PendingMarker>, AppError> {
    if kind != Kind::CarryOn && store.ratings.mark(&marker, None).await? {
        return Ok(Some(marker));
    }
    let pending = store.ratings.pending(marker.vehicle_id, marker.review_id);
    let Some(other) = pending.await? else {
        return Ok(None);
    };
    if other == marker {
        return Ok(Some(marker));
    }
    if waited.0 != Some(other.change) {
        *waited = (Some(other.change), Duration::ZERO);
    }
    if waited.1 < PATIENCE && !other.is_done {
        waited.1 += PAUSE;
        tokio::time::sleep(PAUSE).await;
        return Ok(None);
    }
    take_over(store, &other).await
}

/// Puts a marker in the place of another one, if that is still there.
async fn take_over(
    store: &Store,
    other: &PendingMarker,
) -> Result<Option<PendingMarker>, AppError> {
    let stored = store.reviews.stored(other.user_id, other.vehicle_id);
    let marker = other.taken_over(stored.await?.as_ref());
    let is_marked = store.ratings.mark(&marker, Some(other)).await?;
    Ok(is_marked.then_some(marker))
}

/// Makes the lists what a review is.
async fn list(
    store: &Store,
    marker: &PendingMarker,
    stored: &StoredReview,
) -> Result<(), StoreError> {
    let is_listed = marker.was.is_some() && !marker.took_over;
    match stored.rating_of(marker.review_id) {
        Some(_) => store.reviews.list(&stored.review, is_listed).await,
        None if stored.is(marker.review_id) => {
            store
                .reviews
                .hide(marker.vehicle_id, marker.review_id)
                .await
        }
        None => {
            store
                .reviews
                .unlist(marker.vehicle_id, marker.review_id, marker.user_id)
                .await
        }
    }
}

/// Counts the rating and removes the marker; answers whether no other change has taken the place of this one, and
/// decided what became of the review.
///
/// A change that took the place of another one leaves its marker: the other one may still write into the list, late.
async fn end(
    store: &Store,
    marker: &PendingMarker,
    next: &StoredReview,
) -> Result<bool, StoreError> {
    if marker.took_over {
        return store.ratings.keep(marker).await;
    }
    let now = next.rating_of(marker.review_id);
    if store.ratings.settle(marker, now).await? {
        return Ok(true);
    }
    // It was counted, and the answer lost, if nobody has marked the review since.
    let pending = store.ratings.pending(marker.vehicle_id, marker.review_id);
    Ok(pending.await?.is_none())
}

/// Makes lists and stars what the documents of reviews say whose changes were abandoned: the program was stopped, or the
/// database did not answer.
pub async fn finish_abandoned(
    store: &Store,
    pending: &[PendingMarker],
    now: Timestamp,
) -> Result<(), AppError> {
    for abandoned in pending {
        let age = now
            .as_millis()
            .saturating_sub(abandoned.change.made_at_ms());
        if age <= ABANDONED_AFTER_MS {
            continue;
        }
        let Some(marker) = take_over(store, abandoned).await? else {
            continue;
        };
        tracing::warn!(review.id = %marker.review_id, "a change of a review was not finished, and is now");
        let stored = store.reviews.stored(marker.user_id, marker.vehicle_id);
        let stored = stored.await?;
        if let Some(stored) = &stored {
            list(store, &marker, stored).await?;
        }
        let now = stored.and_then(|stored| stored.rating_of(marker.review_id));
        store.ratings.settle(&marker, now).await?;
    }
    Ok(())
}
