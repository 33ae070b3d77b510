//! Browsers: the session is a cookie, and whoever is not signed in is sent to the page for it and back.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use serde::Deserialize;

use super::CurrentUser;
use crate::domain::account::User;
use crate::domain::session::{Session, Token, Visitor};
use crate::error::AppError;
use crate::state::AppState;
use crate::views::link_back;

/// The session that the cookie of a browser names, if it has one.
#[derive(Debug)]
pub(crate) struct BrowserSession(pub(crate) Option<CurrentUser>);

impl BrowserSession {
    /// The cookie of a new session: out of reach for scripts and for the forms of other sites.
    pub(crate) fn cookie(state: &AppState, session: &Session) -> CookieJar {
        let seconds = i64::try_from(state.session_lifetime.as_secs()).unwrap_or(i64::MAX);
        let cookie = Cookie::build((name(state), session.token.expose().to_owned()))
            .path("/")
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(state.is_https())
            .max_age(time::Duration::seconds(seconds));
        CookieJar::new().add(cookie)
    }

    /// Takes the cookie out of the browser.
    pub(crate) fn no_cookie(state: &AppState) -> CookieJar {
        let cookie = Cookie::build((name(state), ""))
            .path("/")
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(state.is_https())
            .max_age(time::Duration::ZERO);
        CookieJar::new().add(cookie)
    }
}

/// With the prefix a browser takes the cookie from this very host over `https` only, so a neighbor below the same domain
/// cannot plant another one.
fn name(state: &AppState) -> &'static str {
    if state.is_https() {
        "__Host-session"
    } else {
        "session"
    }
}

impl FromRequestParts<AppState> for BrowserSession {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, AppError> {
        let cookies = CookieJar::from_headers(&parts.headers);
        let Some(cookie) = cookies.get(name(state)) else {
            return Ok(Self(None));
        };
        match CurrentUser::of(&Token::sent(cookie.value()), state).await {
            // Everybody may read, and signing in says why it is refused.
            Err(AppError::Blocked) => Ok(Self(None)),
            current => current.map(Self),
        }
    }
}

impl FromRequestParts<AppState> for Visitor {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, AppError> {
        let BrowserSession(current) = BrowserSession::from_request_parts(parts, state).await?;
        let user = current.map(|current| current.user);
        Ok(visitor(user, parts, state))
    }
}

fn visitor(user: Option<User>, parts: &Parts, state: &AppState) -> Visitor {
    Visitor {
        is_moderator: user.as_ref().is_some_and(|user| state.is_moderator(user)),
        user,
        here: here(parts),
    }
}

fn here(parts: &Parts) -> String {
    let path = parts.uri.path_and_query();
    path.map_or("/", |path| path.as_str()).to_owned()
}

/// Somebody who is signed in. Everybody else is sent to the page for it first.
#[derive(Debug)]
pub(crate) struct SignedIn {
    pub(crate) current: CurrentUser,
    pub(crate) visitor: Visitor,
}

impl FromRequestParts<AppState> for SignedIn {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
        let session = BrowserSession::from_request_parts(parts, state).await;
        let BrowserSession(current) = session.map_err(AppError::into_response)?;
        let Some(current) = current else {
            let next = here(parts);
            let sign_in = ReturnTo { next }.href("/sign-in");
            return Err(Redirect::to(&sign_in).into_response());
        };
        let visitor = visitor(Some(current.user.clone()), parts, state);
        Ok(Self { current, visitor })
    }
}

/// Where somebody wants to go after signing in or out: a page of this app, never one of another site.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ReturnTo {
    next: String,
}

impl ReturnTo {
    /// The path; the list of vehicles where it is not one of this app.
    pub(crate) fn path(&self) -> &str {
        let is_ours = self.next.starts_with('/')
            && !self.next.starts_with("//")
            && !self.next.contains(|it: char| it == '\\' || it.is_control());
        if is_ours { &self.next } else { "/" }
    }

    /// The address of another page that leads there.
    pub(crate) fn href(&self, page: &str) -> String {
        link_back(page, self.path())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_back_never_leads_to_another_site() {
        let path = |next: &str| {
            let next = next.to_owned();
            ReturnTo { next }.path().to_owned()
        };
        assert_eq!(path("/vehicles/1?before=x"), "/vehicles/1?before=x");
        for bad in [
            "",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/\t/evil.example",
            "x",
        ] {
            assert_eq!(path(bad), "/", "{bad}");
        }
    }
}
