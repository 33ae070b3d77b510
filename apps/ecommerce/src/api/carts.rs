//! `/api/carts`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::ApiJson;
use crate::domain::cart::{self, AddItem, PricedCart};
use crate::domain::id::{CartId, ProductId, Sku};
use crate::domain::money::Money;
use crate::domain::quantity::Quantity;
use crate::error::AppError;
use crate::state::AppState;
use crate::use_cases::{change_cart, price_cart};
use shared::http::extract::PathId;

/// A cart with today's prices.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Cart)]
pub(super) struct CartBody {
    id: CartId,
    lines: Vec<CartLine>,
    /// What is in the cart and cannot be bought; remove it to check out.
    gone: Vec<Sku>,
    /// How many pieces in all.
    pieces: u64,
    total: Money,
}

/// A product in a cart.
#[derive(Debug, Serialize, ToSchema)]
struct CartLine {
    sku: Sku,
    product_id: ProductId,
    name: String,
    /// Which variant, in words such as `Gold, 256 GB`; empty for a product without.
    variant: String,
    image: String,
    unit_price: Money,
    quantity: Quantity,
    /// Whether there are as many as the line holds.
    in_stock: bool,
    subtotal: Money,
}

impl From<PricedCart> for CartBody {
    fn from(priced: PricedCart) -> Self {
        let pieces = priced.cart.pieces();
        let line = |line: cart::PricedLine| CartLine {
            in_stock: line.is_in_stock(),
            sku: line.sku,
            product_id: line.product.id,
            name: line.product.name,
            variant: line.variant,
            image: line.image,
            unit_price: line.unit_price,
            quantity: line.quantity,
            subtotal: line.subtotal,
        };
        Self {
            id: priced.cart.id,
            lines: priced.lines.into_iter().map(line).collect(),
            gone: priced.gone,
            pieces,
            total: priced.total,
        }
    }
}

/// A product or variant to add, and how many more of it.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewItem)]
#[serde(deny_unknown_fields)]
pub(super) struct AddBody {
    sku: Sku,
    quantity: Quantity,
}

/// How many the cart shall hold.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewQuantity)]
#[serde(deny_unknown_fields)]
pub(super) struct QuantityBody {
    quantity: Quantity,
}

/// Open an empty cart
#[utoipa::path(post, path = "/api/carts",
    operation_id = "openCart", tag = "carts",
    responses((status = CREATED, description = "The cart with today's prices", body = CartBody)))]
pub(super) async fn open(
    State(state): State<AppState>,
) -> Result<(StatusCode, Json<CartBody>), AppError> {
    let id = change_cart::open(state.shop()).await?;
    Ok((StatusCode::CREATED, answer(&state, id).await?))
}

/// Get a cart
#[utoipa::path(get, path = "/api/carts/{cart_id}",
    operation_id = "getCart", tag = "carts",
    params(("cart_id" = CartId, Path)),
    responses(
        (status = OK, description = "The cart with today's prices", body = CartBody),
        (status = NOT_FOUND, description = "No such cart"),
    ),
)]
pub(super) async fn show(
    State(state): State<AppState>,
    PathId(id): PathId<CartId>,
) -> Result<Json<CartBody>, AppError> {
    answer(&state, id).await
}

/// Add a product, or more of it
#[utoipa::path(post, path = "/api/carts/{cart_id}/items",
    operation_id = "addToCart", tag = "carts",
    params(("cart_id" = CartId, Path)),
    request_body = AddBody,
    responses(
        (status = OK, description = "The cart with today's prices", body = CartBody),
        (status = NOT_FOUND, description = "No such cart or product"),
        (status = UNPROCESSABLE_ENTITY, description = "A field is not valid"),
    ),
)]
pub(super) async fn add(
    State(state): State<AppState>,
    PathId(id): PathId<CartId>,
    ApiJson(body): ApiJson<AddBody>,
) -> Result<Json<CartBody>, AppError> {
    let item = AddItem {
        sku: body.sku,
        quantity: body.quantity,
    };
    change_cart::add(state.shop(), id, &item).await?;
    answer(&state, id).await
}

/// Set how many of a product
#[utoipa::path(put, path = "/api/carts/{cart_id}/items/{sku}",
    operation_id = "setQuantity", tag = "carts",
    request_body = QuantityBody,
    params(("cart_id" = CartId, Path), ("sku" = Sku, Path)),
    responses(
        (status = OK, description = "The cart with today's prices", body = CartBody),
        (status = NOT_FOUND, description = "No such cart, or not in it"),
        (status = UNPROCESSABLE_ENTITY, description = "A field is not valid"),
    ),
)]
pub(super) async fn set_quantity(
    State(state): State<AppState>,
    PathId((id, sku)): PathId<(CartId, Sku)>,
    ApiJson(body): ApiJson<QuantityBody>,
) -> Result<Json<CartBody>, AppError> {
    change_cart::set_quantity(state.shop(), id, &sku, body.quantity).await?;
    answer(&state, id).await
}

/// Remove a product
#[utoipa::path(delete, path = "/api/carts/{cart_id}/items/{sku}",
    operation_id = "removeFromCart", tag = "carts",
    params(("cart_id" = CartId, Path), ("sku" = Sku, Path)),
    responses(
        (status = OK, description = "The cart with today's prices", body = CartBody),
        (status = NOT_FOUND, description = "No such cart"),
    ),
)]
pub(super) async fn remove(
    State(state): State<AppState>,
    PathId((id, sku)): PathId<(CartId, Sku)>,
) -> Result<Json<CartBody>, AppError> {
    change_cart::remove(state.shop(), id, &sku).await?;
    answer(&state, id).await
}

async fn answer(state: &AppState, id: CartId) -> Result<Json<CartBody>, AppError> {
    let priced = price_cart::priced(state.shop(), id).await?;
    Ok(Json(priced.into()))
}
