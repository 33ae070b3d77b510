//! What Stripe answers when it does not do what was asked.

use ::stripe::{ApiErrors, ApiErrorsType, StripeError};

use super::TIMEOUT;
use crate::payments::error::{PaymentError, Reason};

/// A refusal or failure, stripped of everything Stripe repeats about the buyer.
#[derive(Debug)]
pub(super) enum Answer {
    /// None, or one that does not settle what became of the request.
    Unreachable(String),
    /// One that Stripe repeats for every request with the same idempotency key.
    Failed(String),
    Unknown,
    Refused(String),
    EmailRefused(String),
    NotAllowed(String),
}

impl From<StripeError> for Answer {
    fn from(error: StripeError) -> Self {
        match error {
            StripeError::Stripe(_, 404) => Self::Unknown,
            StripeError::Stripe(_, 401) => {
                Self::NotAllowed("Stripe does not accept STRIPE_SECRET_KEY (HTTP 401)".to_owned())
            }
            StripeError::Stripe(error, status) => said(*error, status),
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

/// An error in Stripe's own words.
///
/// <https://docs.stripe.com/error-low-level#idempotency>
fn said(error: ApiErrors, status: u16) -> Answer {
    let code = error.code.as_ref().map(ToString::to_string);
    let is_about_email = error.param.as_deref() == Some("customer_email")
        || code.as_deref() == Some("email_invalid");
    // Not the message, which repeats what was sent, such as the buyer's address. The page of Stripe's
    // log, behind a login, has it.
    let about = [code, error.param, error.request_log_url];
    let about = about.into_iter().flatten().collect::<Vec<_>>().join(", ");
    let reason = format!("HTTP {status} {} {about}", error.type_);
    match status {
        // Used before for a request with other parameters: by an earlier version of the shop.
        _ if error.type_ == ApiErrorsType::IdempotencyError && status == 400 => {
            Answer::Failed(reason)
        }
        // Stripe answers 409 while an earlier request with the same key is still at work, and like
        // 429 before a request is begun.
        409 | 429 => Answer::Unreachable(reason),
        403 => Answer::NotAllowed(reason),
        500.. => Answer::Failed(reason),
        _ if is_about_email => Answer::EmailRefused(reason),
        _ => Answer::Refused(reason),
    }
}

impl From<Answer> for PaymentError {
    fn from(answer: Answer) -> Self {
        match answer {
            Answer::Unreachable(reason) => Self::Unreachable(Reason(reason)),
            Answer::Failed(reason) => Self::Failed(Reason(reason)),
            Answer::Unknown => Self::Unknown,
            Answer::Refused(reason) => Self::Refused(Reason(reason)),
            Answer::EmailRefused(reason) => Self::EmailRefused(Reason(reason)),
            Answer::NotAllowed(reason) => Self::NotAllowed(Reason(reason)),
        }
    }
}
