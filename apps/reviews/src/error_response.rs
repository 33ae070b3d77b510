//! The one place where an error becomes an HTTP status.
//!
//! A [`Problem`] is logged once by the layers around the routes and written as
//! `application/problem+json`, or as a page where a browser asked for one.

use std::time::Duration;

use axum::http::header::WWW_AUTHENTICATE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use shared::Unavailable;
use shared::http::Problem;
use shared::rate_limit::retry_after;

use crate::error::AppError;
use crate::store::StoreError;

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
        AppError::Blocked => {
            Problem::new(StatusCode::FORBIDDEN).detail("A moderator has blocked this account.")
        }
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
        AppError::Store(StoreError::LostRaces) => Problem::new(StatusCode::SERVICE_UNAVAILABLE)
            .detail("Many people are doing this at the moment. Please try again.")
            .source(StoreError::LostRaces),
        AppError::Store(StoreError::Database(error)) => {
            let reason = Unavailable::of(&error);
            let problem = Problem::unavailable(reason).source(error);
            match reason {
                Unavailable::WakingUp => problem,
                _ => problem.detail("The database cannot be reached. Please try again soon."),
            }
        }
        AppError::Internal(error) => Problem::new(StatusCode::INTERNAL_SERVER_ERROR).source(error),
    }
}
