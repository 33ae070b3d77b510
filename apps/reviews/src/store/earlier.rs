//! What versions before the collections kept in tables: accounts, sessions, and which reviews there are. The tables stay
//! as they are.

use astra_db::table::Timestamp;
use astra_db::{Collection, Cursor, Database, TableRow};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::document::{insert_once, reviews_and_ratings};
use super::error::StoreError;
use crate::domain::account::{Account, User};
use crate::domain::email::Email;
use crate::domain::id::UserId;
use crate::domain::review::Review;
use crate::domain::session::TokenHash;

/// For a day after everything was carried over, instances of the earlier version may still be at work.
const SETTLING_MS: i64 = 24 * 60 * 60 * 1000;

/// Questions about what an earlier version left.
#[derive(Debug, Clone)]
pub struct Earlier {
    database: Database,
    progress: Collection<Progress>,
}

/// When everything had been carried over for the first time; 0 where there was nothing.
#[derive(Debug, Serialize, Deserialize)]
struct Progress {
    #[serde(rename = "_id")]
    id: String,
    carried_over_at: i64,
}

const PROGRESS: &str = "carried over from tables";

/// An account.
#[derive(Debug, Serialize, Deserialize, TableRow)]
#[table(name = "accounts")]
pub struct AccountRow {
    #[partition_key]
    email: String,
    #[clustering]
    pub(crate) user_id: UserId,
    first_name: Option<String>,
    last_name: Option<String>,
    password_hash: Option<String>,
    created_at: Option<Timestamp>,
    confirmed_at: Option<Timestamp>,
    address: Option<String>,
}

/// A session.
#[derive(Debug, Serialize, Deserialize, TableRow)]
#[table(name = "sessions")]
pub struct SessionRow {
    #[partition_key]
    token_hash: String,
    expires_at: Option<Timestamp>,
    user_id: Option<UserId>,
    email: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    registered_at: Option<Timestamp>,
}

/// Reads a table to its end, row by row. A table that does not exist has none.
#[derive(Debug)]
pub struct Rows<R>(Option<Cursor<R>>);

impl Earlier {
    pub(super) fn of(database: &Database) -> Self {
        Self {
            database: database.clone(),
            progress: reviews_and_ratings(database),
        }
    }

    /// Whether there may be something to carry over.
    pub async fn is_due(&self, now: Timestamp) -> Result<bool, StoreError> {
        let progress = self.progress.find_one(json!({ "_id": PROGRESS })).await?;
        Ok(progress.is_none_or(|progress| {
            now.as_millis().saturating_sub(progress.carried_over_at) < SETTLING_MS
        }))
    }

    /// Writes down that everything is carried over, if it is for the first time; `had_any` is whether there was anything.
    pub async fn finish(&self, had_any: bool, now: Timestamp) -> Result<(), StoreError> {
        let progress = Progress {
            id: PROGRESS.to_owned(),
            carried_over_at: if had_any { now.as_millis() } else { 0 },
        };
        insert_once(&self.progress, &progress, PROGRESS, |_| true).await?;
        Ok(())
    }

    /// Whether there are tables that only earlier versions make.
    pub async fn has_tables(&self) -> Result<bool, StoreError> {
        let of_nobody = self
            .rows::<AccountRow>(json!({ "email": "nobody" }))
            .await?;
        Ok(of_nobody.0.is_some())
    }

    /// The accounts.
    pub async fn accounts(&self) -> Result<Rows<AccountRow>, StoreError> {
        self.rows(json!({})).await
    }

    /// The sessions.
    pub async fn sessions(&self) -> Result<Rows<SessionRow>, StoreError> {
        self.rows(json!({})).await
    }

    /// The reviews, those of a vehicle newest first.
    pub async fn reviews(&self) -> Result<Rows<Review>, StoreError> {
        self.rows(json!({})).await
    }

    /// Whether another account of the same address goes first: a confirmed one, or else the one that was made first.
    pub async fn is_second(&self, row: &AccountRow) -> Result<bool, StoreError> {
        if row.confirmed_at.is_some() {
            return Ok(false);
        }
        let mut of_address = self
            .rows::<AccountRow>(json!({ "email": row.email }))
            .await?;
        let rank = |row: &AccountRow| (row.confirmed_at.is_none(), row.user_id);
        while let Some(other) = of_address.next().await? {
            if rank(&other) < rank(row) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn rows<R: TableRow + DeserializeOwned + Send + 'static>(
        &self,
        filter: serde_json::Value,
    ) -> Result<Rows<R>, StoreError> {
        match self.database.table::<R>(R::TABLE_NAME).find(filter).await {
            Err(error) if error.is_not_found() => Ok(Rows(None)),
            outcome => Ok(Rows(Some(outcome?))),
        }
    }
}

impl<R: DeserializeOwned + Send + 'static> Rows<R> {
    /// The next row. One that cannot be read is named in the log and skipped.
    pub async fn next(&mut self) -> Result<Option<R>, StoreError> {
        let Some(rows) = &mut self.0 else {
            return Ok(None);
        };
        loop {
            match rows.try_next().await {
                Err(astra_db::Error::Decode(error)) => {
                    tracing::warn!(%error, "skipped a row of an earlier version that cannot be read");
                }
                outcome => return Ok(outcome?),
            }
        }
    }
}

impl AccountRow {
    /// The account, and the form of its address that it was stored by; `None` if columns are missing.
    pub fn account(self) -> Option<(String, Account)> {
        let user = User {
            id: self.user_id,
            email: Email::stored(self.address.unwrap_or_else(|| self.email.clone())),
            first_name: self.first_name?,
            last_name: self.last_name?,
            created_at: self.created_at?,
        };
        let password_hash = self.password_hash?;
        Some((
            self.email,
            Account {
                user,
                password_hash,
            },
        ))
    }
}

impl SessionRow {
    /// The token's hash, the user, and when the session is over; `None` if columns are missing.
    pub fn session(self) -> Option<(TokenHash, User, Timestamp)> {
        let user = User {
            id: self.user_id?,
            email: Email::stored(self.email?),
            first_name: self.first_name?,
            last_name: self.last_name?,
            created_at: self.registered_at?,
        };
        Some((TokenHash::stored(self.token_hash), user, self.expires_at?))
    }
}
