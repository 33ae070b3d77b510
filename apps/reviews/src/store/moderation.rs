//! What moderators have hidden and whom they have blocked, in the table `moderation`, to be shown to them.
//!
//! It decides nothing: a review is hidden if its document says so, and an account is blocked by its document in
//! `user_sessions`. A row is written before that, and what it names is looked up.

use astra_db::{Table, TableRow};
use serde::{Deserialize, Serialize};
use serde_json::json;
use shared::schema::{NotMade, Schema};

use super::error::StoreError;
use super::table;
use crate::domain::id::{ReviewId, UserId, VehicleId};

const HIDDEN: &str = "hidden reviews";
const BLOCKED: &str = "blocked users";
/// The most that are shown.
const MOST: u32 = 500;

/// Questions about moderation.
#[derive(Debug, Clone)]
pub struct Moderation(Table<ModerationRow>);

#[derive(Debug, Serialize, Deserialize, TableRow)]
#[table(name = "moderation")]
struct ModerationRow {
    #[partition_key]
    list: String,
    #[clustering]
    id: String,
    user_id: UserId,
    vehicle_id: Option<VehicleId>,
    name: Option<String>,
}

/// Where a review is that was hidden.
#[derive(Debug, Clone, Copy)]
pub struct HiddenReview {
    /// Its vehicle.
    pub vehicle_id: VehicleId,
    /// Its id.
    pub id: ReviewId,
    /// Its author.
    pub author_id: UserId,
}

impl Moderation {
    pub(super) async fn open(schema: &Schema<'_>) -> Result<Self, NotMade> {
        table::open(schema).await.map(Self)
    }

    /// Lists a review as hidden.
    pub async fn add_review(&self, review: &HiddenReview) -> Result<(), StoreError> {
        self.add(ModerationRow {
            list: HIDDEN.to_owned(),
            id: review.id.to_string(),
            user_id: review.author_id,
            vehicle_id: Some(review.vehicle_id),
            name: None,
        })
        .await
    }

    /// Lists a user as blocked.
    pub async fn add_user(&self, id: UserId, name: Option<String>) -> Result<(), StoreError> {
        self.add(ModerationRow {
            list: BLOCKED.to_owned(),
            id: id.to_string(),
            user_id: id,
            vehicle_id: None,
            name,
        })
        .await
    }

    /// Where a review is that is listed as hidden.
    pub async fn review(&self, id: ReviewId) -> Result<Option<HiddenReview>, StoreError> {
        let (list, id) = (HIDDEN.to_owned(), id.to_string());
        let row = self.0.find_one(ModerationRowKey { list, id }).await?;
        Ok(row.as_ref().and_then(ModerationRow::review))
    }

    /// The reviews that are listed as hidden.
    pub async fn reviews(&self) -> Result<Vec<HiddenReview>, StoreError> {
        let rows = self.rows(HIDDEN).await?;
        Ok(rows.iter().filter_map(ModerationRow::review).collect())
    }

    /// The users that are listed as blocked, and their names.
    pub async fn users(&self) -> Result<Vec<(UserId, String)>, StoreError> {
        let rows = self.rows(BLOCKED).await?.into_iter();
        Ok(rows
            .map(|row| (row.user_id, row.name.unwrap_or_default()))
            .collect())
    }

    /// Takes a review out of the list.
    pub async fn remove_review(&self, id: ReviewId) -> Result<(), StoreError> {
        self.remove(HIDDEN, id.to_string()).await
    }

    /// Takes a user out of the list.
    pub async fn remove_user(&self, id: UserId) -> Result<(), StoreError> {
        self.remove(BLOCKED, id.to_string()).await
    }

    async fn add(&self, row: ModerationRow) -> Result<(), StoreError> {
        self.0.insert_one(row).await?;
        Ok(())
    }

    async fn rows(&self, list: &str) -> Result<Vec<ModerationRow>, StoreError> {
        let rows = self.0.find(json!({ "list": list })).limit(MOST).await?;
        Ok(rows.all().await?)
    }

    async fn remove(&self, list: &str, id: String) -> Result<(), StoreError> {
        let list = list.to_owned();
        self.0.delete_one(ModerationRowKey { list, id }).await?;
        Ok(())
    }
}

impl ModerationRow {
    fn review(&self) -> Option<HiddenReview> {
        Some(HiddenReview {
            vehicle_id: self.vehicle_id?,
            id: self.id.parse().ok()?,
            author_id: self.user_id,
        })
    }
}
