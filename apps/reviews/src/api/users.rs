//! `/api/users`

use astra_db::table::Timestamp;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::page::PageQuery;
use super::reviews::ReviewList;
use crate::domain::account::{Name, Password, Registration, User};
use crate::domain::email::Email;
use crate::domain::id::UserId;
use crate::error::AppError;
use crate::extract::{ApiJson, ApiQuery, Body, CurrentUser, Field};
use crate::state::AppState;
use crate::use_cases::log_in::Credentials;
use crate::use_cases::{manage_account, register};
use shared::field_errors::FieldErrors;
use shared::http::ClientAddress;

/// Somebody with an account.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = User)]
pub(super) struct UserBody {
    id: UserId,
    #[schema(example = "dom@fastandfurious.com")]
    email: String,
    #[schema(example = "Dominic")]
    first_name: String,
    #[schema(example = "Toretto")]
    last_name: String,
    /// The name shown with their reviews.
    #[schema(example = "Dominic T.")]
    display_name: String,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

impl From<User> for UserBody {
    fn from(user: User) -> Self {
        Self {
            id: user.id,
            display_name: user.display_name(),
            email: user.email.as_str().to_owned(),
            first_name: user.first_name,
            last_name: user.last_name,
            created_at: user.created_at,
        }
    }
}

/// Somebody who wants an account.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewUser)]
pub(super) struct RegisterBody {
    /// In any case; there is one account for an address.
    #[serde(default)]
    #[schema(value_type = String, required, example = "dom@fastandfurious.com", max_length = 254)]
    email: Field<String>,
    #[serde(default)]
    #[schema(value_type = String, required, example = "Dominic", min_length = 1, max_length = 100)]
    first_name: Field<String>,
    #[serde(default)]
    #[schema(value_type = String, required, example = "Toretto", min_length = 1, max_length = 100)]
    last_name: Field<String>,
    /// At least 8 characters, at most 200.
    #[serde(default)]
    #[schema(value_type = String, required, format = Password, example = "quarter mile", min_length = 8, max_length = 200)]
    password: Field<String>,
}

impl Body for RegisterBody {
    type Checked = Registration;
    const FIELDS: &'static [&'static str] = &["email", "first_name", "last_name", "password"];

    fn check(self, errors: &mut FieldErrors) -> Option<Registration> {
        let email = self.email.required("email", errors, Email::try_from);
        let first_name = self
            .first_name
            .required("first_name", errors, Name::try_from);
        let last_name = self.last_name.required("last_name", errors, Name::try_from);
        let password = self
            .password
            .required("password", errors, Password::try_from);
        Some(Registration {
            email: email?,
            first_name: first_name?,
            last_name: last_name?,
            password: password?,
        })
    }
}

/// Register
#[utoipa::path(post, path = "/api/users",
    operation_id = "register", tag = "users",
    request_body = RegisterBody,
    responses(
        (status = CREATED, description = "The account; log in to write", body = UserBody),
        (status = BAD_REQUEST, description = "The body cannot be read"),
        (status = CONFLICT, description = "The e-mail address has an account"),
        (status = UNPROCESSABLE_ENTITY, description = "A field is not valid"),
        (status = TOO_MANY_REQUESTS, description = "Too many registrations from one address",
            headers(("retry-after" = u64, description = "Seconds until the next attempt"))),
    ),
)]
pub(super) async fn register(
    State(state): State<AppState>,
    address: ClientAddress,
    ApiJson(registration): ApiJson<RegisterBody>,
) -> Result<(StatusCode, Json<UserBody>), AppError> {
    state.rate_limits.register(address, state.now())?;
    let user =
        register::register(&state.store, &state.passwords, registration, state.now()).await?;
    Ok((StatusCode::CREATED, Json(user.into())))
}

/// Who am I?
#[utoipa::path(get, path = "/api/users/me",
    operation_id = "whoAmI", tag = "users",
    security(("token" = [])),
    responses(
        (status = OK, description = "Who is logged in", body = UserBody),
        (status = UNAUTHORIZED, description = "Nobody is logged in"),
        (status = FORBIDDEN, description = "A moderator has blocked this account"),
    ),
)]
pub(super) async fn show(current: CurrentUser) -> Json<UserBody> {
    Json(current.user.into())
}

/// A password that shall replace the present one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewPassword)]
pub(super) struct NewPasswordBody {
    #[serde(default)]
    #[schema(value_type = String, required, format = Password, example = "quarter mile")]
    current_password: Field<String>,
    /// At least 8 characters, at most 200.
    #[serde(default)]
    #[schema(value_type = String, required, format = Password, example = "half a mile", min_length = 8, max_length = 200)]
    new_password: Field<String>,
}

