//! Being logged in: a random token that its owner sends along, of which only the hash is stored.

use std::fmt;
use std::time::Duration;

use anyhow::Context as _;
use astra_db::table::Timestamp;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use shared::http::ClientAddress;

use crate::domain::account::{Email, Password, User};
use crate::error::AppError;
use crate::passwords::Passwords;
use crate::rate_limit::RateLimits;
use crate::store::Store;

/// What a user sends along to be known: 256 random bits.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    fn random() -> Result<Self, AppError> {
        let mut bits = [0; 32];
        getrandom::fill(&mut bits)
            .context("the operating system gave no random bytes")
            .map_err(AppError::Internal)?;
        Ok(Self(URL_SAFE_NO_PAD.encode(bits)))
    }

    /// A token as it was sent. It need not be one of ours.
    pub fn sent(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The text to send along.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What is stored of it. A fast hash does: nobody can try out 256 random bits.
    pub fn hash(&self) -> TokenHash {
        TokenHash(URL_SAFE_NO_PAD.encode(Sha256::digest(&self.0)))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// The SHA-256 of a token. Whoever reads the table cannot log in with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenHash(String);

impl TokenHash {
    /// The hash as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Somebody who has just logged in.
#[derive(Debug, Clone)]
pub struct Session {
    /// What to send along from now on.
    pub token: Token,
    /// Until when it is good for anything.
    pub expires_at: Timestamp,
    /// Who it is.
    pub user: User,
}

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
    let session = Session {
        token: Token::random()?,
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
