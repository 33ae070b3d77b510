//! `/api/products`

use axum::Json;
use axum::extract::{Query, State};
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::id::ProductId;
use crate::domain::money::Money;
use crate::domain::product::{Category, Product};
use crate::domain::search::{PAGE_SIZE, SearchTerms};
use crate::error::{AppError, Missing};
use crate::extract::PathId;
use crate::state::AppState;

/// A product.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Product)]
pub(super) struct ProductBody {
    id: ProductId,
    name: String,
    tagline: String,
    description: String,
    highlights: Vec<String>,
    category: Category,
    price: Money,
    /// The address of its picture.
    image: String,
}

impl From<Product> for ProductBody {
    fn from(product: Product) -> Self {
        let Product {
            id,
            name,
            tagline,
            description,
            highlights,
            category,
            price,
            image,
            ..
        } = product;
        Self {
            id,
            name,
            tagline,
            description,
            highlights,
            category,
            price,
            image,
        }
    }
}

/// One page of products.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ProductList {
    items: Vec<ProductBody>,
    /// How many products match, counted up to 1000.
    total: u64,
    /// This page, from 1.
    page: u32,
    /// How many pages there are.
    pages: u32,
    /// How many products a page holds at most.
    page_size: u32,
}

/// Find products
#[utoipa::path(get, path = "/api/products",
    operation_id = "listProducts", tag = "products",
    params(SearchTerms),
    responses(
        (status = OK, description = "One page of what matches", body = ProductList),
        (status = UNPROCESSABLE_ENTITY, description = "A filter is not valid",
            body = super::ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn list(
    State(state): State<AppState>,
    Query(terms): Query<SearchTerms>,
) -> Result<Json<ProductList>, AppError> {
    let search = terms.check().map_err(AppError::Invalid)?;
    let found = state.store.products.search(&search).await?;
    Ok(Json(ProductList {
        total: found.total,
        page: search.page.get(),
        pages: found.pages(),
        page_size: PAGE_SIZE,
        items: found.products.into_iter().map(ProductBody::from).collect(),
    }))
}

/// Get a product
#[utoipa::path(get, path = "/api/products/{product_id}",
    operation_id = "getProduct", tag = "products",
    params(("product_id" = ProductId, Path)),
    responses(
        (status = OK, description = "The product", body = ProductBody),
        (status = NOT_FOUND, description = "No such product",
            body = super::ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn show(
    State(state): State<AppState>,
    PathId(id): PathId<ProductId>,
) -> Result<Json<ProductBody>, AppError> {
    let product = state
        .store
        .products
        .find(&id)
        .await?
        .ok_or(AppError::NotFound(Missing::Product))?;
    Ok(Json(product.into()))
}
