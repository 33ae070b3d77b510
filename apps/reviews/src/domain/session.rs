//! Being logged in: a random token that its owner sends along, of which only the hash is stored.

use std::fmt;

use astra_db::table::Timestamp;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use super::account::User;
use super::id::UserId;

/// What a user sends along to be known: 256 random bits.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    /// A new one, from the operating system.
    pub fn random() -> Result<Self, getrandom::Error> {
        let mut bits = [0; 32];
        getrandom::fill(&mut bits)?;
        Ok(Self(URL_SAFE_NO_PAD.encode(bits)))
    }

    /// A new one for a session of this user. It names the user, so that what became of the account is looked up together
    /// with the session.
    pub fn of(user: UserId) -> Result<Self, getrandom::Error> {
        Ok(Self(format!("{}.{user}", Self::random()?.0)))
    }

    /// Whose session it is the token of. Those of earlier versions do not say.
    pub fn user_id(&self) -> Option<UserId> {
        let (_, user) = self.0.split_once('.')?;
        user.parse().ok()
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
    /// A hash as it was stored.
    pub(crate) fn stored(hash: String) -> Self {
        Self(hash)
    }

    /// The hash as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Tells one stored password of an account from the next one. A session has that of the password it began with.
pub fn fingerprint(password_hash: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(password_hash))
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

/// Somebody who looks at a page.
#[derive(Debug, Clone, Default)]
pub struct Visitor {
    /// Who it is, if they are signed in.
    pub user: Option<User>,
    /// Whether they may hide reviews and block accounts.
    pub is_moderator: bool,
    /// The address of the page, to come back to.
    pub here: String,
}
