//! What Stripe answers when it does not do what was asked, without all that it repeats about the buyer.

use ::stripe::{ApiErrors, ApiErrorsType, StripeError};

use super::TIMEOUT;
use crate::payments::error::{PaymentError, Reason};

impl From<StripeError> for PaymentError {
    fn from(error: StripeError) -> Self {
        match error {
            StripeError::Stripe(_, 404) => Self::Unknown,
            StripeError::Stripe(_, 401) => Self::NotAllowed(Reason(
                "Stripe does not accept STRIPE_SECRET_KEY (HTTP 401)".to_owned(),
            )),
            StripeError::Stripe(error, status) => said(*error, status),
            StripeError::ConfigError(reason) => Self::Refused(Reason(reason)),
            // What stands in front of Stripe answers in HTML when Stripe is away.
            StripeError::JSONDeserialize(reason) | StripeError::ClientError(reason) => {
                Self::Unreachable(Reason(reason))
            }
            StripeError::Timeout => {
                let reason = format!("no answer within {} s", TIMEOUT.as_secs());
                Self::Unreachable(Reason(reason))
            }
        }
    }
}

/// An error in Stripe's own words.
///
/// <https://docs.stripe.com/error-low-level#idempotency>
fn said(error: ApiErrors, status: u16) -> PaymentError {
    let code = error.code.as_ref().map(ToString::to_string);
    let is_about_email = error.param.as_deref() == Some("customer_email")
        || code.as_deref() == Some("email_invalid");
    // Not the message, which repeats what was sent, such as the buyer's address. The page of Stripe's
    // log, behind a login, has it.
    let about = [code, error.param, error.request_log_url];
    let about = about.into_iter().flatten().collect::<Vec<_>>().join(", ");
    let reason = Reason(format!("HTTP {status} {} {about}", error.type_));
    match status {
        // Used before for a request with other parameters: by an earlier version of the shop.
        _ if error.type_ == ApiErrorsType::IdempotencyError && status == 400 => {
            PaymentError::Failed(reason)
        }
        // Stripe answers 409 while an earlier request with the same key is still at work, and like
        // 429 before a request is begun.
        409 | 429 => PaymentError::Unreachable(reason),
        403 => PaymentError::NotAllowed(reason),
        500.. => PaymentError::Failed(reason),
        _ if is_about_email => PaymentError::EmailRefused(reason),
        _ => PaymentError::Refused(reason),
    }
}
