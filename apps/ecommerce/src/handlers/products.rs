//! The list of products and the page of one.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use crate::domain::id::{ProductId, Sku};
use crate::domain::search::Found;
use crate::error::{AppError, Missing};
use crate::extract::Visitor;
use crate::forms::search::SearchTerms;
use crate::state::AppState;
use crate::views::{Chosen, ProductPage, ProductsPage};
use shared::field_errors::FieldErrors;
use shared::http::extract::PathId;

/// How many others a product page shows.
pub(crate) const RELATED: usize = 4;

pub(crate) async fn list(
    State(state): State<AppState>,
    visitor: Visitor,
    Query(terms): Query<SearchTerms>,
) -> Result<Response, AppError> {
    match terms.check() {
        Ok(search) => {
            let found = state.current_catalog().await?.search(&search);
            Ok(ProductsPage::new(
                &state,
                &visitor,
                &terms,
                Some(&search),
                &found,
                FieldErrors::default(),
            )
            .into_response())
        }
        Err(errors) => {
            let nothing = Found::default();
            let page = ProductsPage::new(&state, &visitor, &terms, None, &nothing, errors);
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

/// Which variant a link to a product page means.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct VariantQuery {
    variant: String,
}

pub(crate) async fn show(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<ProductId>,
    Query(query): Query<VariantQuery>,
) -> Result<ProductPage, AppError> {
    // A link to a variant that is no longer made shows the product.
    let chosen = Chosen {
        sku: Sku::of_variant(&id, &query.variant).ok(),
        ..Chosen::default()
    };
    page(&state, &visitor, &id, chosen).await
}

/// The product page, also as the answer to an order form that was not filled in right.
pub(crate) async fn page(
    state: &AppState,
    visitor: &Visitor,
    id: &ProductId,
    chosen: Chosen,
) -> Result<ProductPage, AppError> {
    let catalog = state.current_catalog().await?;
    let product = catalog.shown(id);
    let product = product.ok_or(AppError::NotFound(Missing::Product))?;
    let related = catalog.related(product, RELATED);
    Ok(ProductPage::new(state, visitor, product, &related, chosen))
}
