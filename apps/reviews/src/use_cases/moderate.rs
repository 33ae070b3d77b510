//! What a moderator does: hides reviews and blocks accounts, and takes that back.

use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use super::change_review::{Kind, change};
use crate::domain::id::{ReviewId, UserId, VehicleId};
use crate::domain::review::Review;
use crate::error::{AppError, Missing};
use crate::store::Store;
use crate::store::moderation::HiddenReview;

/// So many reviews are looked up at the same time.
const AT_ONCE: usize = 10;

/// Hides a review: it leaves the list of its vehicle and the rating.
#[tracing::instrument(skip_all, fields(review.id = %id))]
pub async fn hide(store: &Store, (vehicle_id, id): (VehicleId, ReviewId)) -> Result<(), AppError> {
    let review = match store.reviews.find(vehicle_id, id).await? {
        Some(review) => HiddenReview {
            vehicle_id,
            id,
            author_id: review.author_id,
        },
        None => listed(store, (vehicle_id, id)).await?,
    };
    // First, so that nothing is hidden that a moderator cannot find again.
    store.moderation.add_review(&review).await?;
    set(store, &review, Kind::Hide).await
}

/// Shows a review again.
#[tracing::instrument(skip_all, fields(review.id = %id))]
pub async fn unhide(
    store: &Store,
    (vehicle_id, id): (VehicleId, ReviewId),
) -> Result<(), AppError> {
    let review = listed(store, (vehicle_id, id)).await?;
    match set(store, &review, Kind::Unhide).await {
        // Deleted by its author meanwhile.
        Ok(()) | Err(AppError::NotFound(_)) => {}
        Err(error) => return Err(error),
    }
    Ok(store.moderation.remove_review(id).await?)
}

async fn listed(
    store: &Store,
    (vehicle_id, id): (VehicleId, ReviewId),
) -> Result<HiddenReview, AppError> {
    let review = store.moderation.review(id).await?;
    let review = review.filter(|review| review.vehicle_id == vehicle_id);
    review.ok_or(AppError::NotFound(Missing::Review))
}

async fn set(store: &Store, review: &HiddenReview, kind: Kind) -> Result<(), AppError> {
    let HiddenReview {
        vehicle_id,
        id,
        author_id,
    } = *review;
    change(store, move || async move {
        let stored = store.reviews.stored(author_id, vehicle_id).await?;
        let stored = stored.filter(|stored| stored.is(id));
        let stored = stored.ok_or(AppError::NotFound(Missing::Review))?;
        let review = stored.review.clone();
        Ok((Some(stored), review, kind))
    })
    .await?;
    Ok(())
}

/// Blocks an account: its sessions are refused until that is taken back.
#[tracing::instrument(skip_all, fields(user.id = %id))]
pub async fn block(store: &Store, moderator: UserId, id: UserId) -> Result<(), AppError> {
    if id == moderator {
        return Err(AppError::Forbidden("You cannot block your own account."));
    }
    let name = name(store, id).await?;
    store.moderation.add_user(id, name).await?;
    Ok(store.sessions.set_blocked(id, true).await?)
}

/// The name shown with a user's reviews, if there are any.
async fn name(store: &Store, id: UserId) -> Result<Option<String>, AppError> {
    let places = store.reviews.places_of_user(id).await?;
    let Some((vehicle_id, _)) = places.first() else {
        return Ok(None);
    };
    let stored = store.reviews.stored(id, *vehicle_id).await?;
    Ok(stored.map(|stored| stored.review.author))
}

/// Lifts the block of an account.
#[tracing::instrument(skip_all, fields(user.id = %id))]
pub async fn unblock(store: &Store, id: UserId) -> Result<(), AppError> {
    store.sessions.set_blocked(id, false).await?;
    Ok(store.moderation.remove_user(id).await?)
}

/// The hidden reviews, and the blocked users with their names.
pub async fn list(store: &Store) -> Result<(Vec<Review>, Vec<(UserId, String)>), AppError> {
    let (hidden, blocked) = tokio::try_join!(store.moderation.reviews(), store.moderation.users())?;
    let hidden = hidden.into_iter().map(async |place| {
        let stored = store
            .reviews
            .stored(place.author_id, place.vehicle_id)
            .await?;
        let hidden = stored.filter(|stored| stored.is_hidden && stored.is(place.id));
        Ok::<_, AppError>(hidden.map(|hidden| hidden.review))
    });
    let hidden = stream::iter(hidden).buffered(AT_ONCE);
    let hidden = hidden
        .try_filter_map(async |hidden| Ok(hidden))
        .try_collect();
    let blocked = blocked.into_iter().map(async |user| {
        let is_blocked = store.sessions.is_blocked(user.0).await?;
        Ok::<_, AppError>(is_blocked.then_some(user))
    });
    let blocked = stream::iter(blocked).buffered(AT_ONCE);
    let blocked = blocked.try_filter_map(async |user| Ok(user)).try_collect();
    tokio::try_join!(hidden, blocked)
}
