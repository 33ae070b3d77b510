//! What the templates show: values already put into words, so that a template only places them.

mod account;
mod form;
mod moderation;
mod page;
mod review_form;
mod stars;
mod vehicle;
mod vehicles;

pub(crate) use account::AccountPage;
pub(crate) use form::{FormPage, Input};
pub(crate) use moderation::ModerationPage;
pub(crate) use page::{Page, link_back, problem_page};
pub(crate) use review_form::{ReviewPage, ReviewTerms};
pub(crate) use stars::{STAR, STARS, Stars};
pub(crate) use vehicle::VehiclePage;
pub(crate) use vehicles::{SearchTerms, VehiclesPage};

use crate::domain::vehicle::Vehicle;

/// The address of the picture of a vehicle, drawn in outline where it has none.
fn picture(vehicle: &Vehicle) -> String {
    let first = vehicle.images.first().cloned();
    first.unwrap_or_else(|| crate::assets::url("vehicles/no-picture.svg"))
}

/// `1 review`, `12 reviews`.
fn reviews(number: u32) -> String {
    match number {
        0 => "No reviews yet".to_owned(),
        number => count(number, "review"),
    }
}

/// `1 star`, `5 stars`.
fn count(number: u32, of: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{number} {of}{ending}")
}
