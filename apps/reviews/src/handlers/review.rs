//! The page on which somebody writes, changes and deletes their review of a vehicle.

use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use shared::field_errors::FieldErrors;
use shared::http::extract::PathId;

use super::session::refused;
use crate::domain::id::VehicleId;
use crate::domain::rating::Rating;
use crate::domain::review::{NewReview, ReviewText};
use crate::domain::session::Visitor;
use crate::error::AppError;
use crate::extract::SignedIn;
use crate::state::AppState;
use crate::use_cases::{find, write_review};
use crate::views::{ReviewPage, ReviewTerms};

/// `GET /vehicles/{vehicle_id}/review`
pub(crate) async fn form(
    State(state): State<AppState>,
    PathId(id): PathId<VehicleId>,
    SignedIn { current, visitor }: SignedIn,
) -> Result<ReviewPage, AppError> {
    let own = find::own_review(&state.store, current.user.id, id);
    let (vehicle, own) = tokio::try_join!(find::vehicle(&state.store, id), own)?;
    let terms = own
        .as_ref()
        .map(|own| ReviewTerms::from(&own.review))
        .unwrap_or_default();
    let mut page = ReviewPage::new(&visitor, &vehicle, &terms, own.is_some());
    if own.is_some_and(|own| own.is_hidden) {
        let hidden = "A moderator has hidden this review. You can delete it, but not change it.";
        page.problem = Some(hidden.to_owned());
    }
    Ok(page)
}

/// `POST /vehicles/{vehicle_id}/review`
///
/// A session that ended while somebody wrote does not cost them what they wrote.
pub(crate) async fn save(
    State(state): State<AppState>,
    PathId(id): PathId<VehicleId>,
    visitor: Visitor,
    Form(mut typed): Form<ReviewTerms>,
) -> Result<Response, AppError> {
    // A browser sends the ends of lines as two characters.
    typed.text = typed.text.replace("\r\n", "\n");
    let Some(user) = &visitor.user else {
        let vehicle = find::vehicle(&state.store, id).await?;
        let mut page = ReviewPage::new(&visitor, &vehicle, &typed, false);
        let expired = "You are signed out. Sign in in another tab, then send this again.";
        page.problem = Some(expired.to_owned());
        return Ok((StatusCode::UNAUTHORIZED, page).into_response());
    };
    let review = match check(&typed) {
        Ok(review) => review,
        Err(errors) => {
            let own = find::own_review(&state.store, user.id, id);
            let (vehicle, own) = tokio::try_join!(find::vehicle(&state.store, id), own)?;
            let page = ReviewPage::new(&visitor, &vehicle, &typed, own.is_some());
            return Ok(refused(page.invalid(&errors)));
        }
    };
    write_review::create_or_edit(&state.store, user, id, review, state.now()).await?;
    Ok(to_reviews(id).into_response())
}

fn check(typed: &ReviewTerms) -> Result<NewReview, FieldErrors> {
    let mut errors = FieldErrors::default();
    let stars = typed.rating.parse().unwrap_or(0_i64);
    let rating = errors.check("rating", Rating::try_from(stars));
    let text = errors.check("text", ReviewText::try_from(typed.text.clone()));
    match (rating, text) {
        (Some(rating), Some(text)) => Ok(NewReview { rating, text }),
        _ => Err(errors),
    }
}

/// `POST /vehicles/{vehicle_id}/review/delete`
pub(crate) async fn delete(
    State(state): State<AppState>,
    PathId(id): PathId<VehicleId>,
    SignedIn { current, .. }: SignedIn,
) -> Result<Redirect, AppError> {
    let user = &current.user;
    if let Some(own) = find::own_review(&state.store, user.id, id).await? {
        write_review::delete(&state.store, user, (id, own.review.id)).await?;
    }
    Ok(to_reviews(id))
}

fn to_reviews(id: VehicleId) -> Redirect {
    Redirect::to(&format!("/vehicles/{id}#reviews"))
}
