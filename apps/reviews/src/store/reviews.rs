//! Reviews. What a user thinks of a vehicle is one document of the collection `reviews_and_ratings`, whose `_id` says
//! whose it is: so there is one. It is written first, by an insert or a guarded update.
//!
//! Lists are read from rows, which are written after it and always whole: the table `reviews_by_vehicle` has the reviews
//! of a vehicle, newest first, and `reviews_by_user` says where those of a user are. A pointer to a row that is not there
//! means nothing. Earlier versions could leave a row of which columns are missing; it is skipped with a log line.

mod document;

use std::collections::HashMap;

use astra_db::{Collection, Table, TableRow};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared::schema::{NotMade, Schema};

pub use self::document::StoredReview;
use super::document::{guarded, insert_once, reviews_and_ratings};
use super::error::StoreError;
use super::table;
use crate::domain::id::{ChangeId, ReviewId, UserId, VehicleId};
use crate::domain::page::{Limit, Page, ReviewCursor};
use crate::domain::rating::Rating;
use crate::domain::review::{Review, ReviewKey};

/// Cassandra refuses long lists of keys: every one is a look-up of its own.
const MOST_KEYS: usize = 20;
/// So many rows of one page are fetched at the same time.
const AT_ONCE: usize = 10;

/// Questions about reviews.
#[derive(Debug, Clone)]
pub struct Reviews {
    documents: Collection<StoredReview>,
    by_vehicle: Table<Review>,
    by_user: Table<Pointer>,
}

/// Says that a user has, or is about to have, a review of a vehicle.
#[expect(
    clippy::struct_field_names,
    reason = "the columns of a key are ids, and named in full"
)]
#[derive(Debug, Serialize, Deserialize, TableRow)]
#[table(name = "reviews_by_user")]
struct Pointer {
    #[partition_key]
    user_id: UserId,
    #[clustering(desc)]
    review_id: ReviewId,
    vehicle_id: VehicleId,
}

impl Reviews {
    pub(super) async fn open(schema: &Schema<'_>) -> Result<Self, NotMade> {
        Ok(Self {
            documents: reviews_and_ratings(schema.database()),
            by_vehicle: table::open(schema).await?,
            by_user: table::open(schema).await?,
        })
    }

    /// The review of a user and a vehicle.
    pub async fn stored(
        &self,
        user_id: UserId,
        vehicle_id: VehicleId,
    ) -> Result<Option<StoredReview>, StoreError> {
        let id = document::id(user_id, vehicle_id);
        Ok(self.documents.find_one(json!({ "_id": id })).await?)
    }

    /// Stores a review and returns whether it is stored. Another change since `read` prevents that; so does a stored
    /// review where `read` is `None`.
    pub async fn store(
        &self,
        review: &StoredReview,
        read: Option<ChangeId>,
    ) -> Result<bool, StoreError> {
        let id = &review.id;
        let is_this = |stored: &StoredReview| stored.change == review.change;
        let Some(read) = read else {
            return insert_once(&self.documents, review, id, is_this).await;
        };
        let unchanged = json!({ "_id": id, "change": read });
        if guarded(|| self.documents.replace_one(&unchanged, review)).await? {
            return Ok(true);
        }
        // It may have been stored by a first attempt, whose answer was lost.
        let stored = self.documents.find_one(json!({ "_id": id })).await?;
        Ok(stored.as_ref().is_some_and(is_this))
    }

    /// The review in the list of its vehicle.
    pub async fn find(
        &self,
        vehicle_id: VehicleId,
        id: ReviewId,
    ) -> Result<Option<Review>, StoreError> {
        match self.by_vehicle.find_one(ReviewKey { vehicle_id, id }).await {
            Err(astra_db::Error::Decode(error)) => {
                tracing::warn!(%error, "skipped a row that is not a whole review");
                Ok(None)
            }
            outcome => Ok(outcome?),
        }
    }

