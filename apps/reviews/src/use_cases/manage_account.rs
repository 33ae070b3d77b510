//! Changing the password of an account, and deleting it.

use crate::domain::account::{Account, Password, User};
use crate::domain::session::{TokenHash, fingerprint};
use crate::error::AppError;
use crate::passwords::Passwords;
use crate::store::Store;
use crate::use_cases::log_in::{self, Attempt};
use crate::use_cases::write_review;

/// Changes the password of somebody who knows the present one. All other sessions end.
#[tracing::instrument(skip_all, fields(user.id = %user.id))]
pub async fn change_password(
    store: &Store,
    passwords: &Passwords,
    (user, session): (&User, &TokenHash),
    attempt: Attempt<'_>,
    new: &Password,
) -> Result<(), AppError> {
    log_in::verify(store, passwords, attempt).await?;
    let password = set_password(store, passwords, user, new).await?;
    Ok(store.sessions.keep(session, &password).await?)
}

/// Gives an account another password, which ends its sessions, and returns the fingerprint.
async fn set_password(
    store: &Store,
    passwords: &Passwords,
    user: &User,
    new: &Password,
) -> Result<String, AppError> {
    let hash = passwords.hash(new).await?;
    let password = fingerprint(&hash);
    // First, so that no session outlives the password that it began with.
    store.sessions.expect_password(user.id, &password).await?;
    store.accounts.set_password(&user.email, &hash).await?;
    Ok(password)
}

/// Deletes an account and its reviews. If it does not come to its end, signing in and deleting again carries it on.
#[tracing::instrument(skip_all, fields(user.id = %user.id))]
pub async fn delete(
    store: &Store,
    passwords: &Passwords,
    user: &User,
    attempt: Attempt<'_>,
) -> Result<(), AppError> {
    let Account { user: own, .. } = log_in::verify(store, passwords, attempt).await?;
    delete_reviews(store, user).await?;
    store.sessions.expect_password(user.id, "").await?;
    store.accounts.delete(&own).await?;
    // Those that were written meanwhile, in another session.
    delete_reviews(store, user).await
}

async fn delete_reviews(store: &Store, user: &User) -> Result<(), AppError> {
    for ids in store.reviews.places_of_user(user.id).await? {
        match write_review::delete(store, user, ids).await {
            Ok(()) | Err(AppError::NotFound(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
