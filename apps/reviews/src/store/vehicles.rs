//! Vehicles, in two tables: `vehicles` answers "the vehicle with this id", `vehicles_by_name` the
//! searches, in order.

use astra_db::{Table, TableRow};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared::schema::{NotMade, Schema};

use super::error::StoreError;
use super::table;
use crate::domain::id::VehicleId;
use crate::domain::page::{Page, VehicleCursor};
use crate::domain::vehicle::{Vehicle, VehicleKey, VehicleSearch};

/// Questions about vehicles.
#[derive(Debug, Clone)]
pub struct Vehicles {
    by_id: Table<Vehicle>,
    by_name: Table<NamedVehicle>,
}

/// A vehicle in a catalogue.
///
/// There is a catalogue of all vehicles, one of each year and one of each model name. Within it
/// they lie by their place, which is made of the names in lower case. So every search, of any
/// combination of make, model and year, is a slice of one partition: no index is needed, and a
/// page costs the same wherever it begins.
#[derive(Debug, Clone, Serialize, Deserialize, TableRow)]
#[table(name = "vehicles_by_name")]
struct NamedVehicle {
    #[partition_key]
    catalogue: String,
    #[clustering]
    place: String,
    vehicle_id: VehicleId,
    make: String,
    model: String,
    year: i32,
    images: Vec<String>,
}

/// Ends every part of a place but the last. A tab comes before everything a name is made of.
const END: char = '\t';
/// What comes right after [`END`].
const AFTER_END: char = '\n';

impl Vehicles {
    pub(super) async fn open(schema: &Schema<'_>) -> Result<Self, NotMade> {
        Ok(Self {
            by_id: table::open(schema).await?,
            by_name: table::open(schema).await?,
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
        let any = self.by_name.find_one(json!({ "catalogue": everything() }));
        Ok(any.await?.is_none())
    }

    /// Stores a vehicle. One of the same id has to be of the same name.
    ///
    /// It is found by its id first and by its name last; after a crash in between, doing it again
    /// completes it.
    pub async fn insert(&self, vehicle: &Vehicle) -> Result<(), StoreError> {
        self.by_id.insert_one(vehicle).await?;
        self.by_name.insert_many(named(vehicle)).await?;
        Ok(())
    }
}

fn everything() -> String {
    "all".to_owned()
}

fn of_year(year: i32) -> String {
    format!("year {year}")
}

fn of_model(model: &str) -> String {
    format!("model {}", fold(model))
}

/// Names that differ in case or in blanks only are the same name.
fn fold(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    words.join(" ").to_lowercase()
}

/// In which catalogue the matches are, and how their places begin.
fn slice(search: &VehicleSearch) -> (String, String) {
    let make = search.make.as_deref().map(fold);
    let year = search.year.map(|year| year.to_string());
    let (catalogue, parts) = match (&make, &search.model, search.year) {
        (None, Some(model), _) => (of_model(model), [year, None, None]),
        (_, None, Some(year)) => (of_year(year), [make, None, None]),
        (_, model, _) => (everything(), [make, model.as_deref().map(fold), year]),
    };
    let parts = parts
        .into_iter()
        .flatten()
        .map(|part| part + &END.to_string());
    (catalogue, parts.collect())
}

fn filter(search: &VehicleSearch) -> Value {
    let (catalogue, beginning) = slice(search);
    let mut filter = json!({ "catalogue": catalogue });
    if let Some(beginning) = beginning.strip_suffix(END) {
        filter["place"]["$lt"] = format!("{beginning}{AFTER_END}").into();
    }
    let after = search
        .after
        .as_ref()
        .map_or("", |VehicleCursor(after)| after);
    let from = beginning.as_str().max(after);
    if !from.is_empty() {
        filter["place"]["$gt"] = from.into();
    }
    filter
}

/// The rows of a vehicle. The id makes places differ where names do not.
fn named(vehicle: &Vehicle) -> [NamedVehicle; 3] {
    let (make, model) = (fold(&vehicle.make), fold(&vehicle.model));
    let (year, id) = (vehicle.year.to_string(), vehicle.id.to_string());
    let places = [
        (
            everything(),
            [&*make, &model, &year, &id].join(&END.to_string()),
        ),
        (
            of_year(vehicle.year),
            [&*make, &model, &id].join(&END.to_string()),
        ),
        (
            of_model(&model),
            [&*year, &make, &id].join(&END.to_string()),
        ),
    ];
    places.map(|(catalogue, place)| NamedVehicle {
        catalogue,
        place,
        vehicle_id: vehicle.id,
        make: vehicle.make.clone(),
        model: vehicle.model.clone(),
        year: vehicle.year,
        images: vehicle.images.clone(),
    })
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
