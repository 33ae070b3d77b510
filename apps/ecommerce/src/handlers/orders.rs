//! An order by its link, and a form for people who have the link in an e-mail.

use axum::extract::{Query, State};
use axum::http::header::HOST;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::domain::id::OrderId;
use crate::error::AppError;
use crate::extract::Visitor;
use crate::state::AppState;
use crate::use_cases::complete_checkout;
use crate::views::{FindOrderPage, OrderPage, Page};
use shared::http::extract::PathId;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct OrderQuery {
    link: String,
}

pub(crate) async fn show(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<OrderId>,
    headers: HeaderMap,
) -> Result<OrderPage, AppError> {
    let order = complete_checkout::order(state.shop(), id).await?;
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    Ok(OrderPage::new(&state, &visitor, &order, host))
}

/// Takes a whole link or only its last part.
pub(crate) async fn find(
    State(state): State<AppState>,
    visitor: Visitor,
    Query(query): Query<OrderQuery>,
) -> Response {
    let typed = query.link.trim();
    let id = typed
        .trim_end_matches('/')
        .rsplit('/')
        .next()
        .unwrap_or_default()
        .parse::<OrderId>();
    let page = |problem| FindOrderPage {
        page: Page::new(&state, &visitor, "Find an order").unlisted(),
        link: typed.to_owned(),
        problem,
    };
    match id {
        Ok(id) => Redirect::to(&format!("/orders/{id}")).into_response(),
        Err(_) if typed.is_empty() => page(None).into_response(),
        Err(_) => {
            let problem =
                "This is not an order link. It ends in 32 letters and digits; copy all of it.";
            (StatusCode::UNPROCESSABLE_ENTITY, page(Some(problem))).into_response()
        }
    }
}