    /// One page of a vehicle's reviews, newest first.
    pub async fn of_vehicle(
        &self,
        vehicle_id: VehicleId,
        after: Option<ReviewCursor>,
        limit: Limit,
    ) -> Result<Page<Review>, StoreError> {
        let filter = older_than(after, json!({ "vehicle_id": vehicle_id }));
        let rows = self.by_vehicle.find(filter).sort([("review_id", -1)]);
        let found = rows.limit(limit.and_one()).await?.all_fitting().await?;
        let skipped = found.unfit.len();
        let cursor = |last: &Review| ReviewCursor(last.id).text();
        Ok(Page::without(skipped, found.items, limit, cursor))
    }

    /// One page of a user's reviews, newest first.
    pub async fn of_user(
        &self,
        user_id: UserId,
        after: Option<ReviewCursor>,
        limit: Limit,
    ) -> Result<Page<Review>, StoreError> {
        let filter = older_than(after, json!({ "user_id": user_id }));
        let rows = self.by_user.find(filter).sort([("review_id", -1)]);
        let rows = rows.limit(limit.and_one()).await?.all().await?;
        let cursor = |last: &Pointer| ReviewCursor(last.review_id).text();
        let Page { items, next_cursor } = Page::of(rows, limit, cursor);
        let finds = items
            .into_iter()
            .map(|row| self.find(row.vehicle_id, row.review_id));
        let reviews = stream::iter(finds).buffered(AT_ONCE);
        let reviews = reviews.try_filter_map(async |review| Ok(review));
        Ok(Page {
            items: reviews.try_collect().await?,
            next_cursor,
        })
    }

    /// Where the reviews of a user are, or were.
    pub async fn places_of_user(
        &self,
        user_id: UserId,
    ) -> Result<Vec<(VehicleId, ReviewId)>, StoreError> {
        let rows = self.by_user.find(json!({ "user_id": user_id })).await?;
        let rows = rows.all().await?.into_iter();
        Ok(rows.map(|row| (row.vehicle_id, row.review_id)).collect())
    }

    /// The ratings of those of the reviews that are in the list of their vehicle.
    pub async fn ratings(
        &self,
        vehicle_id: VehicleId,
        ids: &[ReviewId],
    ) -> Result<HashMap<ReviewId, Rating>, StoreError> {
        let mut ratings = HashMap::with_capacity(ids.len());
        for ids in ids.chunks(MOST_KEYS) {
            let filter = json!({ "vehicle_id": vehicle_id, "review_id": { "$in": ids } });
            let found = self.by_vehicle.find(filter).await?.all_fitting().await?;
            let reviews = found.items.into_iter();
            ratings.extend(reviews.map(|review| (review.id, review.rating)));
        }
        Ok(ratings)
    }

    /// Puts a review into the lists, first into that of its author; `is_listed` if it is there already.
    pub async fn list(&self, review: &Review, is_listed: bool) -> Result<(), StoreError> {
        if !is_listed {
            let pointer = Pointer {
                user_id: review.author_id,
                review_id: review.id,
                vehicle_id: review.vehicle_id,
            };
            self.by_user.insert_one(pointer).await?;
        }
        self.by_vehicle.insert_one(review).await?;
        Ok(())
    }

    /// Takes a review out of the list of its vehicle. Its author still has it.
    pub async fn hide(&self, vehicle_id: VehicleId, id: ReviewId) -> Result<(), StoreError> {
        self.by_vehicle
            .delete_one(ReviewKey { vehicle_id, id })
            .await?;
        Ok(())
    }

    /// Takes a review out of the lists, last out of that of its author.
    pub async fn unlist(
        &self,
        vehicle_id: VehicleId,
        review_id: ReviewId,
        user_id: UserId,
    ) -> Result<(), StoreError> {
        let id = review_id;
        let key = ReviewKey { vehicle_id, id };
        self.by_vehicle.delete_one(key).await?;
        let pointer = PointerKey { user_id, review_id };
        self.by_user.delete_one(pointer).await?;
        Ok(())
    }
}

/// The rows of a partition after the one a cursor stands for, newest first.
fn older_than(after: Option<ReviewCursor>, mut partition: Value) -> Value {
    if let Some(ReviewCursor(last)) = after {
        partition["review_id"] = json!({ "$lt": last });
    }
    partition
}
