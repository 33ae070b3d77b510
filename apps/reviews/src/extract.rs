//! What handlers are given: bodies and queries that were checked, and who sends them.

mod browser;

use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use indexmap::IndexMap;
use serde::de::DeserializeOwned;
use serde::de::value::MapDeserializer;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use shared::field_errors::FieldErrors;
use shared::http::Problem;
use shared::http::extract::{json_body, not_json};

pub(crate) use self::browser::{BrowserSession, ReturnTo, SignedIn};
use crate::domain::account::User;
use crate::domain::session::{Token, TokenHash};
use crate::error::AppError;
use crate::state::AppState;
use crate::use_cases::authenticate::authenticate;

/// Who is logged in, and by which token.
#[derive(Debug)]
pub(crate) struct CurrentUser {
    pub(crate) user: User,
    pub(crate) token: TokenHash,
}

impl FromRequestParts<AppState> for CurrentUser {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, AppError> {
        let token = bearer(&parts.headers).ok_or(AppError::NotLoggedIn)?;
        let current = Self::of(&token, state).await?;
        current.ok_or(AppError::NotLoggedIn)
    }
}

impl CurrentUser {
    /// The user whose session this is the token of.
    async fn of(token: &Token, state: &AppState) -> Result<Option<Self>, AppError> {
        let user = authenticate(&state.store, token, state.now()).await?;
        let token = token.hash();
        Ok(user.map(|user| Self { user, token }))
    }
}

fn bearer(headers: &HeaderMap) -> Option<Token> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| Token::sent(token.trim()))
}

/// A user who may hide reviews and block accounts.
#[derive(Debug)]
pub(crate) struct Moderator(pub(crate) User);

impl Moderator {
    /// The user, if they may.
    pub(crate) fn of(user: User, state: &AppState) -> Result<Self, AppError> {
        if state.is_moderator(&user) {
            Ok(Self(user))
        } else {
            Err(AppError::Forbidden("Only moderators can do this."))
        }
    }
}

impl FromRequestParts<AppState> for Moderator {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, AppError> {
        let current = CurrentUser::from_request_parts(parts, state).await?;
        Self::of(current.user, state)
    }
}

/// What comes after the `?`. What is wrong with it is said by field.
#[derive(Debug)]
pub(crate) struct ApiQuery<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for ApiQuery<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let query = Query::from_request_parts(parts, state).await;
        query.map(|Query(query)| Self(query)).map_err(|error| {
            let sentence: String = error.body_text().chars().take(300).collect();
            FieldErrors::one("query", sentence).into()
        })
    }
}

/// A body whose fields are checked together, so that everything wrong with it is said at once.
pub(crate) trait Body: DeserializeOwned {
    /// What a body that is right becomes.
    type Checked;

    /// The names of the fields. Others are refused.
    const FIELDS: &'static [&'static str];

    /// Notes what is wrong. There is a value if nothing is.
    fn check(self, errors: &mut FieldErrors) -> Option<Self::Checked>;
}

/// A field of a [`Body`], of which it is not known yet whether it is right.
#[derive(Debug, Default)]
pub(crate) enum Field<T> {
    /// It is not there, or `null`.
    #[default]
    Missing,
    /// It is something else.
    OfAnotherKind,
    /// It is there.
    Given(T),
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Field<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        Ok(match serde_json::from_str(raw.get()) {
            Ok(Some(value)) => Self::Given(value),
            Ok(None) => Self::Missing,
            Err(_) => Self::OfAnotherKind,
        })
    }
}

/// What a field of this type is called when it is something else.
pub(crate) trait Kind {
    /// A sentence that says what to send instead.
    const EXPECTED: &'static str;
}

impl Kind for String {
    const EXPECTED: &'static str = "Send text, in quotes";
}

impl Kind for i64 {
    const EXPECTED: &'static str = "Send a whole number, without quotes";
}

impl<T: Kind> Field<T> {
    /// The field, which has to be there.
    pub(crate) fn required<U>(
        self,
        name: &str,
        errors: &mut FieldErrors,
        read: impl FnOnce(T) -> Result<U, &'static str>,
    ) -> Option<U> {
        if let Self::Missing = self {
            errors.add(name, format!("{name} is missing"));
        }
        self.optional(name, errors, read)
    }

    /// The field, if it is there and right.
    pub(crate) fn optional<U>(
        self,
        name: &str,
        errors: &mut FieldErrors,
        read: impl FnOnce(T) -> Result<U, &'static str>,
    ) -> Option<U> {
        match self {
            Self::Missing => None,
            Self::OfAnotherKind => errors.check(name, Err(T::EXPECTED)),
            Self::Given(value) => errors.check(name, read(value)),
        }
    }
}

/// What a JSON body says, once all of its fields are right.
#[derive(Debug)]
pub(crate) struct ApiJson<B: Body>(pub(crate) B::Checked);

impl<B: Body, S: Send + Sync> FromRequest<S> for ApiJson<B> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let body = json_body(request, state).await?;
        check::<B>(&body).map(Self)
    }
}

/// How many fields that do not exist are named, and how much of their names: an answer is not much longer than its
/// question.
const MOST_UNKNOWN: usize = 10;
const LONGEST_NAME: usize = 100;

/// Fields are kept as their text until it is known what each has to be: what is nested in them, however deep, is never
/// built.
fn check<B: Body>(body: &[u8]) -> Result<B::Checked, Problem> {
    let json: &RawValue = serde_json::from_slice(body).map_err(|error| not_json(&error))?;
    let mut fields: IndexMap<String, &RawValue> = serde_json::from_str(json.get())
        .map_err(|_| FieldErrors::one("body", "Send a JSON object"))?;
    let mut errors = FieldErrors::default();
    let mut left = MOST_UNKNOWN;
    fields.retain(|name, _| {
        let is_known = B::FIELDS.contains(&name.as_str());
        if !is_known && left > 0 {
            left -= 1;
            let name: String = name.chars().take(LONGEST_NAME).collect();
            errors.add(&name, format!("There is no field {name:?} here"));
        }
        is_known
    });
    let body = B::deserialize(MapDeserializer::new(fields.into_iter()))
        .map_err(|error| FieldErrors::one("body", error.to_string()))?;
    match body.check(&mut errors) {
        Some(checked) if errors.is_empty() => Ok(checked),
        _ => Err(errors.into()),
    }
}
