//! What can go wrong.

use std::time::Duration;

use shared::field_errors::FieldErrors;

use crate::domain::id::ReviewId;
use crate::store::StoreError;

/// Every way a request can fail.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// There is no such thing.
    #[error("{0}")]
    NotFound(Missing),
    /// What was sent cannot be accepted, field by field.
    #[error("the input is not valid")]
    Invalid(FieldErrors),
    /// One has to be logged in for it.
    #[error("nobody is logged in")]
    NotLoggedIn,
    /// E-mail address and password do not belong together.
    #[error("the credentials are wrong")]
    WrongCredentials,
    /// Too many attempts to log in or to register; the next one is possible after this time.
    #[error("too many attempts")]
    TooManyAttempts(Duration),
    /// It is somebody else's.
    #[error("{0}")]
    Forbidden(&'static str),
    /// A moderator has blocked the account.
    #[error("the account is blocked")]
    Blocked,
    /// The e-mail address has an account.
    #[error("the e-mail address has an account")]
    EmailTaken,
    /// The user has a review of the vehicle: this one, or one that is being written right now.
    #[error("the user has a review of the vehicle")]
    AlreadyReviewed(Option<ReviewId>),
    /// There is more to do than can be done at once.
    #[error("too many passwords are being hashed")]
    Busy,
    /// The database refused or was not reached.
    #[error("the database could not answer")]
    Store(#[from] StoreError),
    /// A fault of the app.
    #[error("{0:#}")]
    Internal(anyhow::Error),
}

impl AppError {
    /// A wrong password as the problem of a field, where somebody is logged in and confirms something with it.
    pub(crate) fn of_field(self, field: &str) -> Self {
        match self {
            Self::WrongCredentials => {
                Self::Invalid(FieldErrors::one(field, "This is not your password"))
            }
            error => error,
        }
    }
}

/// What was not found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// A page or an endpoint.
    Page,
    /// A vehicle.
    Vehicle,
    /// A review.
    Review,
}

impl std::fmt::Display for Missing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Page => "There is nothing at this address.",
            Self::Vehicle => "There is no such vehicle.",
            Self::Review => "There is no such review, or not any more.",
        })
    }
}