impl Body for NewPasswordBody {
    type Checked = (Password, Password);
    const FIELDS: &'static [&'static str] = &["current_password", "new_password"];

    fn check(self, errors: &mut FieldErrors) -> Option<(Password, Password)> {
        let current = self.current_password;
        let current = current.required("current_password", errors, Password::entered);
        let new = self.new_password;
        let new = new.required("new_password", errors, Password::try_from);
        Some((current?, new?))
    }
}

/// The password of whoever deletes their account.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Confirmation)]
pub(super) struct ConfirmationBody {
    #[serde(default)]
    #[schema(value_type = String, required, format = Password, example = "quarter mile")]
    password: Field<String>,
}

impl Body for ConfirmationBody {
    type Checked = Password;
    const FIELDS: &'static [&'static str] = &["password"];

    fn check(self, errors: &mut FieldErrors) -> Option<Password> {
        self.password
            .required("password", errors, Password::entered)
    }
}

/// Change my password
///
/// All other sessions end.
#[utoipa::path(put, path = "/api/users/me/password",
    operation_id = "changePassword", tag = "users",
    security(("token" = [])),
    request_body = NewPasswordBody,
    responses(
        (status = NO_CONTENT, description = "The new password holds, and all other sessions have ended"),
        (status = BAD_REQUEST, description = "The body cannot be read"),
        (status = UNAUTHORIZED, description = "Nobody is logged in"),
        (status = FORBIDDEN, description = "A moderator has blocked this account"),
        (status = UNPROCESSABLE_ENTITY, description = "A field is not valid, or the present password is wrong"),
        (status = TOO_MANY_REQUESTS, description = "Too many attempts",
            headers(("retry-after" = u64, description = "Seconds until the next attempt"))),
    ),
)]
pub(super) async fn change_password(
    State(state): State<AppState>,
    address: ClientAddress,
    current: CurrentUser,
    ApiJson((password, new)): ApiJson<NewPasswordBody>,
) -> Result<StatusCode, AppError> {
    let credentials = Credentials::of(&current.user, password, address);
    let (who, attempt) = ((&current.user, &current.token), state.attempt(&credentials));
    manage_account::change_password(&state.store, &state.passwords, who, attempt, &new)
        .await
        .map_err(|error| error.of_field("current_password"))?;
    Ok(StatusCode::NO_CONTENT)
}

/// Delete my account and my reviews
#[utoipa::path(post, path = "/api/users/me/deletion",
    operation_id = "deleteAccount", tag = "users",
    security(("token" = [])),
    request_body = ConfirmationBody,
    responses(
        (status = NO_CONTENT, description = "The account, its reviews and its sessions are deleted"),
        (status = BAD_REQUEST, description = "The body cannot be read"),
        (status = UNAUTHORIZED, description = "Nobody is logged in"),
        (status = FORBIDDEN, description = "A moderator has blocked this account"),
        (status = UNPROCESSABLE_ENTITY, description = "The password is missing or wrong"),
        (status = TOO_MANY_REQUESTS, description = "Too many attempts",
            headers(("retry-after" = u64, description = "Seconds until the next attempt"))),
    ),
)]
pub(super) async fn delete(
    State(state): State<AppState>,
    address: ClientAddress,
    CurrentUser { user, .. }: CurrentUser,
    ApiJson(password): ApiJson<ConfirmationBody>,
) -> Result<StatusCode, AppError> {
    state.require_no_moderator(&user)?;
    let credentials = Credentials::of(&user, password, address);
    let attempt = state.attempt(&credentials);
    manage_account::delete(&state.store, &state.passwords, &user, attempt)
        .await
        .map_err(|error| error.of_field("password"))?;
    Ok(StatusCode::NO_CONTENT)
}

/// List my reviews, newest first
#[utoipa::path(get, path = "/api/users/me/reviews",
    operation_id = "listMyReviews", tag = "users",
    security(("token" = [])),
    params(PageQuery),
    responses(
        (status = OK, description = "One page of the reviews of whoever is logged in", body = ReviewList),
        (status = UNAUTHORIZED, description = "Nobody is logged in"),
        (status = FORBIDDEN, description = "A moderator has blocked this account"),
        (status = UNPROCESSABLE_ENTITY, description = "limit or cursor is not valid"),
    ),
)]
pub(super) async fn reviews(
    State(state): State<AppState>,
    current: CurrentUser,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> Result<Json<ReviewList>, AppError> {
    let (after, limit) = query.check()?;
    let page = state
        .store
        .reviews
        .of_user(current.user.id, after, limit)
        .await?;
    Ok(Json(page.into()))
}
