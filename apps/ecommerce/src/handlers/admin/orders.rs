//! Orders, and giving money back.

use std::num::NonZeroU32;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::brand;
use crate::domain::id::OrderId;
use crate::domain::money::{Money, price_in_cents};
use crate::domain::order::{Order, OrderStatus, Shipment};
use crate::domain::product::is_https_url;
use crate::error::{AppError, Missing};
use crate::extract::admin::{AdminForm, LoggedIn, Session};
use crate::payments::PaymentError;
use crate::state::AppState;
use crate::use_cases::{reconcile, refund};
use crate::views::admin::{AdminOrderPage, OrderListPage, RefundPage};
use shared::http::extract::PathId;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ListQuery {
    status: String,
    page: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct RefundQuery {
    amount: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct HappenedQuery {
    refunded: bool,
}

pub(crate) async fn list(
    State(state): State<AppState>,
    LoggedIn(session): LoggedIn,
    Query(query): Query<ListQuery>,
) -> Result<OrderListPage, AppError> {
    // An address somebody has changed shows all orders from the first page.
    let status = OrderStatus::ALL
        .into_iter()
        .find(|status| status.slug() == query.status);
    let page: NonZeroU32 = query.page.parse().unwrap_or(NonZeroU32::MIN);
    let orders = state.store.orders.page(status, page).await?;
    let refused = state.store.checkouts.refused().await?;
    Ok(OrderListPage::new(
        &session, status, page, &orders, &refused,
    ))
}

pub(crate) async fn show(
    State(state): State<AppState>,
    LoggedIn(session): LoggedIn,
    PathId(id): PathId<OrderId>,
    Query(query): Query<HappenedQuery>,
) -> Result<AdminOrderPage, AppError> {
    let order = find(&state, id).await?;
    Ok(AdminOrderPage::new(&session, &order, query.refunded))
}

/// Asks once more before money goes.
pub(crate) async fn confirm_refund(
    State(state): State<AppState>,
    LoggedIn(session): LoggedIn,
    PathId(id): PathId<OrderId>,
    Query(query): Query<RefundQuery>,
) -> Result<Response, AppError> {
    let order = find(&state, id).await?;
    Ok(match amount(&query.amount, &order) {
        Ok(_) => RefundPage::new(&session, &order, &query.amount, None).into_response(),
        Err(problem) => refused(&session, &order, &query.amount, problem),
    })
}

pub(crate) async fn refund(
    State(state): State<AppState>,
    PathId(id): PathId<OrderId>,
    form: AdminForm,
) -> Result<Response, AppError> {
    let order = find(&state, id).await?;
    let typed = form.text("amount");
    if typed.trim().is_empty() {
        let problem = format!("Enter an amount up to {}", order.refundable());
        return Ok(refused(&form.session, &order, typed, problem));
    }
    let amount = match amount(typed, &order) {
        Ok(amount) => amount,
        Err(problem) => return Ok(refused(&form.session, &order, typed, problem)),
    };
    let unreadable =
        |_| AppError::Unreadable("The form is incomplete. Open the page again.".into());
    let seen: u64 = form.text("version").parse().map_err(unreadable)?;
    let given = refund::refund(state.shop(), (id, seen), Some(amount)).await;
    match given {
        Ok(_) => {
            tracing::info!(
                admin.action = "refund", order.number = %id.short(), cents = amount.amount_cents,
                "an admin gave money back"
            );
            Ok(Redirect::to(&format!("/admin/orders/{id}?refunded=true")).into_response())
        }
        Err(AppError::Conflict(sentence)) => {
            let order = find(&state, id).await?;
            let page = RefundPage::new(&form.session, &order, typed, Some(sentence.to_owned()));
            Ok((StatusCode::CONFLICT, page).into_response())
        }
        Err(AppError::Payment(error)) => {
            let order = find(&state, id).await?;
            let problem = why_not(&error);
            let error = anyhow::Error::new(error);
            tracing::error!(order.number = %id.short(), "a refund was not made: {error:#}");
            let page = RefundPage::new(&form.session, &order, typed, Some(problem));
            Ok((StatusCode::BAD_GATEWAY, page).into_response())
        }
        Err(error) => Err(error),
    }
}

/// Marks an order as shipped, which the buyer is told by email.
pub(crate) async fn ship(
    State(state): State<AppState>,
    PathId(id): PathId<OrderId>,
    form: AdminForm,
) -> Result<Response, AppError> {
    let order = find(&state, id).await?;
    let (carrier, url) = (
        form.text("carrier").trim(),
        form.text("tracking_url").trim(),
    );
    let problem = if !order.is_shippable() || order.version.to_string() != form.text("version") {
        Some("This order has changed since you looked at it. Look again.")
    } else if carrier.chars().count() > 60 || carrier.contains(char::is_control) {
        Some("Enter a carrier of up to 60 characters.")
    } else if !url.is_empty() && !is_https_url(url) {
        Some("Enter a tracking link that starts with https://, or leave it empty.")
    } else {
        None
    };
    let shipped = order.with_shipment(Shipment {
        at: state.now(),
        carrier: carrier.to_owned(),
        tracking_url: url.to_owned(),
    });
    let problem = match problem {
        None if state.store.orders.replace(&order, &shipped).await? => {
            tracing::info!(
                admin.action = "ship", order.number = %id.short(),
                "an admin marked an order as shipped"
            );
            return Ok(Redirect::to(&format!("/admin/orders/{id}")).into_response());
        }
        None => "This order has just been changed elsewhere. Look again.",
        Some(problem) => problem,
    };
    let order = find(&state, id).await?;
    let mut page = AdminOrderPage::new(&form.session, &order, false);
    page.ship_problem = Some(problem);
    page.typed = (carrier.to_owned(), url.to_owned());
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// What an admin reads about a refund that was not made, or of which nobody knows.
fn why_not(error: &PaymentError) -> String {
    match error {
        PaymentError::Unreachable(_) => {
            "Stripe did not answer, so it is not known whether this refund was made. It is repeated until Stripe answers, and made once.".to_owned()
        }
        PaymentError::Failed(_) => {
            "Stripe could not make this refund: nothing was refunded. Try again.".to_owned()
        }
        PaymentError::Refused(reason) | PaymentError::EmailRefused(reason) => {
            format!("Stripe refused this refund, and nothing was refunded: {reason}.")
        }
        PaymentError::NotAllowed(reason) => format!(
            "Stripe does not let the shop make refunds: {reason}. Check STRIPE_SECRET_KEY, then finish this refund."
        ),
        PaymentError::Unknown => {
            "Stripe does not know this payment. Is STRIPE_SECRET_KEY of the account that took it?".to_owned()
        }
        PaymentError::NotConnected => {
            "This was paid with Stripe, and STRIPE_SECRET_KEY is not set.".to_owned()
        }
    }
}

/// The order as it is, finished if it was left half done.
async fn find(state: &AppState, id: OrderId) -> Result<Order, AppError> {
    if let Some(order) = state.store.orders.find(id).await? {
        return Ok(order);
    }
    // Paid and not written yet: whoever finds it finishes it.
    reconcile::finish_paid(state.shop()).await?;
    let order = state.store.orders.find(id).await?;
    order.ok_or(AppError::NotFound(Missing::Order))
}

/// What was typed as money; nothing typed means all that is left. A refund under way comes first.
fn amount(typed: &str, order: &Order) -> Result<Money, String> {
    if let Some(under_way) = order.under_way() {
        return match typed.trim() {
            "" => Ok(under_way),
            typed if price_in_cents(typed) == Ok(under_way.amount_cents) => Ok(under_way),
            _ => Err(format!(
                "A refund of {under_way} is not finished. Finish it before you decide on another"
            )),
        };
    }
    let left = order.refundable();
    if left.amount_cents == 0 {
        return Err("Nothing of this order is left to refund".to_owned());
    }
    let cents = match typed.trim() {
        "" => left.amount_cents,
        typed => price_in_cents(typed)?,
    };
    if cents == 0 || cents > left.amount_cents {
        return Err(format!("Enter an amount up to {left}"));
    }
    Ok(Money::new(cents, brand::CURRENCY))
}

fn refused(session: &Session, order: &Order, typed: &str, problem: String) -> Response {
    let page = RefundPage::new(session, order, typed, Some(problem));
    (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
}
