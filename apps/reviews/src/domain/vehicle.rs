//! Vehicles, searches for them, and what people think of one.

use astra_db::TableRow;
use serde::{Deserialize, Serialize};

use super::id::VehicleId;
use super::page::{Limit, Page, VehicleCursor};
use super::rating::Tally;
use super::review::Review;

/// A vehicle, and a row of the table `vehicles`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TableRow)]
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
