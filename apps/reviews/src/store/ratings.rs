//! How many stars a vehicle has, in the table `ratings`: exact, without a lock and without a
//! number that two writers would both read and write.
//!
//! Each vehicle has sixteen rows; a review belongs to the one its id says. Such a row has
//!
//! - `by_review`: review → rating. Each entry is written by itself; nobody reads a number to write
//!   the next one.
//! - `stars_1` … `stars_5`: what `by_review` amounts to, so that readers need not fetch it.
//! - `pending`: note → review, the reviews that are being changed.
//!
//! Who changes a review leaves a note before, in the same write as the new entry and the new
//! stars, and takes it away only after he has read, behind his last write, that entry and stars
//! agree with the review. A stale number can be written, by whoever read just before somebody
//! else wrote; but its writer's note is still there, and readers who see a note do not believe
//! the numbers: they derive them.

use std::collections::{BTreeMap, HashMap};

use astra_db::{Database, Row, Table};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::domain::id::{NoteId, ReviewId, VehicleId};
use crate::domain::rating::{Rating, Tally};
use crate::store::StoreError;
use crate::store::reviews::Reviews;

/// How many rows the ratings of a vehicle are spread over. Another number needs all of them
/// written anew.
const SHARDS: u8 = 16;
/// How many rows the Data API answers at once.
const PAGE: usize = 50;
/// So many commands of one question are under way at the same time.
const AT_ONCE: usize = 8;
/// How often a writer corrects a row that others are changing, too, before he leaves it to readers.
const ROUNDS: usize = 20;

/// Questions about ratings.
#[derive(Debug, Clone)]
pub struct Ratings {
    shards: Table<Shard>,
    reviews: Reviews,
}

/// Says that the rating of a review is being changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Note {
    /// The mark in the table.
    pub id: NoteId,
    /// The vehicle of the review.
    pub vehicle_id: VehicleId,
    /// The review.
    pub review_id: ReviewId,
}

/// What vehicles' ratings amount to, and whose reviews are being changed at this moment.
#[derive(Debug, Default)]
pub struct Tallies {
    /// By vehicle; one without ratings may be missing.
    pub of_vehicles: HashMap<VehicleId, Tally>,
    /// The changes under way, or never finished.
    pub notes: Vec<Note>,
}

#[derive(Debug, Serialize, Deserialize, Row)]
#[table(name = "ratings")]
struct Shard {
    #[partition_key]
    vehicle_id: VehicleId,
    #[clustering]
    shard: i8,
    #[serde(with = "astra_db::table::map")]
    by_review: BTreeMap<ReviewId, Rating>,
    #[serde(with = "astra_db::table::map")]
    pending: BTreeMap<NoteId, ReviewId>,
    stars_1: Option<i32>,
    stars_2: Option<i32>,
    stars_3: Option<i32>,
    stars_4: Option<i32>,
    stars_5: Option<i32>,
}

/// A row as readers fetch it.
#[derive(Debug, Deserialize)]
struct Stars {
    vehicle_id: VehicleId,
    shard: i8,
    #[serde(with = "astra_db::table::map")]
    pending: BTreeMap<NoteId, ReviewId>,
    stars_1: Option<i32>,
    stars_2: Option<i32>,
    stars_3: Option<i32>,
    stars_4: Option<i32>,
    stars_5: Option<i32>,
}

macro_rules! tally {
    ($row:expr) => {
        Tally::new(
            [
                $row.stars_1,
                $row.stars_2,
                $row.stars_3,
                $row.stars_4,
                $row.stars_5,
            ]
            .map(|stars| stars.unwrap_or_default().unsigned_abs()),
        )
    };
}

impl Ratings {
    pub(super) async fn open(database: &Database, reviews: Reviews) -> Result<Self, StoreError> {
        let shards = super::open(database).await?;
        Ok(Self { shards, reviews })
    }

    /// What the ratings of some vehicles amount to.
    ///
    /// As many vehicles share a command as fit into one page; the number of reviews plays no role.
    pub async fn tallies(&self, vehicles: &[VehicleId]) -> Result<Tallies, StoreError> {
        let vehicles = vehicles.chunks(PAGE / usize::from(SHARDS));
        let commands: Vec<_> = vehicles.map(|vehicles| self.stars(vehicles)).collect();
        let rows = stream::iter(commands)
            .buffered(AT_ONCE)
            .try_concat()
            .await?;
        let mut tallies = Tallies::default();
        for row in rows {
            let tally = if row.pending.is_empty() {
                tally!(row)
            } else {
                tallies.notes.extend(notes(row.vehicle_id, &row.pending));
                self.derive(row.vehicle_id, row.shard).await?
            };
            tallies
                .of_vehicles
                .entry(row.vehicle_id)
                .or_default()
                .add(&tally);
        }
        Ok(tallies)
    }

