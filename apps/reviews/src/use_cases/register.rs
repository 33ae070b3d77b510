//! Registering.

use astra_db::table::Timestamp;

use super::unique_insert::{self, Other};
use crate::domain::account::{Account, Registration, User};
use crate::domain::id::UserId;
use crate::error::AppError;
use crate::passwords::Passwords;
use crate::store::{Store, StoreError};

/// Makes the one account an e-mail address may have.
///
/// The password is hashed before anything is stored, so no account is ever without one.
#[tracing::instrument(skip_all)]
pub async fn register(
    store: &Store,
    passwords: &Passwords,
    registration: Registration,
    now: Timestamp,
) -> Result<User, AppError> {
    let Registration {
        email,
        first_name,
        last_name,
        password,
    } = registration;
    if store.accounts.find(&email).await?.is_some() {
        return Err(AppError::EmailTaken);
    }
    let password_hash = passwords.hash(&password).await?;
    let user = User {
        id: UserId::new(),
        email,
        first_name: first_name.into(),
        last_name: last_name.into(),
        created_at: now,
    };
    let account = Account {
        user,
        password_hash,
    };
    store.accounts.insert(&account).await?;
    if unique_insert::is_won(account.user.id, || others(store, &account)).await? {
        store.accounts.confirm(&account, now).await?;
        Ok(account.user)
    } else {
        store.accounts.withdraw(&account).await?;
        Err(AppError::EmailTaken)
    }
}

async fn others(store: &Store, account: &Account) -> Result<Vec<Other<UserId>>, StoreError> {
    let others = store.accounts.others(account).await?.into_iter();
    Ok(others.map(|(id, has_won)| Other { id, has_won }).collect())
}
