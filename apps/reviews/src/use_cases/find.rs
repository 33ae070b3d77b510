//! What has to exist.

use crate::domain::id::{ReviewId, UserId, VehicleId};
use crate::domain::review::Review;
use crate::domain::vehicle::Vehicle;
use crate::error::{AppError, Missing};
use crate::store::Store;
use crate::store::reviews::StoredReview;

/// A vehicle that has to exist.
pub async fn vehicle(store: &Store, id: VehicleId) -> Result<Vehicle, AppError> {
    let vehicle = store.vehicles.find(id).await?;
    vehicle.ok_or(AppError::NotFound(Missing::Vehicle))
}

/// A review that has to exist.
pub async fn review(
    store: &Store,
    vehicle_id: VehicleId,
    id: ReviewId,
) -> Result<Review, AppError> {
    let review = store.reviews.find(vehicle_id, id).await?;
    review.ok_or(AppError::NotFound(Missing::Review))
}

/// The review that a user has of a vehicle, also if it is hidden.
pub async fn own_review(
    store: &Store,
    user_id: UserId,
    vehicle_id: VehicleId,
) -> Result<Option<StoredReview>, AppError> {
    let stored = store.reviews.stored(user_id, vehicle_id).await?;
    Ok(stored.filter(|stored| !stored.is_deleted))
}
