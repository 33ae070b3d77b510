//! Where the reviews of a user are.

#![expect(
    clippy::struct_field_names,
    reason = "the columns of a key are ids, and named in full"
)]

use astra_db::{Database, Table, TableRow};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::older_than;
use crate::domain::id::{ReviewId, UserId, VehicleId};
use crate::domain::page::{Limit, Page, ReviewCursor};
use crate::domain::review::Review;
use crate::store::error::StoreError;
use crate::store::table;

/// Leads from users to their reviews.
#[derive(Debug, Clone)]
pub(super) struct Pointers {
    by_user: Table<Pointer>,
    claims: Table<Claim>,
}

/// Says that a user has, or is about to have, a review of a vehicle.
#[derive(Debug, Serialize, Deserialize, TableRow)]
#[table(name = "reviews_by_user")]
struct Pointer {
    #[partition_key]
    user_id: UserId,
    #[clustering(desc)]
    review_id: ReviewId,
    vehicle_id: VehicleId,
}

/// The same, for the question whether there is one.
#[derive(Debug, Serialize, Deserialize, TableRow)]
#[table(name = "reviews_by_user_and_vehicle")]
struct Claim {
    #[partition_key]
    user_id: UserId,
    #[partition_key]
    vehicle_id: VehicleId,
    #[clustering]
    review_id: ReviewId,
}

impl Pointers {
    pub(super) async fn open(database: &Database) -> Result<Self, StoreError> {
        Ok(Self {
            by_user: table::open(database).await?,
            claims: table::open(database).await?,
        })
    }

    /// Where one page of a user's reviews is, newest first.
    pub(super) async fn of_user(
        &self,
        user_id: UserId,
        after: Option<ReviewCursor>,
        limit: Limit,
    ) -> Result<Page<(VehicleId, ReviewId)>, StoreError> {
        let filter = older_than(after, json!({ "user_id": user_id }));
        let rows = self.by_user.find(filter).sort([("review_id", -1)]);
        let rows = rows.limit(limit.and_one()).await?.all().await?;
        let cursor = |last: &Pointer| ReviewCursor(last.review_id).text();
        Ok(Page::of(rows, limit, cursor).map(|row| (row.vehicle_id, row.review_id)))
    }

    /// The reviews a user has, had or is about to have of a vehicle.
    pub(super) async fn of_user_on_vehicle(
        &self,
        user_id: UserId,
        vehicle_id: VehicleId,
    ) -> Result<Vec<ReviewId>, StoreError> {
        let filter = json!({ "user_id": user_id, "vehicle_id": vehicle_id });
        let claims = self.claims.find(filter).await?.all().await?;
        Ok(claims.into_iter().map(|claim| claim.review_id).collect())
    }

    pub(super) async fn insert(&self, review: &Review) -> Result<(), StoreError> {
        let &Review {
            id: review_id,
            vehicle_id,
            author_id: user_id,
            ..
        } = review;
        let pointer = self.by_user.insert_one(Pointer {
            user_id,
            review_id,
            vehicle_id,
        });
        let claim = self.claims.insert_one(Claim {
            user_id,
            vehicle_id,
            review_id,
        });
        tokio::try_join!(pointer.into_future(), claim.into_future())?;
        Ok(())
    }

    pub(super) async fn delete(&self, review: &Review) -> Result<(), StoreError> {
        let &Review {
            id: review_id,
            vehicle_id,
            author_id: user_id,
            ..
        } = review;
        let pointer = self.by_user.delete_one(PointerKey { user_id, review_id });
        let claim = self.claims.delete_one(ClaimKey {
            user_id,
            vehicle_id,
            review_id,
        });
        tokio::try_join!(pointer.into_future(), claim.into_future())?;
        Ok(())
    }
}
