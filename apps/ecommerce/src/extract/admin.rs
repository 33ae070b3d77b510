//! Who may see and do what on the admin pages.
//!
//! A session is a signed cookie and nothing else: when it ends, and a token that every form has to
//! carry. Signed cookies cannot be taken back one by one; changing the password ends them all.

use astra_db::Timestamp;
use axum::Form;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::SignedCookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use subtle::ConstantTimeEq as _;

use crate::admin::{Admin, SESSION};
use crate::domain::moment::after;
use crate::error::{AppError, Missing};
use crate::signing::token;
use crate::state::AppState;

/// The name of the field every form carries its token in.
const TOKEN_FIELD: &str = "token";

/// What the cookie is called. `__Host-` would want it sent with every request, this one only that
/// it was set over https.
fn cookie_name(state: &AppState) -> &'static str {
    if state.is_https() {
        "__Secure-admin"
    } else {
        "admin"
    }
}

/// A browser at the door: logged in, or with a token for the login form.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) logged_in: bool,
    /// What its forms have to carry.
    pub(crate) token: String,
    ends_at: Timestamp,
}

impl Session {
    /// A new one. Logging in always makes a new one, so that a token seen before is worth nothing
    /// after.
    pub(crate) fn new(logged_in: bool, now: Timestamp) -> Self {
        Self {
            logged_in,
            token: token(),
            ends_at: after(now, SESSION),
        }
    }

    /// The session this browser has, whether or not it is logged in.
    fn of(parts: &Parts, state: &AppState) -> Result<Option<Self>, AppError> {
        let cookies = SignedCookieJar::from_headers(&parts.headers, door(state)?.key());
        let session = cookies
            .get(cookie_name(state))
            .and_then(|cookie| Self::read(cookie.value()));
        Ok(session.filter(|session| session.ends_at > state.now()))
    }

    /// The cookie that makes it this browser's: for the admin pages only, and for no request that
    /// comes from another site.
    pub(crate) fn cookie(&self, state: &AppState) -> Result<SignedCookieJar, AppError> {
        let kind = if self.logged_in { "in" } else { "out" };
        let value = format!("{kind}.{}.{}", self.ends_at.as_millis(), self.token);
        let seconds = i64::try_from(SESSION.as_secs()).unwrap_or(i64::MAX);
        let cookie = Cookie::build((cookie_name(state), value))
            .path("/admin")
            .http_only(true)
            .same_site(SameSite::Strict)
            .secure(state.is_https())
            .max_age(time::Duration::seconds(seconds));
        Ok(SignedCookieJar::new(door(state)?.key()).add(cookie))
    }

    /// Whether a form that carries this was made for this session.
    fn made(&self, token: &str) -> bool {
        self.token.as_bytes().ct_eq(token.as_bytes()).into()
    }

    fn read(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '.');
        let logged_in = match parts.next()? {
            "in" => true,
            "out" => false,
            _ => return None,
        };
        Some(Self {
            logged_in,
            ends_at: Timestamp::from_millis(parts.next()?.parse().ok()?),
            token: parts.next()?.to_owned(),
        })
    }
}

/// The door, or a page that is not there for a shop without one.
pub(crate) fn door(state: &AppState) -> Result<&Admin, AppError> {
    let door = state.admin.as_deref();
    door.ok_or(AppError::NotFound(Missing::Page))
}

/// Somebody who is logged in. Everybody else is sent to the door.
#[derive(Debug, Clone)]
pub(crate) struct LoggedIn(pub(crate) Session);

impl FromRequestParts<AppState> for LoggedIn {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
        match Session::of(parts, state) {
            Ok(Some(session)) if session.logged_in => Ok(Self(session)),
            Ok(_) => Err(Redirect::to("/admin/login").into_response()),
            Err(error) => Err(error.into_response()),
        }
    }
}

/// A form sent by a page of this very session, field by field.
#[derive(Debug)]
pub(crate) struct AdminForm {
    pub(crate) session: Session,
    fields: Vec<(String, String)>,
}

impl AdminForm {
    /// What stands in a field, or that a box is ticked.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        let field = self.fields.iter().find(|(known, _)| known == name);
        field.map(|(_, value)| value.as_str())
    }

    /// What stands in a field; empty when it is not there.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.field(name).unwrap_or_default()
    }

    async fn read(request: Request, session: Session, state: &AppState) -> Result<Self, Response> {
        let fields = Form::<Vec<(String, String)>>::from_request(request, state).await;
        let Form(fields) = fields.map_err(IntoResponse::into_response)?;
        let form = Self { session, fields };
        if form.session.made(form.text(TOKEN_FIELD)) {
            Ok(form)
        } else {
            Err(refused().into_response())
        }
    }
}

impl FromRequest<AppState> for AdminForm {
    type Rejection = Response;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let LoggedIn(session) = LoggedIn::from_request_parts(&mut parts, state).await?;
        Self::read(Request::from_parts(parts, body), session, state).await
    }
}

/// The form at the door. Without the cookie that came with it, the page is shown again.
#[derive(Debug)]
pub(crate) struct LoginForm(pub(crate) AdminForm);

impl FromRequest<AppState> for LoginForm {
    type Rejection = Response;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Response> {
        let (parts, body) = request.into_parts();
        let session = Session::of(&parts, state).map_err(IntoResponse::into_response)?;
        let session = session.ok_or_else(|| Redirect::to("/admin/login").into_response())?;
        let form = AdminForm::read(Request::from_parts(parts, body), session, state).await;
        form.map(Self)
    }
}

/// Whoever stands at the door, with a session to log in from.
#[derive(Debug)]
pub(crate) struct AtTheDoor(pub(crate) Session);

impl FromRequestParts<AppState> for AtTheDoor {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, AppError> {
        let session = Session::of(parts, state)?;
        Ok(Self(
            session.unwrap_or_else(|| Session::new(false, state.now())),
        ))
    }
}

/// The answer to a form that no page of this session made.
fn refused() -> AppError {
    AppError::Forbidden(
        "This form was not made for your session, so nothing was changed. Open the page again.",
    )
}
