//! `/api/vehicles`

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::page::limit;
use super::reviews::ReviewBody;
use crate::domain::id::VehicleId;
use crate::domain::page::{Limit, Page, VehicleCursor};
use crate::domain::rating::{Rating, Tally};
use crate::domain::vehicle::{self, RatedVehicle, VehicleDetails, VehicleSearch};
use crate::error::AppError;
use crate::extract::ApiQuery;
use crate::state::AppState;
use crate::use_cases::browse;
use shared::field_errors::FieldErrors;
use shared::http::extract::PathId;

/// How many of its reviews are shown with a vehicle.
const LATEST: u32 = 5;

/// A vehicle.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Vehicle)]
pub(super) struct VehicleBody {
    id: VehicleId,
    #[schema(example = "Tesla")]
    make: String,
    #[schema(example = "Model S")]
    model: String,
    #[schema(example = 2022)]
    year: i32,
    /// The addresses of its pictures.
    images: Vec<String>,
    rating: RatingBody,
}

/// What the ratings of a vehicle amount to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RatingSummary)]
struct RatingBody {
    /// How many there are.
    #[schema(example = 2)]
    count: u32,
    /// Their mean, not rounded; `null` if there are none.
    #[schema(required, example = 4.5)]
    average: Option<f64>,
    /// Stars → how often they were given.
    #[schema(example = json!({ "1": 0, "2": 0, "3": 0, "4": 1, "5": 1 }))]
    stars: BTreeMap<String, u32>,
}

impl From<Tally> for RatingBody {
    fn from(tally: Tally) -> Self {
        let stars = |rating: Rating| (rating.stars().to_string(), tally.of(rating));
        Self {
            count: tally.count(),
            average: tally.average(),
            stars: Rating::ALL.into_iter().map(stars).collect(),
        }
    }
}

impl From<RatedVehicle> for VehicleBody {
    fn from(rated: RatedVehicle) -> Self {
        let vehicle = rated.vehicle;
        Self {
            id: vehicle.id,
            make: vehicle.make,
            model: vehicle.model,
            year: vehicle.year,
            images: vehicle.images,
            rating: rated.tally.into(),
        }
    }
}

/// A vehicle with its latest reviews.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = VehicleDetails)]
pub(super) struct DetailsBody {
    #[serde(flatten)]
    vehicle: VehicleBody,
    /// The five latest, newest first.
    latest_reviews: Vec<ReviewBody>,
}

impl From<VehicleDetails> for DetailsBody {
    fn from(details: VehicleDetails) -> Self {
        Self {
            vehicle: details.rated.into(),
            latest_reviews: details
                .reviews
                .items
                .into_iter()
                .map(ReviewBody::from)
                .collect(),
        }
    }
}

/// One page of vehicles.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct VehicleList {
    items: Vec<VehicleBody>,
    /// What to send as `cursor` to get the next page; `null` on the last one.
    #[schema(required)]
    next_cursor: Option<String>,
}

impl From<Page<RatedVehicle>> for VehicleList {
    fn from(page: Page<RatedVehicle>) -> Self {
        Self {
            items: page.items.into_iter().map(VehicleBody::from).collect(),
            next_cursor: page.next_cursor,
        }
    }
}

/// A search as it stands in an address: every part optional.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct SearchQuery {
    /// Who makes it, in any case.
    #[param(required = false, example = "tesla", max_length = 100)]
    make: Option<String>,
    /// What its maker calls it, in any case.
    #[param(required = false, example = "model s", max_length = 100)]
    model: Option<String>,
    /// The model year.
    #[param(value_type = Option<i32>, required = false, example = 2022)]
    year: Option<String>,
    /// How many at most, from 1 to 100; 20 if it is not given.
    #[param(value_type = Option<u32>, required = false, minimum = 1, maximum = 100)]
    limit: Option<String>,
    /// The `next_cursor` of the page before.
    #[param(required = false)]
    cursor: Option<String>,
}

impl SearchQuery {
    fn check(&self) -> Result<VehicleSearch, AppError> {
        let mut errors = FieldErrors::default();
        let make = errors.check(
            "make",
            self.make
                .as_deref()
                .map_or(Ok(None), vehicle::searched_name),
        );
        let model = errors.check(
            "model",
            self.model
                .as_deref()
                .map_or(Ok(None), vehicle::searched_name),
        );
        let year = errors.check(
            "year",
            self.year.as_deref().map(vehicle::searched_year).transpose(),
        );
        let limit = limit(self.limit.as_deref(), &mut errors);
        let cursor = self.cursor.as_deref().map(VehicleCursor::parse).transpose();
        match (make, model, year, limit, errors.check("cursor", cursor)) {
            (Some(make), Some(model), Some(year), Some(limit), Some(after)) => Ok(VehicleSearch {
                make,
                model,
                year,
                after,
                limit,
            }),
            _ => Err(AppError::Invalid(errors)),
        }
    }
}

/// Find vehicles
#[utoipa::path(get, path = "/api/vehicles",
    operation_id = "findVehicles", tag = "vehicles",
    params(SearchQuery),
    responses(
        (status = OK, description = "One page of what matches, by make, model and year", body = VehicleList),
        (status = UNPROCESSABLE_ENTITY, description = "A part of the search is not valid"),
    ),
)]
pub(super) async fn search(
    State(state): State<AppState>,
    ApiQuery(query): ApiQuery<SearchQuery>,
) -> Result<Json<VehicleList>, AppError> {
    let page = browse::search(&state.store, &query.check()?, state.now()).await?;
    Ok(Json(page.into()))
}

/// Get a vehicle with its latest reviews
#[utoipa::path(get, path = "/api/vehicles/{vehicle_id}",
    operation_id = "getVehicle", tag = "vehicles",
    params(("vehicle_id" = VehicleId, Path)),
    responses(
        (status = OK, description = "The vehicle", body = DetailsBody),
        (status = NOT_FOUND, description = "No such vehicle"),
    ),
)]
pub(super) async fn show(
    State(state): State<AppState>,
    PathId(id): PathId<VehicleId>,
) -> Result<Json<DetailsBody>, AppError> {
    let latest = (None, Limit::new(LATEST).unwrap_or(Limit::DEFAULT));
    let details = browse::show(&state.store, id, latest, state.now()).await?;
    Ok(Json(details.into()))
}
