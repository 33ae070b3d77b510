//! The checkout form and the test till.

use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use crate::brand;
use crate::domain::cart::{self, PricedCart};
use crate::domain::checkout::{self, CheckoutState};
use crate::domain::customer::CustomerDetails;
use crate::domain::field_errors::FieldErrors;
use crate::domain::id::CheckoutId;
use crate::error::{AppError, Missing};
use crate::extract::{PathId, Visitor};
use crate::state::AppState;
use crate::views::{CheckoutPage, TillPage};

pub(crate) async fn form(
    State(state): State<AppState>,
    visitor: Visitor,
) -> Result<Response, AppError> {
    match priced(&state, &visitor).await? {
        Some(priced) => Ok(CheckoutPage::new(
            &state,
            &visitor,
            &priced,
            CustomerDetails::default(),
            FieldErrors::default(),
        )
        .into_response()),
        None => Ok(Redirect::to("/cart").into_response()),
    }
}

pub(crate) async fn open(
    State(state): State<AppState>,
    visitor: Visitor,
    Form(details): Form<CustomerDetails>,
) -> Result<Response, AppError> {
    let Some(priced) = priced(&state, &visitor).await? else {
        return Ok(Redirect::to("/cart").into_response());
    };
    let opened = match details.clone().check() {
        Ok(customer) => {
            checkout::open(
                &state.store,
                priced.cart.id,
                customer,
                brand::CURRENCY,
                state.now(),
            )
            .await
        }
        Err(errors) => Err(AppError::Invalid(errors)),
    };
    match opened {
        Ok(checkout) => Ok(Redirect::to(&state.payments.page_of(checkout.id)).into_response()),
        // The other tab has paid meanwhile.
        Err(AppError::NotFound(Missing::Cart)) => Ok(Redirect::to("/cart").into_response()),
        Err(AppError::Invalid(errors)) => {
            let page = CheckoutPage::new(&state, &visitor, &priced, details, errors);
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
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

async fn priced(state: &AppState, visitor: &Visitor) -> Result<Option<PricedCart>, AppError> {
    let Some(cart) = visitor.cart.clone().filter(|cart| !cart.items.is_empty()) else {
        return Ok(None);
    };
    cart::price(&state.store, cart, brand::CURRENCY)
        .await
        .map(Some)
}
