//! The page of moderators, and what they do there and beside reviews.

use axum::Form;
use axum::extract::State;
use axum::response::Redirect;
use shared::http::extract::PathId;

use crate::domain::id::{ReviewId, UserId, VehicleId};
use crate::error::AppError;
use crate::extract::{Moderator, ReturnTo, SignedIn};
use crate::state::AppState;
use crate::use_cases::moderate;
use crate::views::ModerationPage;

/// `GET /moderation`
pub(crate) async fn show(
    State(state): State<AppState>,
    SignedIn { current, visitor }: SignedIn,
) -> Result<ModerationPage, AppError> {
    Moderator::of(current.user, &state)?;
    let (hidden, blocked) = moderate::list(&state.store).await?;
    Ok(ModerationPage::new(&visitor, &hidden, blocked))
}

/// `POST /moderation/reviews/{vehicle_id}/{review_id}/hide`
pub(crate) async fn hide(
    State(state): State<AppState>,
    PathId(ids): PathId<(VehicleId, ReviewId)>,
    SignedIn { current, .. }: SignedIn,
    Form(return_to): Form<ReturnTo>,
) -> Result<Redirect, AppError> {
    Moderator::of(current.user, &state)?;
    moderate::hide(&state.store, ids).await?;
    Ok(Redirect::to(return_to.path()))
}

/// `POST /moderation/reviews/{vehicle_id}/{review_id}/unhide`
pub(crate) async fn unhide(
    State(state): State<AppState>,
    PathId(ids): PathId<(VehicleId, ReviewId)>,
    SignedIn { current, .. }: SignedIn,
) -> Result<Redirect, AppError> {
    Moderator::of(current.user, &state)?;
    moderate::unhide(&state.store, ids).await?;
    Ok(Redirect::to("/moderation"))
}

/// `POST /moderation/users/{user_id}/block`
pub(crate) async fn block(
    State(state): State<AppState>,
    PathId(id): PathId<UserId>,
    SignedIn { current, .. }: SignedIn,
    Form(return_to): Form<ReturnTo>,
) -> Result<Redirect, AppError> {
    let Moderator(moderator) = Moderator::of(current.user, &state)?;
    moderate::block(&state.store, moderator.id, id).await?;
    Ok(Redirect::to(return_to.path()))
}

/// `POST /moderation/users/{user_id}/unblock`
pub(crate) async fn unblock(
    State(state): State<AppState>,
    PathId(id): PathId<UserId>,
    SignedIn { current, .. }: SignedIn,
) -> Result<Redirect, AppError> {
    Moderator::of(current.user, &state)?;
    moderate::unblock(&state.store, id).await?;
    Ok(Redirect::to("/moderation"))
}
