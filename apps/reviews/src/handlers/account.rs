//! The pages on which somebody changes their password and deletes their account.

use axum::Form;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use shared::field_errors::FieldErrors;
use shared::http::ClientAddress;

use super::session::refused;
use crate::domain::account::Password;
use crate::domain::session::Visitor;
use crate::error::AppError;
use crate::extract::{BrowserSession, SignedIn};
use crate::state::AppState;
use crate::use_cases::browse;
use crate::use_cases::log_in::Credentials;
use crate::use_cases::manage_account;
use crate::views::{AccountPage, FormPage, Input};

/// `GET /account`
pub(crate) async fn show(
    State(state): State<AppState>,
    SignedIn { current, visitor }: SignedIn,
) -> Result<AccountPage, AppError> {
    let reviews = browse::own_reviews(&state.store, current.user.id).await?;
    Ok(AccountPage::new(&visitor, &current.user, &reviews))
}

fn password_page(visitor: &Visitor) -> FormPage {
    let new = Input::password("new_password", "New password", "new-password");
    let inputs = vec![
        Input::password("current_password", "Present password", "current-password"),
        new.hint("At least 8 characters."),
    ];
    FormPage::new(
        "Change your password",
        "/account/password",
        "Change password",
        inputs,
    )
    .of(visitor)
    .lead("You stay signed in here, and are signed out everywhere else.")
}

/// `GET /account/password`
pub(crate) async fn password_form(SignedIn { visitor, .. }: SignedIn) -> FormPage {
    password_page(&visitor)
}

/// What somebody typed who changes their password.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct NewPassword {
    current_password: String,
    new_password: String,
}

/// `POST /account/password`
pub(crate) async fn change_password(
    State(state): State<AppState>,
    address: ClientAddress,
    SignedIn { current, visitor }: SignedIn,
    Form(typed): Form<NewPassword>,
) -> Result<Response, AppError> {
    let mut errors = FieldErrors::default();
    let password = errors.check(
        "current_password",
        Password::entered(typed.current_password),
    );
    let new = errors.check("new_password", Password::try_from(typed.new_password));
    let (Some(password), Some(new)) = (password, new) else {
        return Ok(refused(password_page(&visitor).invalid(&errors)));
    };
    let credentials = Credentials::of(&current.user, password, address);
    let (who, attempt) = ((&current.user, &current.token), state.attempt(&credentials));
    let changed =
        manage_account::change_password(&state.store, &state.passwords, who, attempt, &new).await;
    match changed.map_err(|error| error.of_field("current_password")) {
        Err(AppError::Invalid(errors)) => Ok(refused(password_page(&visitor).invalid(&errors))),
        outcome => Ok(outcome.map(|()| Redirect::to("/account"))?.into_response()),
    }
}

fn deletion_page(visitor: &Visitor) -> FormPage {
    let inputs = vec![Input::password("password", "Password", "current-password")];
    FormPage::new(
        "Delete your account",
        "/account/delete",
        "Delete account and reviews",
        inputs,
    )
    .of(visitor)
    .lead("Your account and all of your reviews are deleted. This cannot be undone.")
}

/// `GET /account/delete`
pub(crate) async fn deletion_form(SignedIn { visitor, .. }: SignedIn) -> FormPage {
    deletion_page(&visitor)
}

/// What somebody typed who deletes their account.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Confirmation {
    password: String,
}

/// `POST /account/delete`
pub(crate) async fn delete(
    State(state): State<AppState>,
    address: ClientAddress,
    SignedIn { current, visitor }: SignedIn,
    Form(typed): Form<Confirmation>,
) -> Result<Response, AppError> {
    let mut errors = FieldErrors::default();
    let Some(password) = errors.check("password", Password::entered(typed.password)) else {
        return Ok(refused(deletion_page(&visitor).invalid(&errors)));
    };
    let credentials = Credentials::of(&current.user, password, address);
    let attempt = state.attempt(&credentials);
    let deleted = match state.require_no_moderator(&current.user) {
        Ok(()) => {
            manage_account::delete(&state.store, &state.passwords, &current.user, attempt).await
        }
        refused => refused,
    };
    match deleted.map_err(|error| error.of_field("password")) {
        Err(AppError::Invalid(errors)) => Ok(refused(deletion_page(&visitor).invalid(&errors))),
        outcome => {
            outcome?;
            let cookie = BrowserSession::no_cookie(&state);
            Ok((cookie, Redirect::to("/")).into_response())
        }
    }
}
