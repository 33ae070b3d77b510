//! Who is logged in, in the table `sessions`: the partition is the hash of the token, which is what
//! a request brings.
//!
//! The user is in the row, too, so that knowing who asks is one look-up.

use astra_db::table::Timestamp;
use astra_db::{Database, Table, TableRow};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::error::StoreError;
use super::table;
use crate::domain::account::User;
use crate::domain::email::Email;
use crate::domain::id::UserId;
use crate::domain::session::TokenHash;

/// Questions about sessions.
#[derive(Debug, Clone)]
pub struct Sessions(Table<SessionRow>);

#[derive(Debug, Serialize, Deserialize, TableRow)]
#[table(name = "sessions")]
struct SessionRow {
    #[partition_key]
    token_hash: String,
    #[index]
    expires_at: Timestamp,
    user_id: UserId,
    email: String,
    first_name: String,
    last_name: String,
    registered_at: Timestamp,
}

impl Sessions {
    pub(super) async fn open(database: &Database) -> Result<Self, StoreError> {
        table::open(database).await.map(Self)
    }

    /// Stores a session.
    pub async fn insert(
        &self,
        token: &TokenHash,
        user: &User,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        let row = SessionRow {
            token_hash: token.as_str().to_owned(),
            expires_at,
            user_id: user.id,
            email: user.email.as_str().to_owned(),
            first_name: user.first_name.clone(),
            last_name: user.last_name.clone(),
            registered_at: user.created_at,
        };
        self.0.insert_one(row).await?;
        Ok(())
    }

    /// Whose session it is, unless it is over.
    pub async fn find(
        &self,
        token: &TokenHash,
        now: Timestamp,
    ) -> Result<Option<User>, StoreError> {
        let row = self.0.find_one(key(token)).await?;
        let row = row.filter(|row| row.expires_at > now);
        Ok(row.map(|row| User {
            id: row.user_id,
            email: Email::stored(row.email),
            first_name: row.first_name,
            last_name: row.last_name,
            created_at: row.registered_at,
        }))
    }

    /// Ends a session.
    pub async fn delete(&self, token: &TokenHash) -> Result<(), StoreError> {
        self.0.delete_one(key(token)).await?;
        Ok(())
    }

    /// Deletes the sessions that are over, and answers how many those were.
    pub async fn delete_expired(&self, now: Timestamp) -> Result<usize, StoreError> {
        let mut expired = self
            .0
            .find(json!({ "expires_at": { "$lte": now } }))
            .await?;
        let mut deleted = 0;
        while let Some(row) = expired.try_next().await? {
            let token_hash = row.token_hash;
            self.0.delete_one(SessionRowKey { token_hash }).await?;
            deleted += 1;
        }
        Ok(deleted)
    }
}

fn key(token: &TokenHash) -> SessionRowKey {
    SessionRowKey {
        token_hash: token.as_str().to_owned(),
    }
}
