//! Writing, changing and deleting a review.

use astra_db::table::Timestamp;

use super::change_review::{Kind, change};
use super::find;
use crate::domain::account::User;
use crate::domain::id::{ReviewId, VehicleId};
use crate::domain::review::{NewReview, Review, ReviewChange};
use crate::error::{AppError, Missing};
use crate::store::Store;
use crate::store::reviews::StoredReview;

/// Writes the one review a user may have of a vehicle.
#[tracing::instrument(skip_all, fields(vehicle.id = %vehicle_id, user.id = %author.id))]
pub async fn create(
    store: &Store,
    author: &User,
    vehicle_id: VehicleId,
    new: NewReview,
    now: Timestamp,
) -> Result<Review, AppError> {
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
    let review = &review;
    change(store, move || async move {
        let stored = async { Ok(store.reviews.stored(author.id, vehicle_id).await?) };
        let (_, stored) = tokio::try_join!(find::vehicle(store, vehicle_id), stored)?;
        let mut review = review.clone();
        let mut kind = Kind::Create;
        refuse_hidden(stored.as_ref())?;
        if let Some(stored) = &stored
            && let Some(id) = unwritten(store, stored).await?
        {
            (review.id, kind) = (id, Kind::CarryOn);
        }
        Ok((stored, review, kind))
    })
    .await
}

/// What a moderator has hidden is not published again by its author.
fn refuse_hidden(stored: Option<&StoredReview>) -> Result<(), AppError> {
    match stored {
        Some(stored) if stored.is_hidden => Err(AppError::Forbidden(
            "A moderator has hidden your review of this vehicle. You can delete it, but not change it.",
        )),
        _ => Ok(()),
    }
}

/// The review of an author who writes one can be there already, which is an error; deleted; or not in the list yet. The
/// last is carried on under the same id, unless its own request comes to its end meanwhile.
async fn unwritten(store: &Store, stored: &StoredReview) -> Result<Option<ReviewId>, AppError> {
    let (id, vehicle_id) = (stored.review.id, stored.review.vehicle_id);
    let pending = store.ratings.pending(vehicle_id, id).await?;
    if stored.is_deleted {
        return Ok(pending.map(|_| id));
    }
    let is_under_way = pending.is_some_and(|pending| !pending.is_done);
    if is_under_way && store.reviews.find(vehicle_id, id).await?.is_none() {
        return Ok(Some(id));
    }
    Err(AppError::AlreadyReviewed(Some(id)))
}

/// Stores a review as it is, such as one of the samples, and answers whether its author had none of the vehicle, or this
/// one as it was earlier.
pub async fn add(store: &Store, review: &Review) -> Result<bool, AppError> {
    let added = change(store, move || async move {
        let stored = store.reviews.stored(review.author_id, review.vehicle_id);
        let stored = stored.await?;
        let is_later =
            |stored: &Review| stored.id == review.id && stored.updated_at < review.updated_at;
        if let Some(stored) = &stored
            && !stored.is_deleted
            && !is_later(&stored.review)
        {
            return Err(AppError::AlreadyReviewed(Some(stored.review.id)));
        }
        Ok((stored, review.clone(), Kind::Create))
    });
    match added.await {
        Err(AppError::AlreadyReviewed(_)) => Ok(false),
        outcome => outcome.map(|_| true),
    }
}

/// Writes the review of a user and a vehicle, or changes it if there is one.
pub async fn create_or_edit(
    store: &Store,
    user: &User,
    vehicle_id: VehicleId,
    new: NewReview,
    now: Timestamp,
) -> Result<Review, AppError> {
    let change = ReviewChange {
        rating: Some(new.rating),
        text: Some(new.text.clone()),
    };
    match create(store, user, vehicle_id, new, now).await {
        Err(AppError::AlreadyReviewed(Some(id))) => {
            edit(store, user, (vehicle_id, id), &change, now).await
        }
        outcome => outcome,
    }
}

/// Changes one's own review.
#[tracing::instrument(skip_all, fields(review.id = %id, user.id = %user.id))]
pub async fn edit(
    store: &Store,
    user: &User,
    (vehicle_id, id): (VehicleId, ReviewId),
    edit: &ReviewChange,
    now: Timestamp,
) -> Result<Review, AppError> {
    change(store, move || async move {
        let stored = store.reviews.stored(user.id, vehicle_id).await?;
        let stored = own(store, stored, user, (vehicle_id, id)).await?;
        let mut review = stored.review.clone();
        review.updated_at = now;
        review.rating = edit.rating.unwrap_or(review.rating);
        if let Some(text) = &edit.text {
            text.as_str().clone_into(&mut review.text);
        }
        Ok((Some(stored), review, Kind::Edit))
    })
    .await
}

/// Deletes one's own review.
#[tracing::instrument(skip_all, fields(review.id = %id, user.id = %user.id))]
pub async fn delete(
    store: &Store,
    user: &User,
    (vehicle_id, id): (VehicleId, ReviewId),
) -> Result<(), AppError> {
    change(store, move || async move {
        let stored = store.reviews.stored(user.id, vehicle_id).await?;
        let stored = match stored {
            // A deletion that was not finished: the review may be in the list still.
            Some(stored) if stored.is_hidden && stored.is(id) => stored,
            Some(stored)
                if stored.is_deleted
                    && stored.review.id == id
                    && store.reviews.find(vehicle_id, id).await?.is_some() =>
            {
                stored
            }
            stored => own(store, stored, user, (vehicle_id, id)).await?,
        };
        let review = stored.review.clone();
        Ok((Some(stored), review, Kind::Delete))
    })
    .await?;
    Ok(())
}

/// The review with this id, which has to be the user's own.
async fn own(
    store: &Store,
    stored: Option<StoredReview>,
    user: &User,
    (vehicle_id, id): (VehicleId, ReviewId),
) -> Result<StoredReview, AppError> {
    if let Some(own) = stored.filter(|stored| stored.is(id)) {
        refuse_hidden(Some(&own))?;
        return Ok(own);
    }
    match store.reviews.find(vehicle_id, id).await? {
        Some(review) if review.author_id != user.id => Err(AppError::Forbidden(
            "This review is another user's. Only its author can change it.",
        )),
        _ => Err(AppError::NotFound(Missing::Review)),
    }
}
