//! How many stars a vehicle has: exact, without a lock and without a number that two writers would
//! both read and write.
//!
//! The ratings of a vehicle are spread over sixteen shards; a review belongs to the one its id
//! says. A shard is a row in each of two tables:
//!
//! - `ratings_by_review` has the ratings: review → stars. Each is written by itself; nobody reads a
//!   number to write the next one.
//! - `ratings` has what they amount to, so that readers need not fetch them, and the notes of the
//!   reviews that are being changed.
//!
//! Who changes a review leaves a note before, and takes it away only after he has read, behind his
//! last write, that review, rating and stars agree. Wrong stars can be written, by whoever read
//! just before somebody else wrote; but their writer's note is still there then, and readers who
//! see a note do not believe the stars: they derive them.

mod shard;

use std::collections::{BTreeMap, HashMap};

use astra_db::{Database, Table};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::json;

use self::shard::{RatingsRow, RatingsRowKey, SHARDS, TallyRow, TallyRowKey, put, shard_of};
use super::error::StoreError;
use super::reviews::Reviews;
use super::table;
use crate::domain::id::{NoteId, ReviewId, VehicleId};
use crate::domain::rating::{Rating, Tally};

/// How many rows the Data API answers at once.
const PAGE: usize = 50;
/// So many commands of one question are under way at the same time.
const AT_ONCE: usize = 8;
/// How often a writer corrects what others are changing, too, before he leaves it to readers.
const ROUNDS: usize = 20;

/// Questions about ratings.
#[derive(Debug, Clone)]
pub struct Ratings {
    tallies: Table<TallyRow>,
    entries: Table<RatingsRow>,
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

impl Ratings {
    pub(super) async fn open(database: &Database, reviews: Reviews) -> Result<Self, StoreError> {
        Ok(Self {
            tallies: table::open(database).await?,
            entries: table::open(database).await?,
            reviews,
        })
    }

    /// What the ratings of some vehicles amount to.
    ///
    /// As many vehicles share a command as fit into one page; the number of reviews plays no role.
    pub async fn tallies(&self, vehicles: &[VehicleId]) -> Result<Tallies, StoreError> {
        let vehicles = vehicles.chunks(PAGE / usize::from(SHARDS));
        let commands: Vec<_> = vehicles.map(|vehicles| self.rows(vehicles)).collect();
        let rows = stream::iter(commands).buffered(AT_ONCE);
        let mut tallies = Tallies::default();
        for row in rows.try_concat().await? {
            let tally = if row.pending.is_empty() {
                row.tally()
            } else {
                tallies.notes.extend(row.notes());
                self.derive(row.vehicle_id, row.shard).await?
            };
            let of_vehicle = tallies.of_vehicles.entry(row.vehicle_id).or_default();
            of_vehicle.add(&tally);
        }
        Ok(tallies)
    }

    async fn rows(&self, vehicles: &[VehicleId]) -> Result<Vec<TallyRow>, StoreError> {
        let filter = match vehicles {
            [one] => json!({ "vehicle_id": one }),
            several => json!({ "vehicle_id": { "$in": several } }),
        };
        Ok(self.tallies.find(filter).await?.all().await?)
    }

    /// What the ratings of a shard amount to, from the ratings themselves; those of reviews that
    /// are being changed from the reviews.
    ///
    /// The ratings are read first: whichever of them is ahead of its review has its note still.
    async fn derive(&self, vehicle_id: VehicleId, shard: i8) -> Result<Tally, StoreError> {
        let mut ratings = self.ratings(vehicle_id, shard).await?;
        let row = self.tally(vehicle_id, shard).await?;
        let pending: Vec<ReviewId> = row
            .into_iter()
            .flat_map(|row| row.pending.into_values())
            .collect();
        let current = self.reviews.ratings(vehicle_id, &pending).await?;
        for review_id in pending {
            ratings.remove(&review_id);
        }
        ratings.extend(current);
        Ok(ratings.into_values().collect())
    }

