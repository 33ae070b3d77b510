//! Messages of the payment service.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};

use crate::error::{AppError, Missing};
use crate::payments::Notice;
use crate::state::AppState;
use crate::use_cases::reconcile;

const SIGNATURE: &str = "stripe-signature";

/// The largest message, in bytes. An event holds one object with its metadata and lists, which is
/// far less.
pub(crate) const LARGEST: usize = 1024 * 1024;

/// Answered with anything but a 2xx, Stripe sends the message again, for three days.
pub(crate) async fn stripe(
    State(state): State<AppState>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, AppError> {
    let signatures = headers.get_all(SIGNATURE).iter();
    let signatures = signatures.filter_map(|it| it.to_str().ok());
    let now = state.now();
    let notice = state
        .payments
        .notice(signatures, &body, now)
        .ok_or(AppError::NotFound(Missing::Page))?
        .map_err(|bad| {
            tracing::warn!(reason = %bad, "a message that claims to be Stripe's was refused");
            AppError::Unreadable(format!("This message cannot be accepted: {bad}."))
        })?;
    let is_ours = match &notice {
        Notice::Session(session) => reconcile::session_changed(state.shop(), session).await?,
        Notice::Payment(reference) => reconcile::payment_changed(state.shop(), reference).await?,
        Notice::Unrelated { .. } => false,
    };
    tracing::info!(?notice, is_ours, "Stripe sent a message");
    Ok(StatusCode::NO_CONTENT)
}
