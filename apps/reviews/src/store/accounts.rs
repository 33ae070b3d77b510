//! Accounts, in the collection `users`: the `_id` is the email address, so an address has one account whoever else
//! registers it at the same time.

use astra_db::table::Timestamp;
use astra_db::{Collection, CollectionDefinition};
use serde::{Deserialize, Serialize};
use serde_json::json;
use shared::schema::{NotMade, Schema};

use super::document;
use super::error::StoreError;
use crate::domain::account::{Account, User};
use crate::domain::email::Email;
use crate::domain::id::{ChangeId, UserId};

pub(super) const NAME: &str = "users";

/// How the collection is made. Accounts are looked up by `_id` and nothing else; the record of the schema, which is among
/// them, by `maker`.
pub(super) fn definition() -> CollectionDefinition {
    CollectionDefinition::default().indexing_allow(["maker"])
}

/// Questions about accounts.
#[derive(Debug, Clone)]
pub struct Accounts(Collection<AccountDocument>);

/// An account. The `_id` is the [`key`](Email::key) of its address, and `address` the address where that differs.
#[derive(Serialize, Deserialize)]
struct AccountDocument {
    #[serde(rename = "_id")]
    key: String,
    user_id: UserId,
    first_name: String,
    last_name: String,
    password_hash: String,
    created_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    address: Option<String>,
}

impl Accounts {
    pub(super) async fn open(schema: &Schema<'_>) -> Result<Self, NotMade> {
        document::open(schema, NAME, &definition()).await.map(Self)
    }

    /// The account of an email address.
    ///
    /// Earlier versions stored addresses in other forms, so all of them are looked for; of most addresses there is
    /// only one.
    pub async fn find(&self, email: &Email) -> Result<Option<Account>, StoreError> {
        Ok(self.find_document(email).await?.map(Account::from))
    }

    async fn find_document(&self, email: &Email) -> Result<Option<AccountDocument>, StoreError> {
        let spellings = email.spellings();
        let filter = json!({ "_id": { "$in": spellings } });
        let mut found = self.0.find(filter).all().await?;
        found.sort_by_key(|document| spellings.iter().position(|it| *it == document.key));
        Ok(found.into_iter().next())
    }

    /// Gives the account of an email address another password.
    pub async fn set_password(&self, email: &Email, password_hash: &str) -> Result<(), StoreError> {
        let Some(document) = self.find_document(email).await? else {
            return Ok(());
        };
        let filter = json!({ "_id": document.key });
        // With a value that is new, an update always changes its document.
        let update =
            || json!({ "$set": { "password_hash": password_hash, "change": ChangeId::new() } });
        document::guarded(|| self.0.update_one(&filter, update())).await?;
        Ok(())
    }

    /// Deletes the account of a user.
    pub async fn delete(&self, user: &User) -> Result<(), StoreError> {
        let document = self.find_document(&user.email).await?;
        if let Some(own) = document.filter(|document| document.user_id == user.id) {
            self.0.delete_one(json!({ "_id": own.key })).await?;
        }
        Ok(())
    }

    /// Stores an account, and answers whether its address had none.
    pub async fn insert(&self, account: &Account) -> Result<bool, StoreError> {
        self.insert_as(account.user.email.key(), account).await
    }

    /// The same under another form of the address, which an earlier version chose.
    pub async fn insert_as(&self, key: String, account: &Account) -> Result<bool, StoreError> {
        let document = AccountDocument::new(key, account);
        let is_this = |stored: &AccountDocument| stored.user_id == document.user_id;
        document::insert_once(&self.0, &document, &document.key, is_this).await
    }
}

impl AccountDocument {
    fn new(key: String, account: &Account) -> Self {
        let user = &account.user;
        let address = user.email.as_str();
        Self {
            address: (address != key).then(|| address.to_owned()),
            key,
            user_id: user.id,
            first_name: user.first_name.clone(),
            last_name: user.last_name.clone(),
            password_hash: account.password_hash.clone(),
            created_at: user.created_at,
        }
    }
}

impl From<AccountDocument> for Account {
    fn from(document: AccountDocument) -> Self {
        Self {
            user: User {
                id: document.user_id,
                email: Email::stored(document.address.unwrap_or(document.key)),
                first_name: document.first_name,
                last_name: document.last_name,
                created_at: document.created_at,
            },
            password_hash: document.password_hash,
        }
    }
}
