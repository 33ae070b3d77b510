//! The pages to sign up, in and out.

use axum::Form;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use shared::field_errors::FieldErrors;
use shared::http::ClientAddress;

use crate::domain::account::{Name, Password, Registration};
use crate::domain::email::Email;
use crate::error::AppError;
use crate::extract::{BrowserSession, ReturnTo};
use crate::state::AppState;
use crate::use_cases::authenticate::authenticate;
use crate::use_cases::log_in::{self, Credentials};
use crate::use_cases::register;
use crate::views::{FormPage, Input};

/// What somebody typed who signs up.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct SignUp {
    email: String,
    first_name: String,
    last_name: String,
    password: String,
    #[serde(flatten)]
    return_to: ReturnTo,
}

impl SignUp {
    fn page(&self) -> FormPage {
        let password = Input::password("password", "Password", "new-password");
        let inputs = vec![
            Input::text("email", "Email address", "email", &self.email),
            Input::text("first_name", "First name", "given-name", &self.first_name),
            Input::text("last_name", "Last name", "family-name", &self.last_name)
                .hint("Reviews show its first letter only."),
            password.hint("At least 8 characters."),
        ];
        let other = ("I have an account", self.return_to.href("/sign-in"));
        FormPage::new("Sign up", "/sign-up", "Create account", inputs)
            .hidden("next", self.return_to.path())
            .links(vec![other])
    }

    fn check(&self) -> Result<Registration, FieldErrors> {
        let mut errors = FieldErrors::default();
        let email = errors.check("email", Email::try_from(self.email.clone()));
        let first_name = errors.check("first_name", Name::try_from(self.first_name.clone()));
        let last_name = errors.check("last_name", Name::try_from(self.last_name.clone()));
        let password = errors.check("password", Password::try_from(self.password.clone()));
        match (email, first_name, last_name, password) {
            (Some(email), Some(first_name), Some(last_name), Some(password)) => Ok(Registration {
                email,
                first_name,
                last_name,
                password,
            }),
            _ => Err(errors),
        }
    }
}

/// `GET /sign-up`
pub(crate) async fn sign_up_form(Query(return_to): Query<ReturnTo>) -> FormPage {
    let empty = SignUp {
        return_to,
        ..SignUp::default()
    };
    empty.page()
}

/// `POST /sign-up`: makes the account, and signs in.
pub(crate) async fn sign_up(
    State(state): State<AppState>,
    address: ClientAddress,
    Form(typed): Form<SignUp>,
) -> Result<Response, AppError> {
    let registration = match typed.check() {
        Ok(registration) => registration,
        Err(errors) => return Ok(refused(typed.page().invalid(&errors))),
    };
    state.rate_limits.register(address, state.now())?;
    let credentials = Credentials {
        email: registration.email.clone(),
        password: registration.password.clone(),
        address,
    };
    match register::register(&state.store, &state.passwords, registration, state.now()).await {
        Err(AppError::EmailTaken) => {
            let taken = "There is an account with this email address. Sign in instead.";
            let errors = FieldErrors::one("email", taken);
            return Ok(refused(typed.page().invalid(&errors)));
        }
        outcome => drop(outcome?),
    }
    begin(&state, &credentials, &typed.return_to).await
}

/// What somebody typed who signs in.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct SignIn {
    email: String,
    password: String,
    #[serde(flatten)]
    return_to: ReturnTo,
}

impl SignIn {
    fn page(&self) -> FormPage {
        let inputs = vec![
            Input::text("email", "Email address", "username", &self.email),
            Input::password("password", "Password", "current-password"),
        ];
        let other = ("Create an account", self.return_to.href("/sign-up"));
        FormPage::new("Sign in", "/sign-in", "Sign in", inputs)
            .hidden("next", self.return_to.path())
            .links(vec![other])
    }

    fn check(&self, address: ClientAddress) -> Result<Credentials, FieldErrors> {
        let mut errors = FieldErrors::default();
        let email = errors.check("email", Email::entered(&self.email));
        let password = errors.check("password", Password::entered(self.password.clone()));
        match (email, password) {
            (Some(email), Some(password)) => Ok(Credentials {
                email,
                password,
                address,
            }),
            _ => Err(errors),
        }
    }
}

/// `GET /sign-in`
pub(crate) async fn sign_in_form(Query(return_to): Query<ReturnTo>) -> FormPage {
    let empty = SignIn {
        return_to,
        ..SignIn::default()
    };
    empty.page()
}

/// `POST /sign-in`
pub(crate) async fn sign_in(
    State(state): State<AppState>,
    address: ClientAddress,
    Form(typed): Form<SignIn>,
) -> Result<Response, AppError> {
    let credentials = match typed.check(address) {
        Ok(credentials) => credentials,
        Err(errors) => return Ok(refused(typed.page().invalid(&errors))),
    };
    match begin(&state, &credentials, &typed.return_to).await {
        Err(AppError::WrongCredentials) => Ok(refused(
            typed.page().problem("Wrong email address or password."),
        )),
        Err(AppError::Blocked) => Ok(refused(
            typed
                .page()
                .problem("A moderator has blocked this account."),
        )),
        outcome => outcome,
    }
}

/// Begins a session in this browser, and leads back.
async fn begin(
    state: &AppState,
    credentials: &Credentials,
    return_to: &ReturnTo,
) -> Result<Response, AppError> {
    let attempt = state.attempt(credentials);
    let lifetime = state.session_lifetime;
    let session = log_in::log_in(&state.store, &state.passwords, attempt, lifetime).await?;
    // Says so if the account is blocked.
    authenticate(&state.store, &session.token, state.now()).await?;
    let cookie = BrowserSession::cookie(state, &session);
    Ok((cookie, Redirect::to(return_to.path())).into_response())
}

/// `POST /sign-out`
pub(crate) async fn sign_out(
    State(state): State<AppState>,
    BrowserSession(current): BrowserSession,
    Form(return_to): Form<ReturnTo>,
) -> Result<Response, AppError> {
    if let Some(current) = current {
        state.store.sessions.delete(&current.token).await?;
    }
    let cookie = BrowserSession::no_cookie(&state);
    Ok((cookie, Redirect::to(return_to.path())).into_response())
}

/// A form that was not accepted, with what is wrong in it.
pub(crate) fn refused(page: impl IntoResponse) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
}
