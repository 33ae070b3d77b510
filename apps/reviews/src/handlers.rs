//! The pages. Those in this file are for everybody to read; those on which people do something are below.

pub(crate) mod account;
pub(crate) mod moderation;
pub(crate) mod review;
pub(crate) mod session;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use crate::domain::id::VehicleId;
use crate::domain::page::{Limit, ReviewCursor, VehicleCursor};
use crate::domain::session::Visitor;
use crate::domain::vehicle::{self, VehicleSearch};
use crate::error::AppError;
use crate::state::AppState;
use crate::use_cases::{browse, find};
use crate::views::{SearchTerms, VehiclePage, VehiclesPage};
use shared::field_errors::FieldErrors;
use shared::http::extract::PathId;

/// How many vehicles a page shows: rows of two, three and four come out even.
const VEHICLES: u32 = 24;
/// How many reviews a page shows.
const REVIEWS: u32 = 10;

/// `GET /`
pub(crate) async fn vehicles(
    State(state): State<AppState>,
    visitor: Visitor,
    Query(terms): Query<SearchTerms>,
) -> Result<Response, AppError> {
    match search(&terms) {
        Ok(search) => {
            let found = browse::search(&state.store, &search, state.now()).await?;
            Ok(VehiclesPage::new(&visitor, &terms, &found).into_response())
        }
        Err(errors) => {
            let page = VehiclesPage::invalid(&visitor, &terms, &errors);
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

fn search(terms: &SearchTerms) -> Result<VehicleSearch, FieldErrors> {
    let mut errors = FieldErrors::default();
    let make = errors.check("make", vehicle::searched_name(&terms.make));
    let model = errors.check("model", vehicle::searched_name(&terms.model));
    let year = Some(&terms.year).filter(|year| !year.trim().is_empty());
    let year = errors.check(
        "year",
        year.map(|year| vehicle::searched_year(year)).transpose(),
    );
    // A link that was cut off on its way leads to the beginning.
    let after = VehicleCursor::parse(&terms.after).ok();
    match (make, model, year) {
        (Some(make), Some(model), Some(year)) => Ok(VehicleSearch {
            make,
            model,
            year,
            after,
            limit: Limit::new(VEHICLES).unwrap_or(Limit::DEFAULT),
        }),
        _ => Err(errors),
    }
}

/// Where the page of reviews begins.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ReviewsQuery {
    before: String,
}

/// `GET /vehicles/{vehicle_id}`
pub(crate) async fn vehicle(
    State(state): State<AppState>,
    PathId(id): PathId<VehicleId>,
    visitor: Visitor,
    Query(query): Query<ReviewsQuery>,
) -> Result<VehiclePage, AppError> {
    let before = ReviewCursor::parse(&query.before).ok();
    let limit = Limit::new(REVIEWS).unwrap_or(Limit::DEFAULT);
    let own = async {
        match &visitor.user {
            Some(user) => find::own_review(&state.store, user.id, id).await,
            None => Ok(None),
        }
    };
    let details = browse::show(&state.store, id, (before, limit), state.now());
    let (details, own) = tokio::try_join!(details, own)?;
    Ok(VehiclePage::new(
        &visitor,
        &details,
        before.is_some(),
        own.is_some(),
    ))
}
