//! Changes of reviews that were not finished: the program was stopped, or the database did not answer.

use astra_db::table::Timestamp;

use super::unique_insert::Other;
use crate::domain::id::ReviewId;
use crate::domain::review::Review;
use crate::error::AppError;
use crate::store::Store;
use crate::store::ratings::Note;

/// A note this old belongs to nobody any more: a request takes half a minute at most.
const ABANDONED_AFTER_MS: i64 = 60_000;

/// The author's other reviews of the same vehicle. One without a note has been settled.
pub(super) async fn others(
    store: &Store,
    review: &Review,
) -> Result<Vec<Other<ReviewId>>, AppError> {
    let &Review {
        id,
        vehicle_id,
        author_id,
        ..
    } = review;
    let reviews = store
        .reviews
        .of_user_on_vehicle(author_id, vehicle_id, Some(id));
    let mut others = Vec::new();
    for Review { id, .. } in reviews.await? {
        let has_won = !store.ratings.is_noted(vehicle_id, id).await?;
        // Its note may be gone because it was withdrawn just now; then the review is gone, too.
        if !has_won || store.reviews.find(vehicle_id, id).await?.is_some() {
            others.push(Other { id, has_won });
        }
    }
    Ok(others)
}

/// Whether the change that left this note has ended without taking it away: the program was
/// stopped, or the database did not answer.
pub(super) fn is_abandoned(note: &Note, now: Timestamp) -> bool {
    now.as_millis().saturating_sub(note.id.made_at_ms()) > ABANDONED_AFTER_MS
}

/// Carries a change that was abandoned to its end, whichever it was. May be done again.
pub(super) async fn finish(store: &Store, note: &Note) -> Result<(), AppError> {
    tracing::warn!(review.id = %note.review_id, "a change of a review was not finished, and is now");
    let review = store.reviews.find(note.vehicle_id, note.review_id).await?;
    if let Some(review) = review {
        // Two were written at once, and the one that was to be withdrawn still is there.
        let others = others(store, &review).await?;
        if others
            .iter()
            .any(|other| other.has_priority_over(&review.id))
        {
            store.reviews.delete(&review).await?;
        }
    }
    store.ratings.settle(note).await?;
    Ok(())
}
