//! Reviews: the table `reviews_by_vehicle` has them whole, newest first. Two others only say where
//! they are: `reviews_by_user` those of a user, newest first; `reviews_by_user_and_vehicle` whether
//! a user has one of a vehicle.
//!
//! A review is what is in `reviews_by_vehicle`. A pointer to a row that is not there means nothing,
//! so nothing can go stale: what a crash leaves is a pointer without a review, never a review
//! that differs from itself.

mod pointers;

use std::collections::HashMap;

use astra_db::table::Timestamp;
use astra_db::{Database, Table, TableRow};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use self::pointers::Pointers;
use super::error::StoreError;
use super::table;
use crate::domain::id::{ReviewId, UserId, VehicleId};
use crate::domain::page::{Limit, Page, ReviewCursor};
use crate::domain::rating::Rating;
use crate::domain::review::{Review, ReviewChange};

/// Cassandra refuses long lists of keys: every one is a look-up of its own.
const MOST_KEYS: usize = 20;
/// So many rows of one page are fetched at the same time.
const AT_ONCE: usize = 10;

/// Questions about reviews.
#[derive(Debug, Clone)]
pub struct Reviews {
    reviews: Table<ReviewRow>,
    pointers: Pointers,
}

/// A review.
///
/// Without an author it is none: an update of a row makes the row if there is none, so an edit that
/// comes after a deletion leaves a row of nothing but the edited columns.
#[derive(Debug, Serialize, Deserialize, TableRow)]
#[table(name = "reviews_by_vehicle")]
struct ReviewRow {
    #[partition_key]
    vehicle_id: VehicleId,
    #[clustering(desc)]
    review_id: ReviewId,
    user_id: Option<UserId>,
    author: Option<String>,
    rating: Option<Rating>,
    text: Option<String>,
    created_at: Option<Timestamp>,
    updated_at: Option<Timestamp>,
}

impl Reviews {
    pub(super) async fn open(database: &Database) -> Result<Self, StoreError> {
        Ok(Self {
            reviews: table::open(database).await?,
            pointers: Pointers::open(database).await?,
        })
    }

    /// One review.
    pub async fn find(
        &self,
        vehicle_id: VehicleId,
        review_id: ReviewId,
    ) -> Result<Option<Review>, StoreError> {
        let row = self.reviews.find_one(ReviewRowKey {
            vehicle_id,
            review_id,
        });
        Ok(row.await?.and_then(ReviewRow::review))
    }

    /// One page of a vehicle's reviews, newest first.
    pub async fn of_vehicle(
        &self,
        vehicle_id: VehicleId,
        after: Option<ReviewCursor>,
        limit: Limit,
    ) -> Result<Page<Review>, StoreError> {
        let filter = older_than(after, json!({ "vehicle_id": vehicle_id }));
        let rows = self.reviews.find(filter).sort([("review_id", -1)]);
        let rows = rows.limit(limit.and_one()).await?.all().await?;
        let cursor = |last: &ReviewRow| ReviewCursor(last.review_id).text();
        let Page { items, next_cursor } = Page::of(rows, limit, cursor);
        let items = items.into_iter().filter_map(ReviewRow::review).collect();
        Ok(Page { items, next_cursor })
    }

    /// One page of a user's reviews, newest first.
    pub async fn of_user(
        &self,
        user_id: UserId,
        after: Option<ReviewCursor>,
        limit: Limit,
    ) -> Result<Page<Review>, StoreError> {
        let page = self.pointers.of_user(user_id, after, limit).await?;
        Ok(Page {
            items: self.all_of(page.items).await?,
            next_cursor: page.next_cursor,
        })
    }

    /// The reviews a user has of a vehicle, but for one that is left out: one at most, if not for
    /// moments in which a second one is being refused.
    pub async fn of_user_on_vehicle(
        &self,
        user_id: UserId,
        vehicle_id: VehicleId,
        left_out: Option<ReviewId>,
    ) -> Result<Vec<Review>, StoreError> {
        let mut ids = self
            .pointers
            .of_user_on_vehicle(user_id, vehicle_id)
            .await?;
        ids.retain(|id| Some(*id) != left_out);
        self.all_of(ids.into_iter().map(|id| (vehicle_id, id)).collect())
            .await
    }

