//! What can go wrong, and the one place where that becomes an HTTP status.
//!
//! A [`Problem`] is logged once by the layers around the routes and written as
//! `application/problem+json`, or as a page where a browser asked for one.

use std::time::Duration;

use axum::http::header::WWW_AUTHENTICATE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use shared::http::Problem;
use shared::rate_limit::retry_after;

use crate::domain::id::ReviewId;
use crate::store::StoreError;
use shared::field_errors::FieldErrors;

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

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        problem(self).into_response()
    }
}

fn unauthorized(sentence: &str) -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED)
        .detail(sentence)
        .header(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
}

fn problem(error: AppError) -> Problem {
    match error {
        AppError::NotFound(missing) => {
            Problem::new(StatusCode::NOT_FOUND).detail(missing.to_string())
        }
        AppError::Invalid(fields) => fields.into(),
        AppError::NotLoggedIn => unauthorized(
            "Log in first: POST /api/sessions answers a token to send as Authorization: Bearer …",
        ),
        AppError::WrongCredentials => {
            unauthorized("E-mail address and password do not belong together.")
        }
        AppError::TooManyAttempts(wait) => {
            let sentence = format!(
                "Too many attempts. Try again in {} seconds.",
                retry_after(wait)
            );
            Problem::new(StatusCode::TOO_MANY_REQUESTS)
                .detail(sentence)
                .retry_after(wait)
        }
        AppError::Forbidden(sentence) => Problem::new(StatusCode::FORBIDDEN).detail(sentence),
        AppError::EmailTaken => Problem::new(StatusCode::CONFLICT)
            .detail("There is an account with this e-mail address. Log in instead."),
        AppError::AlreadyReviewed(review_id) => {
            let problem = Problem::new(StatusCode::CONFLICT)
                .detail("You have reviewed this vehicle. Change or delete that review instead.");
            match review_id {
                Some(id) => problem.member("review_id", id),
                None => problem,
            }
        }
        AppError::Busy => Problem::new(StatusCode::SERVICE_UNAVAILABLE)
            .detail(
                "Many people are logging in or registering at this moment. Please try again soon.",
            )
            .retry_after(Duration::from_secs(5)),
        AppError::Store(StoreError::Database(error)) => {
            let sentence = "The database cannot be reached. Please try again soon.";
            Problem::new(StatusCode::SERVICE_UNAVAILABLE)
                .detail(sentence)
                .source(error)
        }
        AppError::Internal(error) => Problem::new(StatusCode::INTERNAL_SERVER_ERROR).source(error),
    }
}