    /// Whether the rating of a review is being changed.
    pub async fn is_noted(
        &self,
        vehicle_id: VehicleId,
        review_id: ReviewId,
    ) -> Result<bool, StoreError> {
        let row = self.tally(vehicle_id, shard_of(review_id)).await?;
        Ok(row.is_some_and(|row| row.pending.values().any(|noted| *noted == review_id)))
    }

    /// Notes that the rating of a review is about to be what is given here, or to be no more, and
    /// stores it.
    pub async fn note(
        &self,
        vehicle_id: VehicleId,
        review_id: ReviewId,
        rating: Option<Rating>,
    ) -> Result<Note, StoreError> {
        let id = NoteId::new();
        let note = Note {
            id,
            vehicle_id,
            review_id,
        };
        let mut ratings = self.ratings(vehicle_id, shard_of(review_id)).await?;
        put(&mut ratings, review_id, rating);
        self.write_stars(&note, ratings.into_values().collect())
            .await?;
        self.write_rating(&note, rating).await?;
        Ok(note)
    }

    /// Makes rating and stars agree with the review, and takes the note away once they do.
    ///
    /// Where others write all the time, it gives up; the note then stays for a reader to settle.
    pub async fn settle(&self, note: &Note) -> Result<(), StoreError> {
        let Note {
            id,
            vehicle_id,
            review_id,
        } = *note;
        let shard = shard_of(review_id);
        for _ in 0..ROUNDS {
            let (review, mut ratings, tally) = tokio::try_join!(
                self.reviews.find(vehicle_id, review_id),
                self.ratings(vehicle_id, shard),
                self.tally(vehicle_id, shard),
            )?;
            let rating = review.map(|review| review.rating);
            let is_stored = ratings.get(&review_id).copied() == rating;
            if !is_stored {
                put(&mut ratings, review_id, rating);
                self.write_rating(note, rating).await?;
            }
            let stars: Tally = ratings.into_values().collect();
            if is_stored && tally.is_some_and(|row| row.tally() == stars) {
                let taken = json!({ "$pullAll": { "pending": [id] } });
                self.tallies
                    .update_one(TallyRowKey { vehicle_id, shard }, taken)
                    .await?;
                return Ok(());
            }
            self.write_stars(note, stars).await?;
        }
        Ok(())
    }

    /// The stars and the note in one write, so that no stars are without the note of their writer.
    async fn write_stars(&self, note: &Note, stars: Tally) -> Result<(), StoreError> {
        let Note {
            id,
            vehicle_id,
            review_id,
        } = *note;
        let mut update = json!({ "$push": { "pending": [id, review_id] } });
        for rating in Rating::ALL {
            update["$set"][format!("stars_{}", rating.stars())] = json!(stars.of(rating));
        }
        let key = TallyRowKey {
            vehicle_id,
            shard: shard_of(review_id),
        };
        self.tallies.update_one(key, update).await?;
        Ok(())
    }

    async fn write_rating(&self, note: &Note, rating: Option<Rating>) -> Result<(), StoreError> {
        let Note {
            vehicle_id,
            review_id,
            ..
        } = *note;
        let update = match rating {
            Some(rating) => json!({ "$push": { "ratings": [review_id, rating] } }),
            None => json!({ "$pullAll": { "ratings": [review_id] } }),
        };
        let key = RatingsRowKey {
            vehicle_id,
            shard: shard_of(review_id),
        };
        self.entries.update_one(key, update).await?;
        Ok(())
    }

    async fn ratings(
        &self,
        vehicle_id: VehicleId,
        shard: i8,
    ) -> Result<BTreeMap<ReviewId, Rating>, StoreError> {
        let row = self
            .entries
            .find_one(RatingsRowKey { vehicle_id, shard })
            .await?;
        Ok(row.map(|row| row.ratings).unwrap_or_default())
    }

    async fn tally(
        &self,
        vehicle_id: VehicleId,
        shard: i8,
    ) -> Result<Option<TallyRow>, StoreError> {
        Ok(self
            .tallies
            .find_one(TallyRowKey { vehicle_id, shard })
            .await?)
    }
}
