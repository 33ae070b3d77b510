//! `/api/sessions`

use astra_db::table::Timestamp;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::users::UserBody;
use crate::domain::account::Password;
use crate::domain::email::Email;
use crate::domain::session::Session;
use crate::error::AppError;
use crate::extract::{ApiJson, Body, CurrentUser, Field};
use crate::state::AppState;
use crate::use_cases::log_in::{self, Credentials};
use shared::field_errors::FieldErrors;
use shared::http::ClientAddress;

/// Somebody who has just logged in.
#[derive(Serialize, ToSchema)]
#[schema(as = Session)]
pub(super) struct SessionBody {
    /// Send it as `Authorization: Bearer …`. It is not shown again.
    #[schema(example = "6lOcNYKNtaFSoqP5JG0xP0kI6Zqg7SM6a4nMtf8xhVs")]
    token: String,
    /// Until when it is good.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
    user: UserBody,
}

impl From<Session> for SessionBody {
    fn from(session: Session) -> Self {
        Self {
            token: session.token.expose().to_owned(),
            expires_at: session.expires_at,
            user: session.user.into(),
        }
    }
}

/// Somebody who wants to log in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Credentials)]
pub(super) struct LogInBody {
    #[serde(default)]
    #[schema(value_type = String, required, example = "dom@fastandfurious.com")]
    email: Field<String>,
    #[serde(default)]
    #[schema(value_type = String, required, format = Password, example = "quarter mile")]
    password: Field<String>,
}

impl Body for LogInBody {
    type Checked = (Email, Password);
    const FIELDS: &'static [&'static str] = &["email", "password"];

    fn check(self, errors: &mut FieldErrors) -> Option<(Email, Password)> {
        let email = self
            .email
            .required("email", errors, |text| Email::entered(&text));
        let password = self
            .password
            .required("password", errors, Password::entered);
        Some((email?, password?))
    }
}

/// Log in
#[utoipa::path(post, path = "/api/sessions",
    operation_id = "logIn", tag = "sessions",
    request_body = LogInBody,
    responses(
        (status = CREATED, description = "A token to send from now on", body = SessionBody),
        (status = BAD_REQUEST, description = "The body cannot be read"),
        (status = UNAUTHORIZED, description = "E-mail address and password do not belong together"),
        (status = UNPROCESSABLE_ENTITY, description = "A field is not valid"),
        (status = TOO_MANY_REQUESTS, description = "Too many attempts",
            headers(("retry-after" = u64, description = "Seconds until the next attempt"))),
    ),
)]
pub(super) async fn log_in(
    State(state): State<AppState>,
    address: ClientAddress,
    ApiJson((email, password)): ApiJson<LogInBody>,
) -> Result<(StatusCode, Json<SessionBody>), AppError> {
    let credentials = Credentials {
        email,
        password,
        address,
    };
    let attempt = state.attempt(&credentials);
    let lifetime = state.session_lifetime;
    let session = log_in::log_in(&state.store, &state.passwords, attempt, lifetime).await?;
    Ok((StatusCode::CREATED, Json(session.into())))
}

/// Log out
#[utoipa::path(delete, path = "/api/sessions/current",
    operation_id = "logOut", tag = "sessions",
    security(("token" = [])),
    responses(
        (status = NO_CONTENT, description = "The token is good for nothing any more"),
        (status = UNAUTHORIZED, description = "Nobody is logged in"),
        (status = FORBIDDEN, description = "A moderator has blocked this account"),
    ),
)]
pub(super) async fn log_out(
    State(state): State<AppState>,
    current: CurrentUser,
) -> Result<StatusCode, AppError> {
    state.store.sessions.delete(&current.token).await?;
    Ok(StatusCode::NO_CONTENT)
}
