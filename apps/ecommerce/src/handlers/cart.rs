//! The cart page and the forms that change a cart. Each form answers with a redirect, so that a
//! reload repeats nothing.

use axum::Form;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::domain::cart::AddItem;
use crate::domain::id::{CartId, Sku};
use crate::domain::quantity::{InvalidQuantity, Quantity};
use crate::error::{AppError, Missing};
use crate::extract::{CartCookie, Visitor};
use crate::handlers::products;
use crate::state::AppState;
use crate::use_cases::{change_cart, price_cart};
use crate::views::{CartPage, Chosen, Happened, Rejected};
use shared::field_errors::FieldErrors;
use shared::http::extract::PathId;

#[derive(Debug, Deserialize)]
pub(crate) struct AddForm {
    sku: String,
    #[serde(default = "one")]
    quantity: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct QuantityForm {
    quantity: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct CartQuery {
    happened: Happened,
    sku: Option<Sku>,
}

fn one() -> String {
    "1".to_owned()
}

pub(crate) async fn show(
    State(state): State<AppState>,
    visitor: Visitor,
    query: Result<Query<CartQuery>, QueryRejection>,
) -> Result<CartPage, AppError> {
    // An address somebody has changed still shows the cart.
    let Query(query) = query.unwrap_or_default();
    page(&state, visitor, query, None).await
}

pub(crate) async fn add(
    State(state): State<AppState>,
    cookie: CartCookie,
    Form(form): Form<AddForm>,
) -> Result<Response, AppError> {
    let sku: Sku = form
        .sku
        .parse()
        .map_err(|_| AppError::NotFound(Missing::Product))?;
    match put_in(&state, cookie, &sku, &form.quantity).await {
        Ok(cart_id) => {
            let cookie = CartCookie::set(&state, cart_id);
            Ok((cookie, after_change("added", &sku)).into_response())
        }
        Err(AppError::Invalid(errors)) => {
            let visitor = Visitor::with(&state, cookie).await?;
            let (product_id, quantity) = (sku.product_id(), form.quantity);
            let chosen = Chosen {
                sku: Some(sku),
                quantity,
                errors,
            };
            let page = products::page(&state, &visitor, &product_id, chosen).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(error) => Err(error),
    }
}

async fn put_in(
    state: &AppState,
    cookie: CartCookie,
    sku: &Sku,
    quantity: &str,
) -> Result<CartId, AppError> {
    let item = AddItem {
        sku: sku.clone(),
        quantity: self::quantity(quantity)?,
    };
    change_cart::add_or_open(state.shop(), cookie.0, item).await
}

pub(crate) async fn set_quantity(
    State(state): State<AppState>,
    cookie: CartCookie,
    PathId(sku): PathId<Sku>,
    Form(form): Form<QuantityForm>,
) -> Result<Response, AppError> {
    let cart_id = cookie.0.ok_or(AppError::NotFound(Missing::Cart))?;
    let changed = match quantity(&form.quantity) {
        Ok(quantity) => change_cart::set_quantity(state.shop(), cart_id, &sku, quantity).await,
        Err(error) => Err(error),
    };
    match changed {
        Ok(()) => Ok(after_change("changed", &sku).into_response()),
        Err(AppError::Invalid(errors)) => {
            let visitor = Visitor::with(&state, cookie).await?;
            let problems: Vec<&str> = errors.iter().map(|(_, problem)| problem).collect();
            let rejected = Rejected {
                sku,
                quantity: form.quantity,
                problem: problems.join(". "),
            };
            let page = page(&state, visitor, CartQuery::default(), Some(rejected)).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(error) => Err(error),
    }
}

fn quantity(typed: &str) -> Result<Quantity, AppError> {
    typed.parse().map_err(|problem: InvalidQuantity| {
        AppError::Invalid(FieldErrors::one("quantity", problem.to_string()))
    })
}

pub(crate) async fn remove(
    State(state): State<AppState>,
    cookie: CartCookie,
    PathId(sku): PathId<Sku>,
) -> Result<Redirect, AppError> {
    if let Some(cart_id) = cookie.0 {
        change_cart::remove(state.shop(), cart_id, &sku).await?;
    }
    Ok(after_change("removed", &sku))
}

async fn page(
    state: &AppState,
    visitor: Visitor,
    query: CartQuery,
    rejected: Option<Rejected>,
) -> Result<CartPage, AppError> {
    let priced = match visitor.cart.clone() {
        Some(cart) => Some(price_cart::price(&state.store, cart).await?),
        None => None,
    };
    Ok(CartPage::new(
        state,
        &visitor,
        priced.as_ref(),
        query.happened,
        query.sku.as_ref(),
        rejected,
    ))
}

fn after_change(happened: &str, sku: &Sku) -> Redirect {
    Redirect::to(&format!("/cart?happened={happened}&sku={sku}"))
}
