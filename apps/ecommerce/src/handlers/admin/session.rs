//! Logging in and out.

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::SignedCookieJar;

use crate::admin::Tried;
use crate::error::AppError;
use crate::extract::admin::{AdminForm, AtTheDoor, LoginForm, Session, door};
use crate::state::AppState;
use crate::views::admin::LoginPage;

pub(crate) async fn form(
    State(state): State<AppState>,
    AtTheDoor(session): AtTheDoor,
) -> Result<Response, AppError> {
    if session.logged_in {
        return Ok(Redirect::to("/admin/orders").into_response());
    }
    let page = LoginPage::new(&session, None);
    Ok((session.cookie(&state)?, page).into_response())
}

pub(crate) async fn log_in(
    State(state): State<AppState>,
    LoginForm(form): LoginForm,
) -> Result<Response, AppError> {
    let tried = door(&state)?.try_password(form.text("password"), state.now());
    let page = |problem: String| LoginPage::new(&form.session, Some(problem));
    match tried {
        Tried::Right => {
            tracing::info!(admin.action = "logged in", "somebody logged in as admin");
            let session = Session::new(true, state.now());
            Ok((session.cookie(&state)?, Redirect::to("/admin/orders")).into_response())
        }
        Tried::Wrong => {
            tracing::warn!(
                admin.action = "refused",
                "a wrong admin password was entered"
            );
            let problem = "This is not the password".to_owned();
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page(problem)).into_response())
        }
        Tried::TooOften { wait_seconds } => {
            tracing::warn!(
                admin.action = "refused",
                "admin passwords are tried too often"
            );
            let problem = format!(
                "Too many wrong passwords, so this one was not looked at. Try again in {wait_seconds} seconds."
            );
            let wait = [(RETRY_AFTER, wait_seconds.to_string())];
            Ok((StatusCode::TOO_MANY_REQUESTS, wait, page(problem)).into_response())
        }
    }
}

pub(crate) async fn log_out(
    State(state): State<AppState>,
    form: AdminForm,
) -> Result<(SignedCookieJar, Redirect), AppError> {
    drop(form);
    tracing::info!(admin.action = "logged out", "an admin logged out");
    // A session that is not logged in takes the other's place.
    let session = Session::new(false, state.now());
    Ok((session.cookie(&state)?, Redirect::to("/admin/login")))
}
