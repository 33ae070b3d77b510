//! The checkout form, and the ways on from it: to the payment service and back, or to the test
//! till.

use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use crate::domain::checkout::CheckoutState;
use crate::domain::id::CheckoutId;
use crate::error::{AppError, Missing};
use crate::extract::{CartCookie, Visitor};
use crate::forms::customer::CustomerDetails;
use crate::state::AppState;
use crate::use_cases::{
    close_checkout, complete_checkout,
    open_checkout::{self, Opening},
    outcome::Outcome,
    pay::{self, Payable},
    price_cart,
};
use crate::views::{CheckoutPage, ClosedPage, PayPage, SoldOutPage, TillPage, UnpaidPage};
use shared::field_errors::FieldErrors;
use shared::http::ClientAddress;
use shared::http::extract::PathId;

/// Filled in as it was the last time, for those who come back from the till.
pub(crate) async fn form(
    State(state): State<AppState>,
    visitor: Visitor,
) -> Result<Response, AppError> {
    let earlier = visitor.cart.as_ref().and_then(|cart| cart.checkout);
    let earlier = match earlier {
        Some(id) => state.store.checkouts.find(id).await?,
        None => None,
    };
    let details = earlier.map(|it| CustomerDetails::of(it.customer, it.delivery.method));
    page(
        &state,
        visitor,
        details.unwrap_or_default(),
        FieldErrors::default(),
    )
    .await
}

pub(crate) async fn open(
    State(state): State<AppState>,
    cookie: CartCookie,
    client: ClientAddress,
    Form(details): Form<CustomerDetails>,
) -> Result<Response, AppError> {
    let opened = match (cookie.0, details.clone().check()) {
        (Some(cart_id), Ok(buyer)) => {
            let opening = Opening {
                cart_id,
                buyer,
                client: client.known_network().map(|network| network.to_string()),
            };
            open_checkout::open(state.shop(), &opening).await
        }
        (None, _) => Err(AppError::NotFound(Missing::Cart)),
        (_, Err(errors)) => Err(AppError::Invalid(errors)),
    };
    match opened {
        Ok(checkout) => Ok(Redirect::to(&state.payments.page_of(checkout.id)).into_response()),
        Err(AppError::Invalid(errors)) => {
            page(
                &state,
                Visitor::with(&state, cookie).await?,
                details,
                errors,
            )
            .await
        }
        Err(AppError::SoldOut(short)) => {
            let visitor = Visitor::with(&state, cookie).await?;
            let page = SoldOutPage::new(&state, &visitor, &short);
            Ok((StatusCode::CONFLICT, page).into_response())
        }
        // Nothing was ever in it, its time is over, or another tab has paid for everything.
        Err(AppError::NotFound(Missing::Cart)) => Ok(Redirect::to("/cart").into_response()),
        Err(error) => Err(error),
    }
}

/// Where to pay: the test till, or a page that leads on to the payment service.
pub(crate) async fn till(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<CheckoutId>,
) -> Result<Response, AppError> {
    if state.payments.is_test_till() {
        let outcome = complete_checkout::refresh(state.shop(), id).await?;
        return Ok(match outcome {
            Outcome::Waiting(checkout) if checkout.is_payable(state.now()) => {
                TillPage::new(&state, &visitor, &checkout).into_response()
            }
            Outcome::Waiting(_) => {
                ClosedPage::new(&state, &visitor, CheckoutState::Expired).into_response()
            }
            outcome => after(&state, &visitor, outcome),
        });
    }
    Ok(match pay::payment_address(state.shop(), id).await? {
        Payable::At(url) => PayPage::new(&state, &visitor, id.to_string(), url).into_response(),
        Payable::Not(outcome) => after(&state, &visitor, outcome),
    })
}

/// The button of the test till.
pub(crate) async fn pay(
    State(state): State<AppState>,
    PathId(id): PathId<CheckoutId>,
) -> Result<Redirect, AppError> {
    let order = pay::pay_at_test_till(state.shop(), id).await?;
    Ok(Redirect::to(&format!("/orders/{}", order.id)))
}

/// Where the payment service sends somebody who has paid. What this address says counts for
/// nothing: the service is asked.
pub(crate) async fn returned(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<CheckoutId>,
) -> Result<Response, AppError> {
    let outcome = complete_checkout::refresh(state.shop(), id).await?;
    Ok(after(&state, &visitor, outcome))
}

/// The shop's own button for it. A link would do the same, but browsers follow some links ahead of
/// their readers.
pub(crate) async fn cancel(PathId(id): PathId<CheckoutId>) -> Redirect {
    Redirect::to(&format!("/checkout/{id}/cancelled"))
}

/// Where the payment service sends somebody who went back. What was reserved is returned; the cart
/// stays as it is.
pub(crate) async fn cancelled(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<CheckoutId>,
) -> Result<Response, AppError> {
    let outcome = close_checkout::cancel(state.shop(), id).await?;
    Ok(match outcome {
        // Stripe's message that the session is over may come before its answer that it is; to the
        // buyer it is the same.
        Outcome::Closed(checkout) if checkout.state == CheckoutState::Expired => {
            ClosedPage::new(&state, &visitor, CheckoutState::Cancelled).into_response()
        }
        outcome => after(&state, &visitor, outcome),
    })
}

fn after(state: &AppState, visitor: &Visitor, outcome: Outcome) -> Response {
    match outcome {
        Outcome::Ordered(order) => Redirect::to(&format!("/orders/{}", order.id)).into_response(),
        Outcome::Waiting(checkout) => UnpaidPage::new(state, visitor, &checkout).into_response(),
        Outcome::Closed(checkout) => {
            ClosedPage::new(state, visitor, checkout.state).into_response()
        }
    }
}

/// The form with what was typed and what is wrong with it. Without anything to buy it leads to the cart.
async fn page(
    state: &AppState,
    visitor: Visitor,
    details: CustomerDetails,
    errors: FieldErrors,
) -> Result<Response, AppError> {
    let Some(cart) = visitor.cart.clone().filter(|cart| !cart.items.is_empty()) else {
        return Ok(Redirect::to("/cart").into_response());
    };
    let priced = price_cart::price(&state.store, cart).await?;
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let page = CheckoutPage::new(state, &visitor, &priced, details, errors);
    Ok((status, page).into_response())
}
