//! Writing, changing and deleting a review.
//!
//! A change of a review is a change of the vehicle's stars as well, in another table, and no
//! transaction spans the two. So each change leaves a note with the stars, changes the review, and
//! settles the note (see `store/ratings.rs`). Whatever happens in between, readers of the stars see
//! the note and look at the review itself.

use astra_db::table::Timestamp;

use super::find;
use super::settle::others;
use super::unique_insert;
use crate::domain::account::User;
use crate::domain::id::{ReviewId, VehicleId};
use crate::domain::review::{NewReview, Review, ReviewChange};
use crate::error::{AppError, Missing};
use crate::store::Store;
use crate::store::ratings::Note;

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
    let (_, earlier) = tokio::try_join!(find::vehicle(store, vehicle_id), earlier)?;
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
    let is_only = unique_insert::is_won(review.id, || others(store, &review)).await?;
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
    let review = find::review(store, vehicle_id, id).await?;
    if review.author_id == user.id {
        Ok(review)
    } else {
        Err(AppError::Forbidden(
            "This review is somebody else's. Only its author can change it.",
        ))
    }
}
