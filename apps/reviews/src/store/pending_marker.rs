//! What a change of a review leaves in the ratings while it is under way.

use serde::{Deserialize, Serialize};

use super::reviews::StoredReview;
use crate::domain::id::{ChangeId, ReviewId, UserId, VehicleId};
use crate::domain::rating::Rating;
use crate::domain::review::Review;

/// Says that a review is being changed. Only one change can mark a review at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingMarker {
    /// The change.
    pub change: ChangeId,
    /// The vehicle of the review.
    pub vehicle_id: VehicleId,
    /// The review.
    pub review_id: ReviewId,
    /// Its author.
    pub user_id: UserId,
    /// The rating of the review that is still in the stars, if there is one.
    pub was: Option<Rating>,
    /// The change that `was` was read of.
    pub read: Option<ChangeId>,
    /// Whether it is in the place of another marker, whose change may still be under way.
    pub took_over: bool,
    /// Whether its change was made, and it stays for the sake of the other one.
    pub is_done: bool,
}

impl PendingMarker {
    /// A marker of a new change of a review; `stored` is how it was read.
    pub fn new(review: &Review, stored: Option<&StoredReview>) -> Self {
        Self {
            change: ChangeId::new(),
            vehicle_id: review.vehicle_id,
            review_id: review.id,
            user_id: review.author_id,
            was: stored.and_then(|stored| stored.rating_of(review.id)),
            read: stored.map(|stored| stored.change),
            took_over: false,
            is_done: false,
        }
    }

    /// A marker of a new change that takes the place of this one; `stored` is the review as it is now.
    #[must_use]
    pub fn taken_over(&self, stored: Option<&StoredReview>) -> Self {
        Self {
            change: ChangeId::new(),
            was: self.counted(stored),
            took_over: true,
            is_done: false,
            ..*self
        }
    }

    /// The rating of the review that is in the stars.
    pub(super) fn counted(&self, stored: Option<&StoredReview>) -> Option<Rating> {
        if self.is_certain(stored) {
            self.was
        } else {
            stored.and_then(|stored| stored.rating_of(self.review_id))
        }
    }

    /// Whether `was` is in the stars. The marker is set after the review was read, and another change may have come to
    /// its end in between. Then this one cannot write the review, which is as it was counted.
    pub(super) fn is_certain(&self, stored: Option<&StoredReview>) -> bool {
        let last = stored.map(|stored| stored.change);
        self.took_over || last == self.read || last == Some(self.change)
    }
}
