//! Knowing who sends a request.

use astra_db::table::Timestamp;

use crate::domain::account::User;
use crate::domain::session::{Token, fingerprint};
use crate::error::AppError;
use crate::store::Store;

/// The user whose session a token stands for.
///
/// Where the password has changed since the session began, or is about to change, the account decides: what it has at
/// this moment counts. So a change that did not come to its end has ended no session.
pub async fn authenticate(
    store: &Store,
    token: &Token,
    now: Timestamp,
) -> Result<Option<User>, AppError> {
    let Some(session) = store.sessions.find(token, now).await? else {
        return Ok(None);
    };
    if session.is_blocked {
        return Err(AppError::Blocked);
    }
    if session.newer_password.is_none() {
        return Ok(Some(session.user));
    }
    let account = store.accounts.find(&session.user.email).await?;
    let is_current = account.is_some_and(|account| {
        account.user.id == session.user.id
            && session.password == Some(fingerprint(&account.password_hash))
    });
    Ok(is_current.then_some(session.user))
}
