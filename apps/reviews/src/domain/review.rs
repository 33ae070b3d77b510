//! What a user thinks of a vehicle.

mod text;

use astra_db::TableRow;
use astra_db::table::Timestamp;
use serde::{Deserialize, Serialize};

pub use self::text::ReviewText;
use super::id::{ReviewId, UserId, VehicleId};
use super::rating::Rating;

/// A review, and a row of the table `reviews_by_vehicle`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TableRow)]
#[table(name = "reviews_by_vehicle")]
pub struct Review {
    /// What it is about.
    #[partition_key]
    pub vehicle_id: VehicleId,
    /// Its id, which begins with the time of its making.
    #[clustering(desc)]
    #[serde(rename = "review_id")]
    pub id: ReviewId,
    /// Who wrote it.
    #[serde(rename = "user_id")]
    pub author_id: UserId,
    /// The name shown with it, `Dominic T.`
    pub author: String,
    /// How many stars.
    pub rating: Rating,
    /// What the author has to say.
    pub text: String,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
}

/// A review to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewReview {
    /// How many stars.
    pub rating: Rating,
    /// What the author has to say.
    pub text: ReviewText,
}

/// What shall be different about a review.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReviewChange {
    /// How many stars, if others than before.
    pub rating: Option<Rating>,
    /// What the author has to say, if something else.
    pub text: Option<ReviewText>,
}
