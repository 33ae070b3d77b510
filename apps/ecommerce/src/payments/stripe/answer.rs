//! What Stripe answers when it does not do what was asked.

use ::stripe::{ApiErrorsType, StripeError};

use super::TIMEOUT;
use crate::payments::{PaymentError, Reason};

/// A refusal or failure, stripped of everything Stripe repeats about the buyer.
#[derive(Debug)]
pub(super) enum Answer {
    Unreachable(String),
    Unknown,
    Refused(String),
}

impl From<StripeError> for Answer {
    fn from(error: StripeError) -> Self {
        match error {
            StripeError::Stripe(_, 404) => Self::Unknown,
            StripeError::Stripe(_, 401) => {
                Self::Refused("Stripe does not accept STRIPE_SECRET_KEY (HTTP 401)".to_owned())
            }
            StripeError::Stripe(error, status) => {
                // Not the message, which repeats what was sent, such as the buyer's address. The
                // page of Stripe's log, behind a login, has it.
                let code = error.code.as_ref().map(ToString::to_string);
                let about = [code, error.param, error.request_log_url]
                    .into_iter()
                    .flatten();
                let about = about.collect::<Vec<_>>().join(", ");
                let reason = format!("HTTP {status} {} {about}", error.type_);
                // Stripe answers 409 while an earlier request with the same key is still at work.
                let passes = matches!(status, 409 | 429) || status >= 500;
                if passes && error.type_ != ApiErrorsType::IdempotencyError {
                    Self::Unreachable(reason)
                } else {
                    Self::Refused(reason)
                }
            }
            StripeError::ConfigError(reason) => Self::Refused(reason),
            // What stands in front of Stripe answers in HTML when Stripe is away.
            StripeError::JSONDeserialize(reason) | StripeError::ClientError(reason) => {
                Self::Unreachable(reason)
            }
            StripeError::Timeout => {
                Self::Unreachable(format!("no answer within {} s", TIMEOUT.as_secs()))
            }
        }
    }
}

impl From<Answer> for PaymentError {
    fn from(answer: Answer) -> Self {
        match answer {
            Answer::Unreachable(reason) => Self::Unreachable(Reason(reason)),
            Answer::Unknown => Self::Unknown,
            Answer::Refused(reason) => Self::Refused(Reason(reason)),
        }
    }
}