    async fn stars(&self, vehicles: &[VehicleId]) -> Result<Vec<Stars>, StoreError> {
        let filter = match vehicles {
            [one] => json!({ "vehicle_id": one }),
            several => json!({ "vehicle_id": { "$in": several } }),
        };
        let all_but_the_ratings = json!({
            "vehicle_id": 1, "shard": 1, "pending": 1,
            "stars_1": 1, "stars_2": 1, "stars_3": 1, "stars_4": 1, "stars_5": 1,
        });
        let shards = self.shards.clone_with_type::<Stars>();
        let rows = shards.find(filter).projection(all_but_the_ratings);
        Ok(rows.await?.all().await?)
    }

    /// What the ratings of a shard amount to, from the ratings themselves; those of reviews that
    /// are being changed from the reviews.
    async fn derive(&self, vehicle_id: VehicleId, shard: i8) -> Result<Tally, StoreError> {
        let Shard {
            mut by_review,
            pending,
            ..
        } = self.find(vehicle_id, shard).await?;
        let pending: Vec<ReviewId> = pending.into_values().collect();
        let current = self.reviews.ratings(vehicle_id, &pending).await?;
        for review_id in pending {
            by_review.remove(&review_id);
        }
        by_review.extend(current);
        Ok(by_review.into_values().collect())
    }

    /// Notes that the rating of a review is about to be what is given here, or to be no more.
    pub async fn note(
        &self,
        vehicle_id: VehicleId,
        review_id: ReviewId,
        rating: Option<Rating>,
    ) -> Result<Note, StoreError> {
        let id = NoteId::new();
        let row = self.find(vehicle_id, shard_of(review_id)).await?;
        self.write(row, review_id, rating, &json!([id, review_id]))
            .await?;
        Ok(Note {
            id,
            vehicle_id,
            review_id,
        })
    }

    /// Makes entry and stars agree with the review, and takes the note away once they do.
    ///
    /// Where others write all the time, it gives up; the note then stays for a reader to settle.
    pub async fn settle(&self, note: &Note) -> Result<(), StoreError> {
        let Note {
            id,
            vehicle_id,
            review_id,
        } = *note;
        for _ in 0..ROUNDS {
            let row = self.find(vehicle_id, shard_of(review_id));
            let review = self.reviews.find(vehicle_id, review_id);
            let (row, review) = tokio::try_join!(row, review)?;
            let rating = review.map(|review| review.rating);
            let tally: Tally = row.by_review.values().copied().collect();
            if row.by_review.get(&review_id).copied() == rating && tally!(row) == tally {
                let taken = json!({ "$pullAll": { "pending": [id] } });
                self.shards
                    .update_one(shard_key(vehicle_id, review_id), taken)
                    .await?;
                return Ok(());
            }
            self.write(row, review_id, rating, &json!([id, review_id]))
                .await?;
        }
        Ok(())
    }

    /// One write of a row: the note, the entry, and the stars as they are with it.
    async fn write(
        &self,
        row: Shard,
        review_id: ReviewId,
        rating: Option<Rating>,
        note: &Value,
    ) -> Result<(), StoreError> {
        let mut by_review = row.by_review;
        let mut update = json!({ "$push": { "pending": note } });
        if let Some(rating) = rating {
            by_review.insert(review_id, rating);
            update["$push"]["by_review"] = json!([review_id, rating]);
        } else {
            by_review.remove(&review_id);
            update["$pullAll"] = json!({ "by_review": [review_id] });
        }
        let tally: Tally = by_review.into_values().collect();
        for rating in Rating::ALL {
            update["$set"][format!("stars_{}", rating.stars())] = json!(tally.of(rating));
        }
        let key = shard_key(row.vehicle_id, review_id);
        self.shards.update_one(key, update).await?;
        Ok(())
    }

    async fn find(&self, vehicle_id: VehicleId, shard: i8) -> Result<Shard, StoreError> {
        let row = self.shards.find_one(ShardKey { vehicle_id, shard }).await?;
        Ok(row.unwrap_or_else(|| Shard::empty(vehicle_id, shard)))
    }
}

impl Shard {
    fn empty(vehicle_id: VehicleId, shard: i8) -> Self {
        Self {
            vehicle_id,
            shard,
            by_review: BTreeMap::new(),
            pending: BTreeMap::new(),
            stars_1: None,
            stars_2: None,
            stars_3: None,
            stars_4: None,
            stars_5: None,
        }
    }
}

fn notes(
    vehicle_id: VehicleId,
    pending: &BTreeMap<NoteId, ReviewId>,
) -> impl Iterator<Item = Note> {
    pending.iter().map(move |(id, review_id)| Note {
        id: *id,
        vehicle_id,
        review_id: *review_id,
    })
}

fn shard_key(vehicle_id: VehicleId, review_id: ReviewId) -> ShardKey {
    ShardKey {
        vehicle_id,
        shard: shard_of(review_id),
    }
}

/// The end of an id is random.
fn shard_of(review_id: ReviewId) -> i8 {
    let [.., last] = review_id.to_bytes();
    i8::try_from(last % SHARDS).unwrap_or_default()
}
