//! Vehicles, in two tables: `vehicles` answers "the vehicle with this id", `vehicles_by_name` the
//! searches, in order.

use astra_db::{Database, Row, Table};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::domain::id::VehicleId;
use crate::domain::page::{Page, VehicleCursor};
use crate::domain::vehicle::{Vehicle, VehicleKey, VehicleSearch};
use crate::store::StoreError;

/// Questions about vehicles.
#[derive(Debug, Clone)]
pub struct Vehicles {
    by_id: Table<Vehicle>,
    by_name: Table<NamedVehicle>,
}

/// A vehicle in the catalogue.
///
/// The whole catalogue is one partition, so that it has one order: some ten thousand vehicles are
/// little for a partition. `place` is make, model and year in lower case and the id, so that rows
/// lie in the order of a catalogue, and those of a make, or of a make and a model, side by side.
#[derive(Debug, Serialize, Deserialize, Row)]
#[table(name = "vehicles_by_name")]
struct NamedVehicle {
    #[partition_key]
    catalogue: String,
    #[clustering]
    place: String,
    vehicle_id: VehicleId,
    make: String,
    #[index(case_sensitive = false, normalize = true)]
    model: String,
    #[index]
    year: i32,
    images: Vec<String>,
}

/// The only catalogue there is.
const CATALOGUE: &str = "all";
/// Stands between the parts of a place. A tab comes before everything a name is made of.
const SEPARATOR: char = '\t';
/// What comes right after [`SEPARATOR`].
const AFTER_SEPARATOR: char = '\n';

impl Vehicles {
    pub(super) async fn open(database: &Database) -> Result<Self, StoreError> {
        Ok(Self {
            by_id: super::open(database).await?,
            by_name: super::open(database).await?,
        })
    }

    /// One vehicle.
    pub async fn find(&self, id: VehicleId) -> Result<Option<Vehicle>, StoreError> {
        Ok(self.by_id.find_one(VehicleKey { id }).await?)
    }

    /// One page of the vehicles that match, by make, model and year.
    pub async fn search(&self, search: &VehicleSearch) -> Result<Page<Vehicle>, StoreError> {
        let limit = search.limit;
        let found = self.by_name.find(filter(search)).limit(limit.and_one());
        let rows = found.await?.all().await?;
        let cursor = |last: &NamedVehicle| VehicleCursor(last.place.clone()).text();
        Ok(Page::of(rows, limit, cursor).map(Vehicle::from))
    }

    /// Whether there is nothing to review.
    pub async fn is_empty(&self) -> Result<bool, StoreError> {
        let any = self.by_name.find_one(json!({ "catalogue": CATALOGUE }));
        Ok(any.await?.is_none())
    }

    /// Stores a vehicle, over the one of the same id if there is one.
    ///
    /// It is found by its id first and by its name last; after a crash in between, doing it again
    /// completes it.
    pub async fn insert(&self, vehicle: &Vehicle) -> Result<(), StoreError> {
        self.by_id.insert_one(vehicle).await?;
        self.by_name.insert_one(NamedVehicle::from(vehicle)).await?;
        Ok(())
    }
}

/// The part of the catalogue where the matches are, and the indexed columns for what that leaves
/// open.
fn filter(search: &VehicleSearch) -> Value {
    let VehicleSearch {
        make,
        model,
        year,
        after,
        ..
    } = search;
    let mut filter = Map::from_iter([("catalogue".to_owned(), json!(CATALOGUE))]);
    let mut place = Map::new();
    if let Some(make) = make {
        let model = model.as_ref().map(|model| fold(model) + "\t");
        let beginning = format!("{}{SEPARATOR}{}", fold(make), model.unwrap_or_default());
        let end = beginning.trim_end_matches(SEPARATOR).to_owned();
        place.insert("$gt".into(), json!(beginning));
        place.insert("$lt".into(), format!("{end}{AFTER_SEPARATOR}").into());
    } else if let Some(model) = model {
        filter.insert("model".into(), json!(model));
    }
    if let Some(VehicleCursor(after)) = after {
        let beginning = place.get("$gt").and_then(Value::as_str).unwrap_or_default();
        if after.as_str() > beginning {
            place.insert("$gt".into(), json!(after));
        }
    }
    if let Some(year) = year {
        filter.insert("year".into(), json!(year));
    }
    if !place.is_empty() {
        filter.insert("place".into(), place.into());
    }
    filter.into()
}

/// Names that differ in case or in blanks only are the same name.
fn fold(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    words.join(" ").to_lowercase()
}

impl From<&Vehicle> for NamedVehicle {
    fn from(vehicle: &Vehicle) -> Self {
        let Vehicle {
            id,
            make,
            model,
            year,
            images,
        } = vehicle;
        let parts = [
            fold(make),
            fold(model),
            format!("{year:04}"),
            id.to_string(),
        ];
        Self {
            catalogue: CATALOGUE.to_owned(),
            place: parts.join(&SEPARATOR.to_string()),
            vehicle_id: *id,
            make: make.clone(),
            model: model.clone(),
            year: *year,
            images: images.clone(),
        }
    }
}

impl From<NamedVehicle> for Vehicle {
    fn from(row: NamedVehicle) -> Self {
        Self {
            id: row.vehicle_id,
            make: row.make,
            model: row.model,
            year: row.year,
            images: row.images,
        }
    }
}
