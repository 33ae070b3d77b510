//! Logging in.

use std::time::Duration;

use anyhow::Context as _;
use astra_db::table::Timestamp;
use shared::http::ClientAddress;

use crate::domain::account::{Account, Password, User};
use crate::domain::email::Email;
use crate::domain::session::{Session, Token, fingerprint};
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

impl Credentials {
    /// Of a user who is logged in and gives the password once more.
    pub fn of(user: &User, password: Password, address: ClientAddress) -> Self {
        Self {
            email: user.email.clone(),
            password,
            address,
        }
    }
}

/// An attempt to show that somebody knows the password of an account.
#[derive(Debug, Clone, Copy)]
pub struct Attempt<'a> {
    /// What they say.
    pub credentials: &'a Credentials,
    /// How many attempts there may be.
    pub rate_limits: &'a RateLimits,
    /// The time.
    pub now: Timestamp,
}

/// The account of somebody who knows its password.
///
/// An unknown address and a wrong password are answered the same, after the same work: without an
/// account, the password is checked against one that nobody has.
pub(super) async fn verify(
    store: &Store,
    passwords: &Passwords,
    attempt: Attempt<'_>,
) -> Result<Account, AppError> {
    let Credentials {
        email,
        password,
        address,
    } = attempt.credentials;
    attempt.rate_limits.log_in(*address, email, attempt.now)?;
    let account = store.accounts.find(email).await?;
    let hash = account
        .as_ref()
        .map(|account| account.password_hash.as_str());
    let is_right = passwords.verify(password, hash).await?;
    let Some(account) = account.filter(|_| is_right) else {
        return Err(AppError::WrongCredentials);
    };
    attempt.rate_limits.logged_in(*address, email);
    Ok(account)
}

/// Logs in, for as long as `lifetime`.
#[tracing::instrument(skip_all)]
pub async fn log_in(
    store: &Store,
    passwords: &Passwords,
    attempt: Attempt<'_>,
    lifetime: Duration,
) -> Result<Session, AppError> {
    let account = verify(store, passwords, attempt).await?;
    let lifetime_ms = i64::try_from(lifetime.as_millis()).unwrap_or(i64::MAX);
    let expires_at = attempt.now.as_millis().saturating_add(lifetime_ms);
    let token = Token::of(account.user.id).context("the operating system gave no random bytes");
    let session = Session {
        token: token.map_err(AppError::Internal)?,
        expires_at: Timestamp::from_millis(expires_at),
        user: account.user,
    };
    let (hash, password) = (session.token.hash(), fingerprint(&account.password_hash));
    store
        .sessions
        .insert(&hash, &session.user, Some(password), session.expires_at)
        .await?;
    Ok(session)
}
