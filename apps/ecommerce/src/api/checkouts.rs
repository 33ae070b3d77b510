//! `/api/carts/{cart_id}/checkouts`, `/api/checkouts` and `/api/orders`

use astra_db::Timestamp;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::body::ApiJson;
use crate::domain::checkout::{Checkout, CheckoutState};
use crate::domain::customer::Customer;
use crate::domain::delivery::FrozenDelivery;
use crate::domain::id::{CartId, CheckoutId, OrderId};
use crate::domain::money::Money;
use crate::domain::order::{Order, OrderStatus};
use crate::domain::order_line::OrderLine;
use crate::domain::payment::PaymentMethod;
use crate::domain::stock::Shortage;
use crate::error::AppError;
use crate::forms::customer::CustomerDetails;
use crate::state::AppState;
use crate::use_cases::{
    complete_checkout,
    open_checkout::{self, Opening},
    outcome, pay,
};
use shared::http::ClientAddress;
use shared::http::extract::PathId;

/// A checkout session: frozen lines and prices, waiting to be paid.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Checkout)]
pub(super) struct CheckoutBody {
    id: CheckoutId,
    state: CheckoutState,
    lines: Vec<OrderLine>,
    delivery: FrozenDelivery,
    total: Money,
    customer: Customer,
    /// Until when it can be paid and what it sells is reserved, a quarter of an hour after it was
    /// opened: RFC 3339.
    #[schema(format = DateTime, example = "2026-11-21T15:00:00Z")]
    expires_at: String,
    /// Where to send the buyer's browser.
    payment_page: String,
}

impl CheckoutBody {
    fn new(state: &AppState, checkout: Checkout) -> Self {
        Self {
            payment_page: state.payments.page_of(checkout.id),
            id: checkout.id,
            state: checkout.state,
            lines: checkout.lines,
            delivery: checkout.delivery,
            total: checkout.total,
            customer: checkout.customer,
            expires_at: rfc3339(checkout.expires_at),
        }
    }
}

/// An error that says what is left of what was wanted.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SoldOut)]
struct SoldOutBody {
    #[schema(inline)]
    #[serde(flatten)]
    problem: super::ProblemBody,
    /// Each line of which there is less than wanted.
    sold_out: Vec<Shortage>,
}

/// An order.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Order)]
pub(super) struct OrderBody {
    id: OrderId,
    status: OrderStatus,
    lines: Vec<OrderLine>,
    delivery: FrozenDelivery,
    /// What was paid, delivery included.
    total: Money,
    /// How much of it has been refunded.
    refunded: Money,
    customer: Customer,
    payment: PaymentBody,
    /// When it was paid: RFC 3339.
    #[schema(format = DateTime, example = "2026-11-21T14:00:00Z")]
    placed_at: String,
}

/// How it was paid.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Payment)]
struct PaymentBody {
    /// Who took the money: `stripe`, or `test-till`, which takes none.
    #[schema(example = "stripe")]
    provider: String,
    /// The provider's own reference.
    reference: String,
    /// The card or account; none at the test till.
    #[serde(skip_serializing_if = "Option::is_none")]
    method: Option<PaymentMethod>,
}

fn rfc3339(moment: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(moment.as_millis())
        .unwrap_or_default()
        .to_string()
}

impl From<Order> for OrderBody {
    fn from(order: Order) -> Self {
        let placed_at = rfc3339(order.placed_at);
        let payment = PaymentBody {
            provider: order.payment.provider,
            reference: order.payment.reference,
            method: order.payment.method,
        };
        Self {
            id: order.id,
            status: order.status,
            lines: order.lines,
            delivery: order.delivery,
            total: order.total,
            refunded: order.refunded,
            customer: order.customer,
            payment,
            placed_at,
        }
    }
}

/// Open a checkout session
///
/// What the cart holds is reserved until the session is paid or over. Asked again with the same
/// cart content, the same session is answered.
#[utoipa::path(post, path = "/api/carts/{cart_id}/checkouts",
    operation_id = "openCheckout", tag = "checkouts",
    params(("cart_id" = CartId, Path)),
    request_body = CustomerDetails,
    responses(
        (status = CREATED, description = "The session", body = CheckoutBody),
        (status = NOT_FOUND, description = "No such cart"),
        (status = CONFLICT, description = "Something was sold out: `sold_out` says what and how many can be had",
            body = SoldOutBody, content_type = "application/problem+json"),
        (status = UNPROCESSABLE_ENTITY, description = "The cart is empty, its total cannot be paid in one payment, or a field is not valid"),
        (status = TOO_MANY_REQUESTS, description = "The client's network has too many unpaid checkouts: `Retry-After` says for how many seconds"),
    ),
)]
pub(super) async fn open(
    State(state): State<AppState>,
    PathId(cart_id): PathId<CartId>,
    client: ClientAddress,
    ApiJson(details): ApiJson<CustomerDetails>,
) -> Result<(StatusCode, Json<CheckoutBody>), AppError> {
    let buyer = details.check().map_err(AppError::Invalid)?;
    let opening = Opening {
        cart_id,
        buyer,
        client: client.known_network().map(|network| network.to_string()),
    };
    let checkout = open_checkout::open(state.shop(), &opening).await?;
    Ok((
        StatusCode::CREATED,
        Json(CheckoutBody::new(&state, checkout)),
    ))
}

/// Get a checkout session
#[utoipa::path(get, path = "/api/checkouts/{checkout_id}",
    operation_id = "getCheckout", tag = "checkouts",
    params(("checkout_id" = CheckoutId, Path)),
    responses(
        (status = OK, description = "The session", body = CheckoutBody),
        (status = NOT_FOUND, description = "No such session"),
    ),
)]
pub(super) async fn show(
    State(state): State<AppState>,
    PathId(id): PathId<CheckoutId>,
) -> Result<Json<CheckoutBody>, AppError> {
    let checkout = outcome::find(&state.store, id).await?;
    Ok(Json(CheckoutBody::new(&state, checkout)))
}

/// Pay at the test till
///
/// Takes no money. However often and from wherever it is called, there is one order.
#[utoipa::path(post, path = "/api/checkouts/{checkout_id}/test-payment",
    operation_id = "payAtTestTill", tag = "checkouts",
    params(("checkout_id" = CheckoutId, Path)),
    responses(
        (status = OK, description = "The order", body = OrderBody),
        (status = NOT_FOUND, description = "No such session"),
        (status = CONFLICT, description = "Expired, replaced by a newer session, or the shop takes real payments"),
    ),
)]
pub(super) async fn pay(
    State(state): State<AppState>,
    PathId(id): PathId<CheckoutId>,
) -> Result<Json<OrderBody>, AppError> {
    let order = pay::pay_at_test_till(state.shop(), id).await?;
    Ok(Json(order.into()))
}

/// Get an order
#[utoipa::path(get, path = "/api/orders/{order_id}",
    operation_id = "getOrder", tag = "orders",
    params(("order_id" = CheckoutId, Path)),
    responses(
        (status = OK, description = "The order", body = OrderBody),
        (status = NOT_FOUND, description = "No such order"),
    ),
)]
pub(super) async fn order(
    State(state): State<AppState>,
    PathId(id): PathId<OrderId>,
) -> Result<Json<OrderBody>, AppError> {
    let order = complete_checkout::order(state.shop(), id).await?;
    Ok(Json(order.into()))
}
