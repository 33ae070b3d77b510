//! What every handler may use: handles only, cheap to clone.

use std::sync::Arc;
use std::time::Duration;

use astra_db::table::Timestamp;
use shared::clock::Clock;
use shared::field_errors::FieldErrors;
use shared::http::{ClientIpHeader, PublicUrl};

use crate::domain::account::User;
use crate::domain::email::Email;
use crate::error::AppError;
use crate::passwords::Passwords;
use crate::rate_limit::RateLimits;
use crate::settings::Settings;
use crate::store::Store;
use crate::use_cases::log_in::{Attempt, Credentials};

/// The state of the router.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct AppState {
    /// The database.
    pub store: Store,
    /// Hashes passwords.
    pub passwords: Passwords,
    /// Limits how fast passwords can be guessed and accounts registered.
    pub rate_limits: RateLimits,
    /// How long somebody stays logged in.
    pub session_lifetime: Duration,
    /// The keys of the addresses whose accounts may moderate.
    moderators: Arc<[String]>,
    /// The address people type, if it is set.
    pub public_url: Option<Arc<PublicUrl>>,
    /// The header in which a proxy reports the client's address, if there is one.
    pub client_ip_header: Option<ClientIpHeader>,
    /// What time it is.
    pub clock: Clock,
}

impl AppState {
    /// An app on this store, with the clock on the wall.
    pub fn new(store: Store, passwords: Passwords, settings: &Settings) -> Self {
        Self {
            store,
            passwords,
            rate_limits: RateLimits::new(settings.login_attempts, settings.registration_attempts),
            session_lifetime: settings.session_lifetime,
            moderators: settings.moderators.iter().map(Email::key).collect(),
            public_url: settings.public_url.clone().map(Arc::new),
            client_ip_header: settings.client_ip_header.clone(),
            clock: Clock::default(),
        }
    }

    /// An attempt of somebody to show that they know a password.
    pub(crate) fn attempt<'a>(&'a self, credentials: &'a Credentials) -> Attempt<'a> {
        Attempt {
            credentials,
            rate_limits: &self.rate_limits,
            now: self.now(),
        }
    }

    /// Whether a user may hide reviews and block accounts.
    pub(crate) fn is_moderator(&self, user: &User) -> bool {
        self.moderators.contains(&user.email.key())
    }

    /// Refuses to delete the account of a moderator: whoever signed up with its address afterwards would be one.
    pub(crate) fn require_no_moderator(&self, user: &User) -> Result<(), AppError> {
        if self.is_moderator(user) {
            return Err(AppError::Invalid(FieldErrors::one(
                "password",
                "This address moderates. Take it out of MODERATOR_EMAILS, restart, and delete the account then",
            )));
        }
        Ok(())
    }

    /// Whether people reach the pages over `https`.
    pub(crate) fn is_https(&self) -> bool {
        self.public_url.as_ref().is_some_and(|url| url.is_https())
    }

    /// What time it is.
    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.clock.now_ms())
    }
}
