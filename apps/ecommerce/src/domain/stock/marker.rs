//! The pending marker of items between the stock and a reservation.

use astra_db::Fields;
use serde::{Deserialize, Serialize};

use crate::domain::id::{CheckoutId, Sku};
use crate::domain::quantity::{Quantity, whole_number};

/// What makes two markers of the same reservation differ.
pub type Token = String;

/// Items on their way between the stock and a reservation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Fields)]
pub struct Marker {
    /// Of what.
    pub sku: Sku,
    /// Whose reservation.
    pub checkout: CheckoutId,
    /// The checkout's `round` at that time.
    #[serde(deserialize_with = "whole_number")]
    pub round: u64,
    /// Which way.
    pub direction: Direction,
    /// How many.
    pub quantity: Quantity,
    /// By which the checkout names it.
    pub token: Token,
}

/// Which way items travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Out of the stock. They are no longer in it.
    Out,
    /// Back into the stock. They are not in it yet.
    Back,
}

impl Marker {
    /// A marker nobody has left before.
    pub fn new(
        sku: Sku,
        checkout: CheckoutId,
        round: u64,
        direction: Direction,
        quantity: Quantity,
    ) -> Self {
        Self {
            sku,
            checkout,
            round,
            direction,
            quantity,
            token: format!("{:016x}", fastrand::u64(..)),
        }
    }

    /// The name it has in the product's document: there is at most one such marker at a time.
    pub fn key(&self) -> String {
        let direction = match self.direction {
            Direction::Out => "out",
            Direction::Back => "back",
        };
        format!("{}-{}-{direction}", self.checkout, self.round)
    }
}
