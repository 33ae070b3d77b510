//! `/api/moderation`, and what moderators do to reviews and users.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::reviews::ReviewBody;
use crate::domain::id::{ReviewId, UserId, VehicleId};
use crate::error::AppError;
use crate::extract::Moderator;
use crate::state::AppState;
use crate::use_cases::moderate;
use shared::http::extract::PathId;

/// What is hidden, and who is blocked.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Moderation)]
pub(super) struct ModerationBody {
    hidden_reviews: Vec<ReviewBody>,
    blocked_users: Vec<BlockedUser>,
}

/// A user whose account is blocked.
#[derive(Debug, Serialize, ToSchema)]
struct BlockedUser {
    id: UserId,
    /// The name shown with their reviews, if they had any when they were blocked.
    #[schema(example = "Dominic T.")]
    display_name: String,
}

/// List what is hidden and who is blocked
#[utoipa::path(get, path = "/api/moderation",
    operation_id = "listModeration", tag = "moderation",
    security(("token" = [])),
    responses(
        (status = OK, description = "Hidden reviews and blocked users", body = ModerationBody),
        (status = UNAUTHORIZED, description = "Nobody is logged in"),
        (status = FORBIDDEN, description = "Only moderators can do this"),
    ),
)]
pub(super) async fn list(
    State(state): State<AppState>,
    _: Moderator,
) -> Result<Json<ModerationBody>, AppError> {
    let (hidden, blocked) = moderate::list(&state.store).await?;
    let blocked = blocked.into_iter();
    Ok(Json(ModerationBody {
        hidden_reviews: hidden.into_iter().map(ReviewBody::from).collect(),
        blocked_users: blocked
            .map(|(id, display_name)| BlockedUser { id, display_name })
            .collect(),
    }))
}

/// Hide a review
///
/// It leaves the list of its vehicle and the rating. Its author can delete it.
#[utoipa::path(put, path = "/api/vehicles/{vehicle_id}/reviews/{review_id}/hidden",
    operation_id = "hideReview", tag = "moderation",
    security(("token" = [])),
    params(("vehicle_id" = VehicleId, Path), ("review_id" = ReviewId, Path)),
    responses(
        (status = NO_CONTENT, description = "It is hidden"),
        (status = UNAUTHORIZED, description = "Nobody is logged in"),
        (status = FORBIDDEN, description = "Only moderators can do this"),
        (status = NOT_FOUND, description = "No such review"),
    ),
)]
pub(super) async fn hide(
    State(state): State<AppState>,
    PathId(ids): PathId<(VehicleId, ReviewId)>,
    _: Moderator,
) -> Result<StatusCode, AppError> {
    moderate::hide(&state.store, ids).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Show a hidden review again
#[utoipa::path(delete, path = "/api/vehicles/{vehicle_id}/reviews/{review_id}/hidden",
    operation_id = "unhideReview", tag = "moderation",
    security(("token" = [])),
    params(("vehicle_id" = VehicleId, Path), ("review_id" = ReviewId, Path)),
    responses(
        (status = NO_CONTENT, description = "It is shown"),
        (status = UNAUTHORIZED, description = "Nobody is logged in"),
        (status = FORBIDDEN, description = "Only moderators can do this"),
        (status = NOT_FOUND, description = "No such hidden review"),
    ),
)]
pub(super) async fn unhide(
    State(state): State<AppState>,
    PathId(ids): PathId<(VehicleId, ReviewId)>,
    _: Moderator,
) -> Result<StatusCode, AppError> {
    moderate::unhide(&state.store, ids).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Block a user
///
/// Whatever they send with a token is refused until the block is lifted.
#[utoipa::path(put, path = "/api/users/{user_id}/blocked",
    operation_id = "blockUser", tag = "moderation",
    security(("token" = [])),
    params(("user_id" = UserId, Path)),
    responses(
        (status = NO_CONTENT, description = "They are blocked"),
        (status = UNAUTHORIZED, description = "Nobody is logged in"),
        (status = FORBIDDEN, description = "Only moderators can do this, and not to themselves"),
        (status = NOT_FOUND, description = "This is not the id of a user"),
    ),
)]
pub(super) async fn block(
    State(state): State<AppState>,
    PathId(id): PathId<UserId>,
    Moderator(moderator): Moderator,
) -> Result<StatusCode, AppError> {
    moderate::block(&state.store, moderator.id, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lift the block of a user
#[utoipa::path(delete, path = "/api/users/{user_id}/blocked",
    operation_id = "unblockUser", tag = "moderation",
    security(("token" = [])),
    params(("user_id" = UserId, Path)),
    responses(
        (status = NO_CONTENT, description = "They are not blocked"),
        (status = UNAUTHORIZED, description = "Nobody is logged in"),
        (status = FORBIDDEN, description = "Only moderators can do this"),
        (status = NOT_FOUND, description = "This is not the id of a user"),
    ),
)]
pub(super) async fn unblock(
    State(state): State<AppState>,
    PathId(id): PathId<UserId>,
    _: Moderator,
) -> Result<StatusCode, AppError> {
    moderate::unblock(&state.store, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
