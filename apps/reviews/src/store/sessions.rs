//! Who is logged in, in the collection `user_sessions`: the `_id` is the hash of the token, which is what a request
//! brings.
//!
//! The user is in the document, too, so that knowing who asks is one look-up.

use astra_db::table::Timestamp;
use astra_db::{Collection, CollectionDefinition};
use serde::{Deserialize, Serialize};
use serde_json::json;
use shared::schema::{NotMade, Schema};

use super::document;
use super::error::StoreError;
use crate::domain::account::User;
use crate::domain::email::Email;
use crate::domain::id::UserId;
use crate::domain::session::TokenHash;

/// Questions about sessions.
#[derive(Debug, Clone)]
pub struct Sessions(Collection<SessionDocument>);

#[derive(Debug, Serialize, Deserialize)]
struct SessionDocument {
    #[serde(rename = "_id")]
    token_hash: String,
    /// In milliseconds since 1970, because numbers can be compared.
    expires_at: i64,
    user_id: UserId,
    email: String,
    first_name: String,
    last_name: String,
    registered_at: Timestamp,
}

impl Sessions {
    pub(super) async fn open(schema: &Schema<'_>) -> Result<Self, NotMade> {
        let indexed = CollectionDefinition::default().indexing_allow(["expires_at"]);
        let sessions = document::open(schema, "user_sessions", &indexed);
        sessions.await.map(Self)
    }

    /// Stores a session. One that is stored already stays as it is.
    pub async fn insert(
        &self,
        token: &TokenHash,
        user: &User,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        let document = SessionDocument {
            token_hash: token.as_str().to_owned(),
            expires_at: expires_at.as_millis(),
            user_id: user.id,
            email: user.email.as_str().to_owned(),
            first_name: user.first_name.clone(),
            last_name: user.last_name.clone(),
            registered_at: user.created_at,
        };
        document::insert_once(&self.0, &document, token.as_str(), |_| true).await?;
        Ok(())
    }

    /// Whose session it is, unless it is over.
    pub async fn find(
        &self,
        token: &TokenHash,
        now: Timestamp,
    ) -> Result<Option<User>, StoreError> {
        let document = self.0.find_one(key(token)).await?;
        let document = document.filter(|document| document.expires_at > now.as_millis());
        Ok(document.map(|document| User {
            id: document.user_id,
            email: Email::stored(document.email),
            first_name: document.first_name,
            last_name: document.last_name,
            created_at: document.registered_at,
        }))
    }

    /// Ends a session.
    pub async fn delete(&self, token: &TokenHash) -> Result<(), StoreError> {
        self.0.delete_one(key(token)).await?;
        Ok(())
    }

    /// Deletes the sessions that are over, and answers how many those were.
    pub async fn delete_expired(&self, now: Timestamp) -> Result<u64, StoreError> {
        let expired = json!({ "expires_at": { "$lte": now.as_millis() } });
        let deleted = self.0.delete_many(expired).await?;
        Ok(deleted.deleted_count.unwrap_or_default())
    }
}

fn key(token: &TokenHash) -> serde_json::Value {
    json!({ "_id": token.as_str() })
}
