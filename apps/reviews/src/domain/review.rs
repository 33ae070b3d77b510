//! What a user thinks of a vehicle: writing, changing and deleting it.
//!
//! A change of a review is a change of the vehicle's stars as well, in another table, and no
//! transaction spans the two. So each change leaves a note with the stars, changes the review, and
//! settles the note (see `store/ratings.rs`). Whatever happens in between, readers of the stars see
//! the note and look at the review itself.

mod text;

use astra_db::table::Timestamp;

pub use self::text::ReviewText;
use crate::domain::account::User;
use crate::domain::contest::{self, Other};
use crate::domain::id::{ReviewId, UserId, VehicleId};
use crate::domain::page::{Limit, Page, ReviewCursor};
use crate::domain::rating::Rating;
use crate::domain::vehicle;
use crate::error::{AppError, Missing};
use crate::store::Store;
use crate::store::ratings::Note;

/// A note this old belongs to nobody any more: a request takes half a minute at most.
const ABANDONED_AFTER_MS: i64 = 60_000;

/// A review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// Its id, which begins with the time of its making.
    pub id: ReviewId,
    /// What it is about.
    pub vehicle_id: VehicleId,
    /// Who wrote it.
    pub author_id: UserId,
    /// The name shown with it, `Dominic T.`
    pub author: String,
    /// How many stars.
    pub rating: Rating,
    /// What the author has to say.
    pub text: String,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
}

/// A review to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewReview {
    /// How many stars.
    pub rating: Rating,
    /// What the author has to say.
    pub text: ReviewText,
}

/// What shall be different about a review.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReviewChange {
    /// How many stars, if others than before.
    pub rating: Option<Rating>,
    /// What the author has to say, if something else.
    pub text: Option<ReviewText>,
}

/// One page of a vehicle's reviews, newest first.
pub async fn of_vehicle(
    store: &Store,
    vehicle_id: VehicleId,
    after: Option<ReviewCursor>,
    limit: Limit,
) -> Result<Page<Review>, AppError> {
    let page = async { Ok(store.reviews.of_vehicle(vehicle_id, after, limit).await?) };
    let (_, page) = tokio::try_join!(vehicle::find(store, vehicle_id), page)?;
    Ok(page)
}

/// A review that has to exist.
pub async fn find(store: &Store, vehicle_id: VehicleId, id: ReviewId) -> Result<Review, AppError> {
    let review = store.reviews.find(vehicle_id, id).await?;
    review.ok_or(AppError::NotFound(Missing::Review))
}

/// Writes the one review a user may have of a vehicle.
#[tracing::instrument(skip_all, fields(vehicle.id = %vehicle_id, user.id = %author.id))]
pub async fn create(
    store: &Store,
    author: &User,
    vehicle_id: VehicleId,
    new: NewReview,
    now: Timestamp,
) -> Result<Review, AppError> {
    let earlier = async {
        Ok(store
            .reviews
            .of_user_on_vehicle(author.id, vehicle_id, None)
            .await?)
    };
    let (_, earlier) = tokio::try_join!(vehicle::find(store, vehicle_id), earlier)?;
    if let [earlier, ..] = &earlier[..] {
        return Err(AppError::AlreadyReviewed(Some(earlier.id)));
    }
    let review = Review {
        id: ReviewId::new(),
        vehicle_id,
        author_id: author.id,
        author: author.display_name(),
        rating: new.rating,
        text: new.text.into(),
        created_at: now,
        updated_at: now,
    };
    let note = store_noted(store, &review).await?;
    let is_only = contest::is_won(review.id, || others(store, &review)).await?;
    if !is_only {
        store.reviews.delete(&review).await?;
    }
    store.ratings.settle(&note).await?;
    if is_only {
        Ok(review)
    } else {
        Err(AppError::AlreadyReviewed(None))
    }
}

/// Stores a review as it is, such as one of the samples, over the one of the same id if there is
/// one. Whether its author has another one of the vehicle is not asked.
pub async fn add(store: &Store, review: &Review) -> Result<(), AppError> {
    let note = store_noted(store, review).await?;
    Ok(store.ratings.settle(&note).await?)
}

/// Stores a review; the note says that its stars are not settled yet.
async fn store_noted(store: &Store, review: &Review) -> Result<Note, AppError> {
    let &Review {
        id,
        vehicle_id,
        rating,
        ..
    } = review;
    let ((), note) = tokio::try_join!(
        store.reviews.point_to(review),
        store.ratings.note(vehicle_id, id, Some(rating)),
    )?;
    store.reviews.insert(review).await?;
    Ok(note)
}

/// The author's other reviews of the same vehicle. One without a note has been settled.
async fn others(store: &Store, review: &Review) -> Result<Vec<Other<ReviewId>>, AppError> {
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

/// Changes one's own review.
#[tracing::instrument(skip_all, fields(review.id = %id, user.id = %user.id))]
pub async fn edit(
    store: &Store,
    user: &User,
    (vehicle_id, id): (VehicleId, ReviewId),
    change: &ReviewChange,
    now: Timestamp,
) -> Result<Review, AppError> {
    let review = own(store, user, vehicle_id, id).await?;
    let rating = change.rating.unwrap_or(review.rating);
    let note = store.ratings.note(vehicle_id, id, Some(rating)).await?;
    let changed = store.reviews.change(&review, change, now).await?;
    store.ratings.settle(&note).await?;
    changed.ok_or(AppError::NotFound(Missing::Review))
}

/// Deletes one's own review.
#[tracing::instrument(skip_all, fields(review.id = %id, user.id = %user.id))]
pub async fn delete(
    store: &Store,
    user: &User,
    (vehicle_id, id): (VehicleId, ReviewId),
) -> Result<(), AppError> {
    let review = own(store, user, vehicle_id, id).await?;
    let note = store.ratings.note(vehicle_id, id, None).await?;
    store.reviews.delete(&review).await?;
    store.ratings.settle(&note).await?;
    Ok(())
}

async fn own(
    store: &Store,
    user: &User,
    vehicle_id: VehicleId,
    id: ReviewId,
) -> Result<Review, AppError> {
    let review = find(store, vehicle_id, id).await?;
    if review.author_id == user.id {
        Ok(review)
    } else {
        Err(AppError::Forbidden(
            "This review is somebody else's. Only its author can change it.",
        ))
    }
}

/// Whether the change that left this note has ended without taking it away: the program was
/// stopped, or the database did not answer.
pub(crate) fn is_abandoned(note: &Note, now: Timestamp) -> bool {
    now.as_millis().saturating_sub(note.id.made_at_ms()) > ABANDONED_AFTER_MS
}

/// Carries a change that was abandoned to its end, whichever it was. May be done again.
pub(crate) async fn finish(store: &Store, note: &Note) -> Result<(), AppError> {
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
