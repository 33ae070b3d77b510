//! The rows of a shard, in the two tables.

use std::collections::BTreeMap;

use astra_db::TableRow;
use serde::{Deserialize, Serialize};

use super::Note;
use crate::domain::id::{NoteId, ReviewId, VehicleId};
use crate::domain::rating::{Rating, Tally};

/// How many shards the ratings of a vehicle are spread over. Another number needs all of them
/// written anew.
pub(super) const SHARDS: u8 = 16;

/// What the ratings of a shard amount to.
#[derive(Debug, Serialize, Deserialize, TableRow)]
#[table(name = "ratings")]
pub(super) struct TallyRow {
    #[partition_key]
    pub(super) vehicle_id: VehicleId,
    #[clustering]
    pub(super) shard: i8,
    #[serde(with = "astra_db::table::map")]
    pub(super) pending: BTreeMap<NoteId, ReviewId>,
    pub(super) stars_1: Option<i32>,
    pub(super) stars_2: Option<i32>,
    pub(super) stars_3: Option<i32>,
    pub(super) stars_4: Option<i32>,
    pub(super) stars_5: Option<i32>,
}

/// The ratings of a shard.
#[derive(Debug, Serialize, Deserialize, TableRow)]
#[table(name = "ratings_by_review")]
pub(super) struct RatingsRow {
    #[partition_key]
    pub(super) vehicle_id: VehicleId,
    #[partition_key]
    pub(super) shard: i8,
    #[serde(with = "astra_db::table::map")]
    pub(super) ratings: BTreeMap<ReviewId, Rating>,
}

impl TallyRow {
    /// The stars.
    pub(super) fn tally(&self) -> Tally {
        let stars = [
            self.stars_1,
            self.stars_2,
            self.stars_3,
            self.stars_4,
            self.stars_5,
        ];
        Tally::new(stars.map(|count| count.unwrap_or_default().unsigned_abs()))
    }

    /// Whose reviews are being changed.
    pub(super) fn notes(&self) -> impl Iterator<Item = Note> {
        self.pending.iter().map(|(id, review_id)| Note {
            id: *id,
            vehicle_id: self.vehicle_id,
            review_id: *review_id,
        })
    }
}

/// Puts a rating among others, or takes it away.
pub(super) fn put(
    ratings: &mut BTreeMap<ReviewId, Rating>,
    review_id: ReviewId,
    rating: Option<Rating>,
) {
    match rating {
        Some(rating) => ratings.insert(review_id, rating),
        None => ratings.remove(&review_id),
    };
}

/// The shard of a review. The end of an id is random.
pub(super) fn shard_of(review_id: ReviewId) -> i8 {
    let [.., last] = review_id.to_bytes();
    i8::try_from(last % SHARDS).unwrap_or_default()
}
