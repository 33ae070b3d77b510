//! Accounts, in the table `accounts`: the partition is the e-mail address, which is what people log
//! in with.

use astra_db::table::Timestamp;
use astra_db::{Database, Table, TableRow};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::error::StoreError;
use super::table;
use crate::domain::account::{Account, User};
use crate::domain::email::Email;
use crate::domain::id::UserId;

/// Questions about accounts.
#[derive(Debug, Clone)]
pub struct Accounts(Table<AccountRow>);

/// An account. `email` is the [`key`](Email::key) of its address, and `address` the address where that differs.
/// `confirmed_at` is written once it is known to be the only one of its address.
#[derive(Serialize, Deserialize, TableRow)]
#[table(name = "accounts")]
struct AccountRow {
    #[partition_key]
    email: String,
    #[clustering]
    user_id: UserId,
    first_name: String,
    last_name: String,
    password_hash: String,
    created_at: Timestamp,
    confirmed_at: Option<Timestamp>,
    address: Option<String>,
}

impl Accounts {
    pub(super) async fn open(database: &Database) -> Result<Self, StoreError> {
        table::open(database).await.map(Self)
    }

    /// The account of an e-mail address.
    ///
    /// A crash while two people register one address may leave a second row. The confirmed one
    /// counts; if none is, nobody has been promised anything, and the first one counts.
    ///
    /// Earlier versions stored addresses in other forms, so all of them are looked for; of most addresses there is
    /// only one.
    pub async fn find(&self, email: &Email) -> Result<Option<Account>, StoreError> {
        let mut found = Vec::new();
        for spelling in email.spellings() {
            found.push(self.rows(&spelling).await?);
        }
        let mut rows = found
            .into_iter()
            .find(|rows| !rows.is_empty())
            .unwrap_or_default();
        let confirmed = rows.iter().position(|row| row.confirmed_at.is_some());
        let index = confirmed.unwrap_or(0);
        let row = (index < rows.len()).then(|| rows.swap_remove(index));
        Ok(row.map(Account::from))
    }

    /// The other accounts of the e-mail address of this one, and whether they are confirmed.
    pub async fn others(&self, account: &Account) -> Result<Vec<(UserId, bool)>, StoreError> {
        let mut rows = self.rows(&account.user.email.key()).await?;
        rows.retain(|row| row.user_id != account.user.id);
        let others = rows.into_iter();
        Ok(others
            .map(|row| (row.user_id, row.confirmed_at.is_some()))
            .collect())
    }

    async fn rows(&self, email: &str) -> Result<Vec<AccountRow>, StoreError> {
        Ok(self.0.find(json!({ "email": email })).await?.all().await?)
    }

    /// Stores an account, unconfirmed.
    pub async fn insert(&self, account: &Account) -> Result<(), StoreError> {
        self.0.insert_one(AccountRow::from(account)).await?;
        Ok(())
    }

    /// Writes down that the account is the only one of its address.
    pub async fn confirm(&self, account: &Account, now: Timestamp) -> Result<(), StoreError> {
        let confirmed = json!({ "$set": { "confirmed_at": now } });
        self.0.update_one(key(account), confirmed).await?;
        Ok(())
    }

    /// Deletes an account that is not the only one of its address.
    pub async fn withdraw(&self, account: &Account) -> Result<(), StoreError> {
        self.0.delete_one(key(account)).await?;
        Ok(())
    }
}

fn key(account: &Account) -> AccountRowKey {
    AccountRowKey {
        email: account.user.email.key(),
        user_id: account.user.id,
    }
}

impl From<&Account> for AccountRow {
    fn from(account: &Account) -> Self {
        let user = &account.user;
        let (email, address) = (user.email.key(), user.email.as_str());
        Self {
            address: (address != email).then(|| address.to_owned()),
            email,
            user_id: user.id,
            first_name: user.first_name.clone(),
            last_name: user.last_name.clone(),
            password_hash: account.password_hash.clone(),
            created_at: user.created_at,
            confirmed_at: None,
        }
    }
}

impl From<AccountRow> for Account {
    fn from(row: AccountRow) -> Self {
        Self {
            user: User {
                id: row.user_id,
                email: Email::stored(row.address.unwrap_or(row.email)),
                first_name: row.first_name,
                last_name: row.last_name,
                created_at: row.created_at,
            },
            password_hash: row.password_hash,
        }
    }
}
