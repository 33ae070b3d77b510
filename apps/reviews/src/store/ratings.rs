//! How many stars a vehicle has, in documents of the collection `reviews_and_ratings`: four for each vehicle, so that
//! writers seldom meet, and a review belongs to the one that its id says.
//!
//! A document counts the reviews that nobody is changing, and has a pending marker for each of the others. Whoever reads
//! it looks at those reviews themselves. Both change together in one guarded update, so nothing is counted twice or lost,
//! however late a command arrives and however often it is repeated.

use std::collections::{BTreeMap, HashMap};

use astra_db::{Collection, Database};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::document::{guarded, reviews_and_ratings};
use super::error::StoreError;
use super::pending_marker::PendingMarker;
use super::reviews::Reviews;
use crate::domain::id::{ReviewId, VehicleId};
use crate::domain::rating::{Rating, Tally};

/// How many documents the ratings of a vehicle are spread over. Another number needs all of them written anew.
const SHARDS: u8 = 4;
/// The documents of as many vehicles as fit into a page of the Data API, which is twenty.
const VEHICLES_PER_PAGE: usize = 20 / SHARDS as usize;
/// So many commands of one question are under way at the same time.
const AT_ONCE: usize = 8;

/// How often a document is read again whose reviews are being changed all the time.
const ROUNDS: usize = 20;

/// Questions about ratings.
#[derive(Debug, Clone)]
pub struct Ratings {
    documents: Collection<RatingDocument>,
    reviews: Reviews,
}

#[derive(Debug, Serialize, Deserialize)]
struct RatingDocument {
    #[serde(rename = "_id")]
    id: String,
    vehicle_id: VehicleId,
    /// `s5` is how many reviews have five stars.
    #[serde(default)]
    stars: HashMap<String, i64>,
    #[serde(default)]
    pending: BTreeMap<ReviewId, PendingMarker>,
    /// How many of them there are, to find unfinished changes by.
    #[serde(default)]
    pending_count: u32,
}

/// What vehicles' ratings amount to, and whose reviews are being changed at this moment.
#[derive(Debug, Default)]
pub struct Tallies {
    /// By vehicle; one without ratings may be missing.
    pub of_vehicles: HashMap<VehicleId, Tally>,
    /// The changes under way, or never finished.
    pub pending: Vec<PendingMarker>,
}

impl Ratings {
    pub(super) fn of(database: &Database, reviews: Reviews) -> Self {
        Self {
            documents: reviews_and_ratings(database),
            reviews,
        }
    }

    /// What the ratings of some vehicles amount to.
    ///
    /// As many vehicles share a command as fit into one page; the number of reviews plays no role.
    pub async fn tallies(&self, vehicles: &[VehicleId]) -> Result<Tallies, StoreError> {
        let commands: Vec<_> = vehicles
            .chunks(VEHICLES_PER_PAGE)
            .map(|vehicles| self.documents(vehicles))
            .collect();
        let documents = stream::iter(commands).buffered(AT_ONCE).try_concat();
        let mut tallies = Tallies::default();
        for document in documents.await? {
            let vehicle_id = document.vehicle_id;
            let (tally, pending) = self.derive(document).await?;
            let of_vehicle = tallies.of_vehicles.entry(vehicle_id).or_default();
            of_vehicle.add(&tally);
            tallies.pending.extend(pending);
        }
        Ok(tallies)
    }

    /// What a document amounts to: its stars, with the reviews that are being changed as they are in the list now.
    async fn derive(
        &self,
        mut document: RatingDocument,
    ) -> Result<(Tally, Vec<PendingMarker>), StoreError> {
        for _ in 0..ROUNDS {
            let (tally, is_certain) = self.count(&document).await?;
            let markers = || document.pending.values().copied().collect();
            if is_certain {
                return Ok((tally, markers()));
            }
            // What is not certain holds if the markers have not changed meanwhile.
            let again = self.documents.find_one(json!({ "_id": document.id }));
            match again.await? {
                Some(again) if again.pending != document.pending => document = again,
                _ => return Ok((tally, markers())),
            }
        }
        Err(StoreError::LostRaces)
    }

    /// The tally, and whether it is certain.
    async fn count(&self, document: &RatingDocument) -> Result<(Tally, bool), StoreError> {
        let (mut tally, mut is_certain) = (document.stars(), true);
        for marker in document.pending.values() {
            let stored = self
                .reviews
                .stored(marker.user_id, marker.vehicle_id)
                .await?;
            is_certain &= marker.is_certain(stored.as_ref());
            let counted = marker.counted(stored.as_ref());
            if let Some(was) = counted {
                tally.take(was);
            }
        }
        let pending: Vec<ReviewId> = document.pending.keys().copied().collect();
        let current = self.reviews.ratings(document.vehicle_id, &pending).await?;
        for now in current.into_values() {
            tally.put(now);
        }
        Ok((tally, is_certain))
    }

