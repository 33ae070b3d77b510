//! What the templates show: values already put into words, so that a template only places them.

mod page;
mod stars;
mod vehicle;
mod vehicles;

pub(crate) use page::{Page, problem_page};
pub(crate) use stars::{STARS, Stars};
pub(crate) use vehicle::VehiclePage;
pub(crate) use vehicles::{SearchTerms, VehiclesPage};

use crate::domain::vehicle::Vehicle;

/// The address of the picture of a vehicle, drawn in outline where it has none.
fn picture(vehicle: &Vehicle) -> String {
    let first = vehicle.images.first().cloned();
    first.unwrap_or_else(|| crate::assets::url("vehicles/no-picture.svg"))
}

/// `1 review`, `12 reviews`.
fn reviews(count: u32) -> String {
    match count {
        0 => "No reviews yet".to_owned(),
        1 => "1 review".to_owned(),
        count => format!("{count} reviews"),
    }
}
