//! `/api/vehicles/{vehicle_id}/reviews`

use astra_db::table::Timestamp;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::page::PageQuery;
use crate::domain::id::{ReviewId, UserId, VehicleId};
use crate::domain::page::Page;
use crate::domain::rating::Rating;
use crate::domain::review::{NewReview, Review, ReviewChange, ReviewText};
use crate::error::AppError;
use crate::extract::{ApiJson, ApiQuery, Body, CurrentUser, Field};
use crate::state::AppState;
use crate::use_cases::{browse, find, write_review};
use shared::field_errors::FieldErrors;
use shared::http::extract::PathId;

/// What somebody thinks of a vehicle.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Review)]
pub(super) struct ReviewBody {
    id: ReviewId,
    vehicle_id: VehicleId,
    author_id: UserId,
    /// First name and an initial.
    #[schema(example = "Dominic T.")]
    author: String,
    rating: Rating,
    #[schema(
        example = "When you live your life a quarter of a mile at a time, you need a car like this."
    )]
    text: String,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

impl From<Review> for ReviewBody {
    fn from(review: Review) -> Self {
        Self {
            id: review.id,
            vehicle_id: review.vehicle_id,
            author_id: review.author_id,
            author: review.author,
            rating: review.rating,
            text: review.text,
            created_at: review.created_at,
            updated_at: review.updated_at,
        }
    }
}

/// One page of reviews, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ReviewList {
    items: Vec<ReviewBody>,
    /// What to send as `cursor` to get the next page; `null` on the last one.
    #[schema(required)]
    next_cursor: Option<String>,
}

impl From<Page<Review>> for ReviewList {
    fn from(page: Page<Review>) -> Self {
        Self {
            items: page.items.into_iter().map(ReviewBody::from).collect(),
            next_cursor: page.next_cursor,
        }
    }
}

/// A review to be written.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewReview)]
pub(super) struct NewBody {
    #[serde(default)]
    #[schema(value_type = Rating, required)]
    rating: Field<i64>,
    /// From 30 to 5,000 characters as people count them.
    #[serde(default)]
    #[schema(value_type = String, required, min_length = 30, max_length = 5000,
        example = "When you live your life a quarter of a mile at a time, you need a car like this.")]
    text: Field<String>,
}

impl Body for NewBody {
    type Checked = NewReview;
    const FIELDS: &'static [&'static str] = &["rating", "text"];

    fn check(self, errors: &mut FieldErrors) -> Option<NewReview> {
        let rating = self.rating.required("rating", errors, Rating::try_from);
        let text = self.text.required("text", errors, ReviewText::try_from);
        Some(NewReview {
            rating: rating?,
            text: text?,
        })
    }
}

/// What shall be different: rating, text or both.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReviewChange)]
pub(super) struct ChangeBody {
    #[serde(default)]
    #[schema(value_type = Option<Rating>)]
    rating: Field<i64>,
    /// From 30 to 5,000 characters as people count them.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 30, max_length = 5000)]
    text: Field<String>,
}

impl Body for ChangeBody {
    type Checked = ReviewChange;
    const FIELDS: &'static [&'static str] = NewBody::FIELDS;

    fn check(self, errors: &mut FieldErrors) -> Option<ReviewChange> {
        let change = ReviewChange {
            rating: self.rating.optional("rating", errors, Rating::try_from),
            text: self.text.optional("text", errors, ReviewText::try_from),
        };
        if change == ReviewChange::default() && errors.is_empty() {
            errors.add("body", "Send a rating, a text, or both");
        }
        Some(change)
    }
}

