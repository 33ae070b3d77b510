//! The checkout form and the test till.

use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use crate::brand;
use crate::domain::cart;
use crate::domain::checkout::{self, CheckoutState};
use crate::domain::customer::CustomerDetails;
use crate::domain::field_errors::FieldErrors;
use crate::domain::id::CheckoutId;
use crate::error::{AppError, Missing};
use crate::extract::{CartCookie, PathId, Visitor};
use crate::state::AppState;
use crate::views::{CheckoutPage, TillPage};

pub(crate) async fn form(
    State(state): State<AppState>,
    cookie: CartCookie,
) -> Result<Response, AppError> {
    page(
        &state,
        cookie,
        CustomerDetails::default(),
        FieldErrors::default(),
    )
    .await
}

pub(crate) async fn open(
    State(state): State<AppState>,
    cookie: CartCookie,
    Form(details): Form<CustomerDetails>,
) -> Result<Response, AppError> {
    let opened = match (cookie.0, details.clone().check()) {
        (Some(cart_id), Ok(customer)) => {
            checkout::open(
                &state.store,
                cart_id,
                customer,
                brand::CURRENCY,
                state.now(),
            )
            .await
        }
        (None, _) => Err(AppError::NotFound(Missing::Cart)),
        (_, Err(errors)) => Err(AppError::Invalid(errors)),
    };
    match opened {
        Ok(checkout) => Ok(Redirect::to(&state.payments.page_of(checkout.id)).into_response()),
        Err(AppError::Invalid(errors)) => page(&state, cookie, details, errors).await,
        // Nothing was ever in it, its time is over, or another tab has paid for everything.
        Err(AppError::NotFound(Missing::Cart)) => Ok(Redirect::to("/cart").into_response()),
        Err(error) => Err(error),
    }
}

pub(crate) async fn till(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<CheckoutId>,
) -> Result<Response, AppError> {
    let checkout = checkout::find(&state.store, id).await?;
    match checkout.state {
        CheckoutState::Open | CheckoutState::Replaced => {
            Ok(TillPage::new(&state, &visitor, &checkout).into_response())
        }
        CheckoutState::Paid | CheckoutState::Done => {
            Ok(Redirect::to(&format!("/orders/{id}")).into_response())
        }
    }
}

pub(crate) async fn pay(
    State(state): State<AppState>,
    PathId(id): PathId<CheckoutId>,
) -> Result<Redirect, AppError> {
    let payment = state.payments.pay_at_test_till(id, state.now());
    let order = checkout::complete(&state.store, id, payment, state.now()).await?;
    Ok(Redirect::to(&format!("/orders/{}", order.id)))
}

/// The form with what was typed and what is wrong with it. Without anything to buy it leads to the cart.
async fn page(
    state: &AppState,
    cookie: CartCookie,
    details: CustomerDetails,
    errors: FieldErrors,
) -> Result<Response, AppError> {
    let visitor = Visitor::with(state, cookie).await?;
    let Some(cart) = visitor.cart.clone().filter(|cart| !cart.items.is_empty()) else {
        return Ok(Redirect::to("/cart").into_response());
    };
    let priced = cart::price(&state.store, cart, brand::CURRENCY).await?;
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let page = CheckoutPage::new(state, &visitor, &priced, details, errors);
    Ok((status, page).into_response())
}