    async fn documents(&self, vehicles: &[VehicleId]) -> Result<Vec<RatingDocument>, StoreError> {
        let shards = vehicles
            .iter()
            .flat_map(|vehicle| (0..SHARDS).map(|shard| id(*vehicle, shard)));
        let ids: Vec<String> = shards.collect();
        let most = u32::try_from(ids.len()).unwrap_or(u32::MAX);
        let found = self.documents.find(json!({ "_id": { "$in": ids } }));
        Ok(found.limit(most).all().await?)
    }

    /// The marker of a review that is being changed.
    pub async fn pending(
        &self,
        vehicle_id: VehicleId,
        review_id: ReviewId,
    ) -> Result<Option<PendingMarker>, StoreError> {
        let id = id(vehicle_id, shard_of(review_id));
        let document = self.documents.find_one(json!({ "_id": id })).await?;
        Ok(document.and_then(|document| document.pending.get(&review_id).copied()))
    }

    /// All changes that are under way or were never finished.
    pub async fn all_pending(&self) -> Result<Vec<PendingMarker>, StoreError> {
        let pending = json!({ "pending_count": { "$gt": 0 } });
        let documents = self.documents.find(pending).all().await?;
        let markers = documents.into_iter().map(|document| document.pending);
        Ok(markers.flat_map(BTreeMap::into_values).collect())
    }

    /// Marks a review, and answers whether that was possible: nobody else is changing it, or it is the marker given as
    /// `other`, whose place it takes.
    ///
    /// A marker that could be set twice would come back after its end. So each has a change of its own and is not sent
    /// again when the answer was lost: then [`pending`](Self::pending) tells.
    pub async fn mark(
        &self,
        marker: &PendingMarker,
        other: Option<&PendingMarker>,
    ) -> Result<bool, StoreError> {
        let id = id(marker.vehicle_id, shard_of(marker.review_id));
        let path = format!("pending.{}", marker.review_id);
        let (mut filter, mut update) = (json!({ "_id": id }), json!({}));
        update["$set"][&path] = json!(marker);
        if let Some(other) = other {
            filter[format!("{path}.change")] = json!(other.change);
        } else {
            filter[&path] = json!({ "$exists": false });
            update["$inc"] = json!({ "pending_count": 1 });
        }
        let once = self
            .documents
            .with_options(|options| options.idempotent(false));
        match guarded(|| once.update_one(&filter, &update)).await {
            Ok(false) if other.is_none() => self.insert(&id, marker).await,
            Err(StoreError::Database(error)) if error.is_outcome_unknown() => Ok(false),
            outcome => outcome,
        }
    }

    /// The first review of a shard makes its document.
    async fn insert(&self, id: &str, marker: &PendingMarker) -> Result<bool, StoreError> {
        let mut document = json!({
            "_id": id, "vehicle_id": marker.vehicle_id, "stars": {}, "pending_count": 1,
        });
        document["pending"][marker.review_id.to_string()] = json!(marker);
        let documents = self.documents.clone_with_type::<Value>();
        let once = documents.with_options(|options| options.idempotent(false));
        match once.insert_one(document).await {
            Err(error) if error.is_already_exists() || error.is_outcome_unknown() => Ok(false),
            outcome => Ok(outcome.map(|_| true)?),
        }
    }

    /// Says that a change was made whose marker stays. Answers whether that was there still.
    pub async fn keep(&self, marker: &PendingMarker) -> Result<bool, StoreError> {
        let done = PendingMarker {
            is_done: true,
            ..*marker
        };
        let is_kept = self.mark(&done, Some(marker)).await?;
        Ok(is_kept || self.pending(marker.vehicle_id, marker.review_id).await? == Some(done))
    }

    /// Ends a change: the rating of the review is counted as it is now, and the marker is removed. Answers whether it was
    /// there still.
    pub async fn settle(
        &self,
        marker: &PendingMarker,
        now: Option<Rating>,
    ) -> Result<bool, StoreError> {
        let path = format!("pending.{}", marker.review_id);
        let mut filter = json!({ "_id": id(marker.vehicle_id, shard_of(marker.review_id)) });
        filter[format!("{path}.change")] = json!(marker.change);
        let mut update = json!({ "$inc": { "pending_count": -1 } });
        update["$unset"][&path] = json!("");
        if now != marker.was {
            for (rating, change) in [(marker.was, -1), (now, 1)] {
                if let Some(rating) = rating {
                    update["$inc"][format!("stars.{}", field(rating))] = json!(change);
                }
            }
        }
        guarded(|| self.documents.update_one(&filter, &update)).await
    }
}

impl RatingDocument {
    fn stars(&self) -> Tally {
        let count = |rating| self.stars.get(&field(rating)).copied().unwrap_or_default();
        Tally::new(Rating::ALL.map(|rating| count(rating).try_into().unwrap_or_default()))
    }
}

fn field(rating: Rating) -> String {
    format!("s{}", rating.stars())
}

fn id(vehicle_id: VehicleId, shard: u8) -> String {
    format!("rating {vehicle_id} {shard}")
}

/// The shard of a review. The end of an id is random.
fn shard_of(review_id: ReviewId) -> u8 {
    let [.., last] = review_id.to_bytes();
    last % SHARDS
}
