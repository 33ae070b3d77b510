//! The list of products and the page of one.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::domain::field_errors::FieldErrors;
use crate::domain::id::ProductId;
use crate::domain::search::{Found, SearchTerms};
use crate::error::{AppError, Missing};
use crate::extract::{PathId, Visitor};
use crate::state::AppState;
use crate::views::{ProductPage, ProductsPage};

/// How many others a product page shows.
pub(crate) const RELATED: u32 = 4;

pub(crate) async fn list(
    State(state): State<AppState>,
    visitor: Visitor,
    Query(terms): Query<SearchTerms>,
) -> Result<Response, AppError> {
    match terms.check() {
        Ok(search) => {
            let found = state.store.products.search(&search).await?;
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
            let nothing = Found {
                products: Vec::new(),
                total: 0,
            };
            let page = ProductsPage::new(&state, &visitor, &terms, None, &nothing, errors);
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

pub(crate) async fn show(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<ProductId>,
) -> Result<ProductPage, AppError> {
    page(&state, &visitor, &id, FieldErrors::default(), "1").await
}

/// The product page, also as the answer to an order form that was not filled in right.
pub(crate) async fn page(
    state: &AppState,
    visitor: &Visitor,
    id: &ProductId,
    errors: FieldErrors,
    quantity: &str,
) -> Result<ProductPage, AppError> {
    let product = state
        .store
        .products
        .find(id)
        .await?
        .ok_or(AppError::NotFound(Missing::Product))?;
    let related = state.store.products.related(&product, RELATED).await?;
    Ok(ProductPage::new(
        state, visitor, &product, &related, errors, quantity,
    ))
}
