//! The one place where what went wrong becomes an HTTP status and a sentence.
//!
//! A [`Problem`] is logged once by the layers around the routes and written as a page or as
//! `application/problem+json`, whichever the caller reads.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use shared::Unavailable;
use shared::http::Problem;

use crate::domain::checkout::ClientLimit;
use crate::domain::stock::Shortage;
use crate::error::AppError;
use crate::payments::PaymentError;
use crate::store::StoreError;

fn status_of(error: &PaymentError) -> StatusCode {
    match error {
        PaymentError::Unreachable(_) | PaymentError::Failed(_) | PaymentError::Unknown => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        _ => StatusCode::BAD_GATEWAY,
    }
}

/// What a buyer reads about it.
fn sentence_for(error: &PaymentError) -> &'static str {
    match error {
        PaymentError::Unreachable(_) | PaymentError::Failed(_) | PaymentError::Unknown => {
            "The payment service does not answer at the moment. Nothing is lost; please try again soon."
        }
        PaymentError::EmailRefused(_) => {
            "The payment service does not accept this order. Nothing was paid: check your e-mail address and try again, or write to us."
        }
        PaymentError::Refused(_) => {
            "The payment service does not accept this order. Nothing was paid. Please try again, or write to us."
        }
        PaymentError::NotAllowed(_) | PaymentError::NotConnected => {
            "The shop cannot take payments at the moment. Nothing was paid. Please try again later, or write to us."
        }
    }
}

fn sentence_about(limit: &ClientLimit) -> String {
    let reason = match &limit.product {
        None => "Your network has too many checkouts open.".to_owned(),
        Some(name) => format!(
            "The open checkouts of your network can hold at most half of what there is of {name}."
        ),
    };
    format!("{reason} Pay for one of them, cancel it, or try again later.")
}

/// Each line that is short, why, and what to do.
fn what_is_short(short: &[Shortage]) -> String {
    let lines: Vec<String> = short.iter().map(Shortage::to_string).collect();
    let advice = match short {
        [Shortage { left: 0, .. }] => "Remove it from your cart.",
        [_] => "Change the quantity in your cart.",
        _ => "Change the quantities in your cart, or remove what you cannot have.",
    };
    format!("{} {advice} Nothing was paid.", lines.join(" "))
}

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        let problem = match self {
            Self::NotFound(missing) => {
                Problem::new(StatusCode::NOT_FOUND).detail(missing.to_string())
            }
            Self::Invalid(fields) => fields.into(),
            Self::Unreadable(sentence) => Problem::new(StatusCode::BAD_REQUEST).detail(sentence),
            Self::Conflict(sentence) => Problem::new(StatusCode::CONFLICT).detail(sentence),
            Self::SoldOut(short) => Problem::new(StatusCode::CONFLICT)
                .detail(what_is_short(&short))
                .member("sold_out", &short),
            Self::Payment(error) => Problem::new(status_of(&error))
                .detail(sentence_for(&error))
                .source(error),
            Self::ClientLimit(limit) => Problem::new(StatusCode::TOO_MANY_REQUESTS)
                .detail(sentence_about(&limit))
                .retry_after(limit.wait),
            Self::Forbidden(sentence) => Problem::new(StatusCode::FORBIDDEN).detail(sentence),
            Self::Store(StoreError::LostRaces) => Problem::new(StatusCode::CONFLICT).detail(
                "Somebody else was changing the same thing at this moment. Please try again.",
            ),
            // The log names it. To whoever asked it is not there, and somebody has to look at it.
            Self::Store(StoreError::Invalid(_)) => Problem::new(StatusCode::NOT_FOUND).detail(
                "This cannot be shown at the moment. Please write to us, so that we can correct it.",
            ),
            Self::Store(
                error @ (StoreError::Database(_) | StoreError::Slow | StoreError::Catalog(_)),
            ) => {
                let reason = error.unavailable();
                let sentence = match reason {
                    _ if error.may_have_written() => {
                        "The shop's database did not answer, so what you asked for may have been done. Check before you try again."
                    }
                    Some(Unavailable::WakingUp) => {
                        "The shop's database was idle and is waking up, which takes a minute or two. Nothing is lost."
                    }
                    _ => {
                        "The shop cannot reach its database. Nothing is lost; please try again soon."
                    }
                };
                let problem = reason.map_or_else(
                    || Problem::new(StatusCode::SERVICE_UNAVAILABLE),
                    Problem::unavailable,
                );
                problem.detail(sentence).source(error)
            }
            Self::Internal(error) => Problem::new(StatusCode::INTERNAL_SERVER_ERROR).source(error),
        };
        problem.into_response()
    }
}
