//! Registering.

use astra_db::table::Timestamp;

use crate::domain::account::{Account, Registration, User};
use crate::domain::id::UserId;
use crate::error::AppError;
use crate::passwords::Passwords;
use crate::store::Store;

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
    if store.accounts.insert(&account).await? {
        Ok(account.user)
    } else {
        Err(AppError::EmailTaken)
    }
}
