//! `/api/products`

use axum::Json;
use axum::extract::{Query, State};
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::id::{ProductId, Sku};
use crate::domain::money::Money;
use crate::domain::product::{Category, Offer, Product};
use crate::domain::search::PAGE_SIZE;
use crate::error::{AppError, Missing};
use crate::forms::search::SearchTerms;
use crate::state::AppState;
use shared::http::extract::PathId;

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
    /// Of a product with variants, the lowest price.
    price: Money,
    /// The address of its picture.
    image: String,
    /// What its variants differ in, such as colour and storage; empty for a product without.
    option_names: Vec<String>,
    /// What can be put into a cart: the product itself, or each of its variants.
    offers: Vec<OfferBody>,
}

/// Something to put into a cart.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Offer)]
struct OfferBody {
    sku: Sku,
    /// Its value for each of the option names.
    options: Vec<String>,
    price: Money,
    image: String,
    /// How many there are; `null` where nobody counts.
    left: Option<u64>,
}

impl From<Offer<'_>> for OfferBody {
    fn from(offer: Offer<'_>) -> Self {
        Self {
            sku: offer.sku,
            options: offer.options.to_vec(),
            price: offer.price,
            image: offer.image.to_owned(),
            left: offer.left,
        }
    }
}

impl From<&Product> for ProductBody {
    fn from(product: &Product) -> Self {
        let of = product.clone();
        Self {
            id: of.id,
            name: of.name,
            tagline: of.tagline,
            description: of.description,
            highlights: of.highlights,
            category: of.category,
            price: of.price,
            image: of.image,
            option_names: of.option_names,
            offers: product.offers().into_iter().map(OfferBody::from).collect(),
        }
    }
}

/// One page of products.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ProductList {
    items: Vec<ProductBody>,
    /// How many products match.
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
        (status = UNPROCESSABLE_ENTITY, description = "A filter is not valid"),
    ),
)]
pub(super) async fn list(
    State(state): State<AppState>,
    Query(terms): Query<SearchTerms>,
) -> Result<Json<ProductList>, AppError> {
    let search = terms.check().map_err(AppError::Invalid)?;
    let found = state.current_catalog().await?.search(&search);
    Ok(Json(ProductList {
        total: found.total,
        page: search.page.get(),
        pages: found.pages(),
        page_size: PAGE_SIZE,
        items: found
            .products
            .iter()
            .map(|it| ProductBody::from(&**it))
            .collect(),
    }))
}

/// Get a product
#[utoipa::path(get, path = "/api/products/{product_id}",
    operation_id = "getProduct", tag = "products",
    params(("product_id" = ProductId, Path)),
    responses(
        (status = OK, description = "The product", body = ProductBody),
        (status = NOT_FOUND, description = "No such product"),
    ),
)]
pub(super) async fn show(
    State(state): State<AppState>,
    PathId(id): PathId<ProductId>,
) -> Result<Json<ProductBody>, AppError> {
    let catalog = state.current_catalog().await?;
    let product = catalog.shown(&id);
    let product = product.ok_or(AppError::NotFound(Missing::Product))?;
    Ok(Json(product.into()))
}
