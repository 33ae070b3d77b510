//! Finding vehicles and reading what people think of them.

use std::collections::HashMap;

use astra_db::table::Timestamp;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use super::{change_review, find};
use crate::domain::id::{UserId, VehicleId};
use crate::domain::page::{Limit, Page, ReviewCursor};
use crate::domain::rating::Tally;
use crate::domain::review::Review;
use crate::domain::vehicle::{RatedVehicle, Vehicle, VehicleDetails, VehicleSearch};
use crate::error::AppError;
use crate::store::Store;

/// So many vehicles are looked up at the same time.
const AT_ONCE: usize = 10;

/// Finds vehicles, by make, model and year.
#[tracing::instrument(skip_all)]
pub async fn search(
    store: &Store,
    search: &VehicleSearch,
    now: Timestamp,
) -> Result<Page<RatedVehicle>, AppError> {
    let page = store.vehicles.search(search).await?;
    let ids: Vec<VehicleId> = page.items.iter().map(|vehicle| vehicle.id).collect();
    let mut tallies = tallies(store, &ids, now).await?;
    Ok(page.map(|vehicle| RatedVehicle {
        tally: tallies.remove(&vehicle.id).unwrap_or_default(),
        vehicle,
    }))
}

/// A vehicle, its stars and a page of its reviews.
#[tracing::instrument(skip_all, fields(vehicle.id = %id))]
pub async fn show(
    store: &Store,
    id: VehicleId,
    (after, limit): (Option<ReviewCursor>, Limit),
    now: Timestamp,
) -> Result<VehicleDetails, AppError> {
    let ids = [id];
    let (vehicle, mut tallies, reviews) =
        tokio::try_join!(find::vehicle(store, id), tallies(store, &ids, now), async {
            Ok(store.reviews.of_vehicle(id, after, limit).await?)
        },)?;
    let tally = tallies.remove(&id).unwrap_or_default();
    Ok(VehicleDetails {
        rated: RatedVehicle { vehicle, tally },
        reviews,
    })
}

/// The stars of vehicles. What a crash left half done is finished on the way.
async fn tallies(
    store: &Store,
    ids: &[VehicleId],
    now: Timestamp,
) -> Result<HashMap<VehicleId, Tally>, AppError> {
    let tallies = store.ratings.tallies(ids).await?;
    change_review::finish_abandoned(store, &tallies.pending, now).await?;
    Ok(tallies.of_vehicles)
}

/// The latest reviews of a user, with their vehicles.
pub async fn own_reviews(
    store: &Store,
    user_id: UserId,
) -> Result<Vec<(Vehicle, Review)>, AppError> {
    let page = store.reviews.of_user(user_id, None, Limit::MOST).await?;
    let found = page.items.into_iter().map(async |review| {
        let vehicle = store.vehicles.find(review.vehicle_id).await?;
        Ok::<_, AppError>(vehicle.map(|vehicle| (vehicle, review)))
    });
    let found = stream::iter(found).buffered(AT_ONCE);
    found
        .try_filter_map(async |own| Ok(own))
        .try_collect()
        .await
}

/// One page of a vehicle's reviews, newest first.
pub async fn reviews(
    store: &Store,
    vehicle_id: VehicleId,
    after: Option<ReviewCursor>,
    limit: Limit,
) -> Result<Page<Review>, AppError> {
    let page = async { Ok(store.reviews.of_vehicle(vehicle_id, after, limit).await?) };
    let (_, page) = tokio::try_join!(find::vehicle(store, vehicle_id), page)?;
    Ok(page)
}
