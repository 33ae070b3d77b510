//! Logging in.

use std::time::Duration;

use anyhow::Context as _;
use astra_db::table::Timestamp;
use shared::http::ClientAddress;

use crate::domain::account::Password;
use crate::domain::email::Email;
use crate::domain::session::{Session, Token};
use crate::error::AppError;
use crate::passwords::Passwords;
use crate::rate_limit::RateLimits;
use crate::store::Store;

/// What somebody who logs in says, and where from.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// The e-mail address.
    pub email: Email,
    /// The password.
    pub password: Password,
    /// The network address of the client.
    pub address: ClientAddress,
}

/// Logs in, for as long as `lifetime`.
///
/// An unknown address and a wrong password are answered the same, after the same work: without an
/// account, the password is checked against one that nobody has.
#[tracing::instrument(skip_all)]
pub async fn log_in(
    store: &Store,
    passwords: &Passwords,
    rate_limits: &RateLimits,
    credentials: &Credentials,
    (now, lifetime): (Timestamp, Duration),
) -> Result<Session, AppError> {
    let Credentials {
        email,
        password,
        address,
    } = credentials;
    rate_limits.log_in(*address, email, now)?;
    let account = store.accounts.find(email).await?;
    let hash = account
        .as_ref()
        .map(|account| account.password_hash.as_str());
    let is_right = passwords.verify(password, hash).await?;
    let Some(account) = account.filter(|_| is_right) else {
        return Err(AppError::WrongCredentials);
    };
    rate_limits.logged_in(*address, email);
    let lifetime_ms = i64::try_from(lifetime.as_millis()).unwrap_or(i64::MAX);
    let token = Token::random().context("the operating system gave no random bytes");
    let session = Session {
        token: token.map_err(AppError::Internal)?,
        expires_at: Timestamp::from_millis(now.as_millis().saturating_add(lifetime_ms)),
        user: account.user,
    };
    let hash = session.token.hash();
    store
        .sessions
        .insert(&hash, &session.user, session.expires_at)
        .await?;
    Ok(session)
}