    /// Those of the reviews that exist, in this order.
    async fn all_of(&self, ids: Vec<(VehicleId, ReviewId)>) -> Result<Vec<Review>, StoreError> {
        let finds = ids
            .into_iter()
            .map(|(vehicle_id, id)| self.find(vehicle_id, id));
        let reviews = stream::iter(finds).buffered(AT_ONCE);
        let reviews = reviews.try_filter_map(async |review| Ok(review));
        reviews.try_collect().await
    }

    /// The ratings of those of the reviews that exist.
    pub async fn ratings(
        &self,
        vehicle_id: VehicleId,
        ids: &[ReviewId],
    ) -> Result<HashMap<ReviewId, Rating>, StoreError> {
        let mut ratings = HashMap::with_capacity(ids.len());
        for ids in ids.chunks(MOST_KEYS) {
            let filter = json!({ "vehicle_id": vehicle_id, "review_id": { "$in": ids } });
            let rows = self.reviews.find(filter).await?.all().await?;
            let reviews = rows.into_iter().filter_map(ReviewRow::review);
            ratings.extend(reviews.map(|review| (review.id, review.rating)));
        }
        Ok(ratings)
    }

    /// Says where a review is going to be.
    pub async fn point_to(&self, review: &Review) -> Result<(), StoreError> {
        self.pointers.insert(review).await
    }

    /// Stores a review; there must be a pointer to it already.
    pub async fn insert(&self, review: &Review) -> Result<(), StoreError> {
        self.reviews.insert_one(ReviewRow::from(review)).await?;
        Ok(())
    }

    /// Changes a review, and answers how it is now; `None` if it was deleted meanwhile.
    pub async fn change(
        &self,
        review: &Review,
        change: &ReviewChange,
        now: Timestamp,
    ) -> Result<Option<Review>, StoreError> {
        let mut columns = serde_json::Map::from_iter([("updated_at".to_owned(), json!(now))]);
        columns.extend(
            change
                .rating
                .map(|rating| ("rating".to_owned(), json!(rating))),
        );
        let text = change.text.as_ref().map(|text| json!(text.as_str()));
        columns.extend(text.map(|text| ("text".to_owned(), text)));
        let key = key(review);
        let set = json!({ "$set": columns });
        self.reviews.update_one(&key, set).await?;
        let changed = self.find(review.vehicle_id, review.id).await?;
        if changed.is_none() {
            self.reviews.delete_one(&key).await?;
        }
        Ok(changed)
    }

    /// Deletes a review, and last what points to it.
    pub async fn delete(&self, review: &Review) -> Result<(), StoreError> {
        self.reviews.delete_one(key(review)).await?;
        self.pointers.delete(review).await
    }
}

fn key(review: &Review) -> ReviewRowKey {
    ReviewRowKey {
        vehicle_id: review.vehicle_id,
        review_id: review.id,
    }
}

/// The rows of a partition after the one a cursor stands for, newest first.
fn older_than(after: Option<ReviewCursor>, mut partition: Value) -> Value {
    if let Some(ReviewCursor(last)) = after {
        partition["review_id"] = json!({ "$lt": last });
    }
    partition
}

impl From<&Review> for ReviewRow {
    fn from(review: &Review) -> Self {
        Self {
            vehicle_id: review.vehicle_id,
            review_id: review.id,
            user_id: Some(review.author_id),
            author: Some(review.author.clone()),
            rating: Some(review.rating),
            text: Some(review.text.clone()),
            created_at: Some(review.created_at),
            updated_at: Some(review.updated_at),
        }
    }
}

impl ReviewRow {
    fn review(self) -> Option<Review> {
        Some(Review {
            id: self.review_id,
            vehicle_id: self.vehicle_id,
            author_id: self.user_id?,
            author: self.author?,
            rating: self.rating?,
            text: self.text?,
            created_at: self.created_at?,
            updated_at: self.updated_at?,
        })
    }
}