/// List a vehicle's reviews, newest first
#[utoipa::path(get, path = "/api/vehicles/{vehicle_id}/reviews",
    operation_id = "listReviews", tag = "reviews",
    params(("vehicle_id" = VehicleId, Path), PageQuery),
    responses(
        (status = OK, description = "One page of reviews", body = ReviewList),
        (status = NOT_FOUND, description = "No such vehicle"),
        (status = UNPROCESSABLE_ENTITY, description = "limit or cursor is not valid"),
    ),
)]
pub(super) async fn list(
    State(state): State<AppState>,
    PathId(vehicle_id): PathId<VehicleId>,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> Result<Json<ReviewList>, AppError> {
    let (after, limit) = query.check()?;
    let page = browse::reviews(&state.store, vehicle_id, after, limit).await?;
    Ok(Json(page.into()))
}

/// Review a vehicle
#[utoipa::path(post, path = "/api/vehicles/{vehicle_id}/reviews",
    operation_id = "createReview", tag = "reviews",
    security(("token" = [])),
    params(("vehicle_id" = VehicleId, Path)),
    request_body = NewBody,
    responses(
        (status = CREATED, description = "The review", body = ReviewBody,
            headers(("location" = String, description = "Its address"))),
        (status = BAD_REQUEST, description = "The body cannot be read"),
        (status = UNAUTHORIZED, description = "Nobody is logged in"),
        (status = FORBIDDEN, description = "A moderator has hidden your review of it, or blocked this account"),
        (status = NOT_FOUND, description = "No such vehicle"),
        (status = CONFLICT, description = "You have reviewed this vehicle"),
        (status = UNPROCESSABLE_ENTITY, description = "A field is not valid"),
    ),
)]
pub(super) async fn create(
    State(state): State<AppState>,
    PathId(vehicle_id): PathId<VehicleId>,
    current: CurrentUser,
    ApiJson(new): ApiJson<NewBody>,
) -> Result<Response, AppError> {
    let review =
        write_review::create(&state.store, &current.user, vehicle_id, new, state.now()).await?;
    let location = format!("/api/vehicles/{vehicle_id}/reviews/{}", review.id);
    let body = Json(ReviewBody::from(review));
    Ok((StatusCode::CREATED, [(LOCATION, location)], body).into_response())
}

/// Get a review
#[utoipa::path(get, path = "/api/vehicles/{vehicle_id}/reviews/{review_id}",
    operation_id = "getReview", tag = "reviews",
    params(("vehicle_id" = VehicleId, Path), ("review_id" = ReviewId, Path)),
    responses(
        (status = OK, description = "The review", body = ReviewBody),
        (status = NOT_FOUND, description = "No such review"),
    ),
)]
pub(super) async fn show(
    State(state): State<AppState>,
    PathId((vehicle_id, id)): PathId<(VehicleId, ReviewId)>,
) -> Result<Json<ReviewBody>, AppError> {
    let review = find::review(&state.store, vehicle_id, id).await?;
    Ok(Json(review.into()))
}

/// Change one's own review
#[utoipa::path(patch, path = "/api/vehicles/{vehicle_id}/reviews/{review_id}",
    operation_id = "editReview", tag = "reviews",
    security(("token" = [])),
    params(("vehicle_id" = VehicleId, Path), ("review_id" = ReviewId, Path)),
    request_body = ChangeBody,
    responses(
        (status = OK, description = "The review as it is now", body = ReviewBody),
        (status = BAD_REQUEST, description = "The body cannot be read"),
        (status = UNAUTHORIZED, description = "Nobody is logged in"),
        (status = FORBIDDEN, description = "It is somebody else's"),
        (status = NOT_FOUND, description = "No such review"),
        (status = UNPROCESSABLE_ENTITY, description = "A field is not valid"),
    ),
)]
pub(super) async fn edit(
    State(state): State<AppState>,
    PathId(ids): PathId<(VehicleId, ReviewId)>,
    current: CurrentUser,
    ApiJson(change): ApiJson<ChangeBody>,
) -> Result<Json<ReviewBody>, AppError> {
    let review = write_review::edit(&state.store, &current.user, ids, &change, state.now()).await?;
    Ok(Json(review.into()))
}

/// Delete one's own review
#[utoipa::path(delete, path = "/api/vehicles/{vehicle_id}/reviews/{review_id}",
    operation_id = "deleteReview", tag = "reviews",
    security(("token" = [])),
    params(("vehicle_id" = VehicleId, Path), ("review_id" = ReviewId, Path)),
    responses(
        (status = NO_CONTENT, description = "It is gone"),
        (status = UNAUTHORIZED, description = "Nobody is logged in"),
        (status = FORBIDDEN, description = "It is somebody else's"),
        (status = NOT_FOUND, description = "No such review"),
    ),
)]
pub(super) async fn delete(
    State(state): State<AppState>,
    PathId(ids): PathId<(VehicleId, ReviewId)>,
    current: CurrentUser,
) -> Result<StatusCode, AppError> {
    write_review::delete(&state.store, &current.user, ids).await?;
    Ok(StatusCode::NO_CONTENT)
}
