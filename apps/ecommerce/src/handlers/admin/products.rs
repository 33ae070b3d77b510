//! The catalogue, to be changed.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::domain::id::ProductId;
use crate::domain::product::{Product, details::ProductDetails};
use crate::domain::search::ProductSearch;
use crate::error::{AppError, Missing};
use crate::extract::admin::{AdminForm, LoggedIn, Session};
use crate::forms::search::SearchTerms;
use crate::state::AppState;
use crate::store::checked::Read;
use crate::use_cases::edit_product::{self, Saved};
use crate::views::admin::{EditedProduct, InvalidProductPage, ProductFormPage, ProductListPage};
use shared::http::extract::PathId;

/// What has just happened, so that the page can say so.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct SavedQuery {
    saved: bool,
}

pub(crate) async fn list(
    State(state): State<AppState>,
    LoggedIn(session): LoggedIn,
    Query(terms): Query<SearchTerms>,
) -> Result<ProductListPage, AppError> {
    let terms = SearchTerms {
        q: terms.q,
        page: terms.page,
        ..SearchTerms::default()
    };
    let search = ProductSearch {
        hidden_too: true,
        ..terms.check().map_err(AppError::Invalid)?
    };
    let found = state.current_catalog().await?.search(&search);
    Ok(ProductListPage::new(&session, &terms, &search, &found))
}

pub(crate) async fn new(LoggedIn(session): LoggedIn) -> ProductFormPage {
    let edited = EditedProduct {
        details: ProductDetails {
            rank: "100".to_owned(),
            image: "/static/products/no-picture.svg".to_owned(),
            ..ProductDetails::default()
        },
        ..EditedProduct::default()
    };
    ProductFormPage::new(&session, edited)
}

pub(crate) async fn create(
    State(state): State<AppState>,
    form: AdminForm,
) -> Result<Response, AppError> {
    let details = details(&form);
    let id = form.text("id").to_owned();
    match edit_product::create(&state.store, &id, &details).await {
        Ok(id) => {
            tracing::info!(admin.action = "product created", product.id = %id, "a product was created");
            Ok(saved(&state, id))
        }
        Err(AppError::Invalid(errors)) => {
            let edited = EditedProduct {
                id,
                details,
                errors,
                ..EditedProduct::default()
            };
            Ok(again(
                &form.session,
                edited,
                StatusCode::UNPROCESSABLE_ENTITY,
            ))
        }
        Err(error) => Err(error),
    }
}

pub(crate) async fn show(
    State(state): State<AppState>,
    LoggedIn(session): LoggedIn,
    PathId(id): PathId<ProductId>,
    Query(query): Query<SavedQuery>,
) -> Result<Response, AppError> {
    let product = match state.store.products.read(&id).await? {
        Some(Read::Valid(product)) => product,
        Some(Read::Invalid(document)) => {
            return Ok(InvalidProductPage::new(&session, document).into_response());
        }
        None => return Err(AppError::NotFound(Missing::Product)),
    };
    let edited = EditedProduct {
        id: id.to_string(),
        details: ProductDetails::of(&product),
        stored: Some(product),
        saved: query.saved,
        ..EditedProduct::default()
    };
    Ok(ProductFormPage::new(&session, edited).into_response())
}

pub(crate) async fn save(
    State(state): State<AppState>,
    PathId(id): PathId<ProductId>,
    form: AdminForm,
) -> Result<Response, AppError> {
    let was: Product = serde_json::from_str(form.text("was"))
        .ok()
        .filter(|was: &Product| was.id == id)
        .ok_or_else(|| {
            AppError::Unreadable("The form is incomplete. Open the page again.".into())
        })?;
    let wanted = details(&form);
    let edited = EditedProduct {
        id: id.to_string(),
        ..EditedProduct::default()
    };
    match edit_product::save(&state.store, &was, &wanted).await {
        Ok(Saved::Done) => {
            tracing::info!(admin.action = "product changed", product.id = %id, "a product was changed");
            Ok(saved(&state, id))
        }
        Ok(Saved::Outdated(stored)) => {
            tracing::info!(admin.action = "refused", product.id = %id, "a product had been changed by somebody else");
            let edited = EditedProduct {
                details: ProductDetails::of(&stored),
                stored: Some(*stored),
                outdated: true,
                ..edited
            };
            Ok(again(&form.session, edited, StatusCode::CONFLICT))
        }
        Err(AppError::Invalid(errors)) => {
            let edited = EditedProduct {
                details: wanted,
                stored: Some(was),
                errors,
                ..edited
            };
            Ok(again(
                &form.session,
                edited,
                StatusCode::UNPROCESSABLE_ENTITY,
            ))
        }
        Err(error) => Err(error),
    }
}

fn saved(state: &AppState, id: ProductId) -> Response {
    let page = format!("/admin/products/{id}?saved=true");
    state.catalog.edited(id);
    Redirect::to(&page).into_response()
}

fn again(session: &Session, edited: EditedProduct, status: StatusCode) -> Response {
    (status, ProductFormPage::new(session, edited)).into_response()
}

fn details(form: &AdminForm) -> ProductDetails {
    ProductDetails::typed(|name| form.field(name))
}
