//! Who is logged in, in the collection `user_sessions`: the `_id` is the hash of the token, which is what a request
//! brings.
//!
//! The user is in the document, too, so that knowing who asks is one look-up. What ends the sessions of a user is in
//! another document, whose `_id` names the user, and which the same look-up finds: a new password, or a block.

use astra_db::table::Timestamp;
use astra_db::{Collection, CollectionDefinition};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared::schema::{NotMade, Schema};

use super::document;
use super::error::StoreError;
use crate::domain::account::User;
use crate::domain::email::Email;
use crate::domain::id::{ChangeId, UserId};
use crate::domain::session::{Token, TokenHash};

/// The year 9999: what ended sessions does not expire.
const NEVER: i64 = 253_402_300_799_000;

/// Questions about sessions.
#[derive(Debug, Clone)]
pub struct Sessions(Collection<SessionDocument>);

/// A session, or what became of the account of its user.
#[derive(Debug, Serialize, Deserialize)]
struct SessionDocument {
    #[serde(rename = "_id")]
    id: String,
    /// In milliseconds since 1970, because numbers can be compared.
    expires_at: i64,
    user_id: UserId,
    #[serde(default)]
    email: String,
    #[serde(default)]
    first_name: String,
    #[serde(default)]
    last_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    registered_at: Option<Timestamp>,
    /// The fingerprint of the password that the session began with, or of the newest one of the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    password: Option<String>,
    /// Whether a moderator has blocked the account.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    is_blocked: bool,
}

/// A session that has not expired.
#[derive(Debug)]
pub struct FoundSession {
    /// Whose it is.
    pub user: User,
    /// The fingerprint of the password that it began with.
    pub password: Option<String>,
    /// The fingerprint of another password that the account has got, or is about to get.
    pub newer_password: Option<String>,
    /// Whether a moderator has blocked the account.
    pub is_blocked: bool,
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
        password: Option<String>,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        let document = SessionDocument {
            id: token.as_str().to_owned(),
            expires_at: expires_at.as_millis(),
            user_id: user.id,
            email: user.email.as_str().to_owned(),
            first_name: user.first_name.clone(),
            last_name: user.last_name.clone(),
            registered_at: Some(user.created_at),
            password,
            is_blocked: false,
        };
        document::insert_once(&self.0, &document, token.as_str(), |_| true).await?;
        Ok(())
    }

    /// The session of a token, unless it has expired.
    pub async fn find(
        &self,
        token: &Token,
        now: Timestamp,
    ) -> Result<Option<FoundSession>, StoreError> {
        let hash = token.hash();
        let mut ids = vec![hash.as_str().to_owned()];
        ids.extend(token.user_id().map(account_id));
        let mut found = self.0.find(json!({ "_id": { "$in": ids } })).all().await?;
        let session = found
            .iter()
            .position(|document| document.id == hash.as_str());
        let Some(session) = session.map(|index| found.swap_remove(index)) else {
            return Ok(None);
        };
        if session.expires_at <= now.as_millis() {
            return Ok(None);
        }
        let account = match token.user_id() {
            Some(_) => found.pop(),
            None => {
                self.0
                    .find_one(json!({ "_id": account_id(session.user_id) }))
                    .await?
            }
        };
        let is_blocked = account.as_ref().is_some_and(|account| account.is_blocked);
        let newer = account.and_then(|account| account.password);
        Ok(Some(FoundSession {
            is_blocked,
            newer_password: newer.filter(|newer| session.password.as_ref() != Some(newer)),
            password: session.password,
            user: User {
                id: session.user_id,
                email: Email::stored(session.email),
                first_name: session.first_name,
                last_name: session.last_name,
                created_at: session.registered_at.unwrap_or(now),
            },
        }))
    }

    /// Ends a session.
    pub async fn delete(&self, token: &TokenHash) -> Result<(), StoreError> {
        self.0.delete_one(json!({ "_id": token.as_str() })).await?;
        Ok(())
    }

    /// Has the sessions of a user that began with another password compared with the account from now on.
    pub async fn expect_password(&self, user: UserId, password: &str) -> Result<(), StoreError> {
        self.set(
            &account_id(user),
            json!({
                "user_id": user, "expires_at": NEVER, "password": password,
            }),
        )
        .await
    }

    /// Blocks the account of a user, or lifts that.
    pub async fn set_blocked(&self, user: UserId, is_blocked: bool) -> Result<(), StoreError> {
        self.set(
            &account_id(user),
            json!({
                "user_id": user, "expires_at": NEVER, "is_blocked": is_blocked,
            }),
        )
        .await
    }

    /// Whether the account of a user is blocked.
    pub async fn is_blocked(&self, user: UserId) -> Result<bool, StoreError> {
        let account = self.0.find_one(json!({ "_id": account_id(user) })).await?;
        Ok(account.is_some_and(|account| account.is_blocked))
    }

    /// Keeps a session that began with an earlier password.
    pub async fn keep(&self, token: &TokenHash, password: &str) -> Result<(), StoreError> {
        let session = json!({ "_id": token.as_str(), "expires_at": { "$exists": true } });
        let update = || json!({ "$set": { "password": password, "change": ChangeId::new() } });
        document::guarded(|| self.0.update_one(&session, update())).await?;
        Ok(())
    }

    /// Sets fields of a document, which is made if it does not exist.
    async fn set(&self, id: &str, fields: Value) -> Result<(), StoreError> {
        // With a value that is new, an update always changes its document.
        let update = || {
            let mut fields = fields.clone();
            fields["change"] = json!(ChangeId::new());
            json!({ "$set": fields })
        };
        let filter = json!({ "_id": id });
        document::guarded(|| self.0.update_one(&filter, update()).upsert(true)).await?;
        Ok(())
    }

    /// Deletes the sessions that are over, and answers how many those were.
    pub async fn delete_expired(&self, now: Timestamp) -> Result<u64, StoreError> {
        let expired = json!({ "expires_at": { "$lte": now.as_millis() } });
        let deleted = self.0.delete_many(expired).await?;
        Ok(deleted.deleted_count.unwrap_or_default())
    }
}

fn account_id(user: UserId) -> String {
    format!("account {user}")
}
