//! Vehicles: finding them, and what people think of one.

use std::collections::HashMap;

use astra_db::Row;
use astra_db::table::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::id::VehicleId;
use crate::domain::page::{Limit, Page, ReviewCursor, VehicleCursor};
use crate::domain::rating::Tally;
use crate::domain::review::{self, Review};
use crate::error::{AppError, Missing};
use crate::store::Store;

/// A vehicle, and a row of the table `vehicles`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Row)]
#[table(name = "vehicles")]
pub struct Vehicle {
    /// Its id.
    #[partition_key]
    pub id: VehicleId,
    /// Who makes it.
    pub make: String,
    /// What its maker calls it.
    pub model: String,
    /// The model year.
    pub year: i32,
    /// The addresses of its pictures.
    pub images: Vec<String>,
}

/// A question to the catalogue. Everything given has to match, in any case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VehicleSearch {
    /// Who makes it.
    pub make: Option<String>,
    /// What its maker calls it.
    pub model: Option<String>,
    /// The model year.
    pub year: Option<i32>,
    /// After which vehicle the page begins.
    pub after: Option<VehicleCursor>,
    /// How many vehicles a page holds at most.
    pub limit: Limit,
}

/// A vehicle and the stars it was given.
#[derive(Debug, Clone, PartialEq)]
pub struct RatedVehicle {
    /// The vehicle.
    pub vehicle: Vehicle,
    /// Its stars.
    pub tally: Tally,
}

/// A vehicle with its stars and some of its reviews, newest first.
#[derive(Debug, Clone, PartialEq)]
pub struct VehicleDetails {
    /// The vehicle and its stars.
    pub rated: RatedVehicle,
    /// A page of its reviews.
    pub reviews: Page<Review>,
}

/// Reads a make or model as it was typed; a blank one asks for nothing.
pub(crate) fn searched_name(text: &str) -> Result<Option<String>, &'static str> {
    let text = text.trim();
    if text.chars().count() > 100 || text.chars().any(char::is_control) {
        return Err("Give a name of at most 100 characters");
    }
    Ok(Some(text.to_owned()).filter(|text| !text.is_empty()))
}

/// Reads a year as it was typed.
pub(crate) fn searched_year(text: &str) -> Result<i32, &'static str> {
    text.trim().parse().map_err(|_| "Give a year such as 2022")
}

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
        tokio::try_join!(find(store, id), tallies(store, &ids, now), async {
            Ok(store.reviews.of_vehicle(id, after, limit).await?)
        },)?;
    let tally = tallies.remove(&id).unwrap_or_default();
    Ok(VehicleDetails {
        rated: RatedVehicle { vehicle, tally },
        reviews,
    })
}

/// A vehicle that has to exist.
pub(crate) async fn find(store: &Store, id: VehicleId) -> Result<Vehicle, AppError> {
    let vehicle = store.vehicles.find(id).await?;
    vehicle.ok_or(AppError::NotFound(Missing::Vehicle))
}

/// The stars of vehicles. What a crash left half done is finished on the way.
async fn tallies(
    store: &Store,
    ids: &[VehicleId],
    now: Timestamp,
) -> Result<HashMap<VehicleId, Tally>, AppError> {
    let tallies = store.ratings.tallies(ids).await?;
    for note in &tallies.notes {
        if review::is_abandoned(note, now) {
            review::finish(store, note).await?;
        }
    }
    Ok(tallies.of_vehicles)
}
