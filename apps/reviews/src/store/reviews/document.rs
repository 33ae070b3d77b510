//! The document of a review.

use serde::{Deserialize, Serialize};

use crate::domain::id::{ChangeId, ReviewId, UserId, VehicleId};
use crate::domain::rating::Rating;
use crate::domain::review::Review;

/// The review of a user and a vehicle, as the change left it that was made last.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StoredReview {
    #[serde(rename = "_id")]
    pub(super) id: String,
    /// The review.
    pub review: Review,
    /// That change.
    pub change: ChangeId,
    /// Whether it was the deletion. The document stays, without the text, so that no command that arrives late brings
    /// the review back.
    pub is_deleted: bool,
    /// Whether a moderator has hidden it: it is in no list and not in the stars, and stays so if its author deletes it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_hidden: bool,
}

impl StoredReview {
    /// A review as a change leaves it.
    pub fn new(mut review: Review, change: ChangeId, is_deleted: bool) -> Self {
        if is_deleted {
            review.text.clear();
            review.author.clear();
        }
        Self {
            id: id(review.author_id, review.vehicle_id),
            review,
            change,
            is_deleted,
            is_hidden: false,
        }
    }

    /// Whether it is the review with this id, and was not deleted.
    pub fn is(&self, review_id: ReviewId) -> bool {
        self.review.id == review_id && !self.is_deleted
    }

    /// The rating of the review with this id, if that is this one and neither deleted nor hidden.
    pub fn rating_of(&self, review_id: ReviewId) -> Option<Rating> {
        (self.is(review_id) && !self.is_hidden).then_some(self.review.rating)
    }
}

pub(super) fn id(user_id: UserId, vehicle_id: VehicleId) -> String {
    format!("review {user_id} {vehicle_id}")
}
