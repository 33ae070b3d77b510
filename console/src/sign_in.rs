//! Signing in and out.

use askama::Template;
use askama_web::WebTemplate;
use astra_db::Timestamp;
use axum::extract::{DefaultBodyLimit, Query, State};
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use axum_extra::extract::CookieJar;
use serde::Deserialize;
use shared::rate_limit::retry_after;

use super::access::Refused;
use super::address;
use super::frame::{Frame, Section};
use super::state::Console;

const PATH: &str = "/console/sign-in";

/// Strangers may send no more than a name and a password.
const FORM_LIMIT: usize = 16 * 1024;

pub(super) fn routes() -> Router<Console> {
    Router::new()
        .route(PATH, get(form).post(sign_in))
        .route("/console/sign-out", post(sign_out))
        .layer(DefaultBodyLimit::max(FORM_LIMIT))
}

/// Where to sign in, to be led to `there` afterwards.
pub(super) fn address(there: &str) -> String {
    let there = if there == address::HOME { "" } else { there };
    address::with_query(PATH, &[("next", there)])
}

#[derive(Deserialize)]
struct NextQuery {
    #[serde(default)]
    next: String,
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct SignInForm {
    username: String,
    password: String,
    next: String,
}

#[derive(Debug, Template, WebTemplate)]
#[template(path = "sign_in.html")]
struct SignInPage {
    frame: Frame,
    next: String,
    username: String,
    problem: Option<String>,
}

async fn form(State(console): State<Console>, Query(query): Query<NextQuery>) -> Response {
    if !console.access.asks() {
        return Redirect::to(address::HOME).into_response();
    }
    page(query.next, String::new(), None).into_response()
}

async fn sign_in(State(console): State<Console>, Form(form): Form<SignInForm>) -> Response {
    let Some(door) = console.access.door() else {
        return Redirect::to(address::HOME).into_response();
    };
    let now_ms = Timestamp::now().as_millis();
    match door.open(&form.username, &form.password, now_ms) {
        Ok(cookie) => {
            let there = Redirect::to(own(&form.next));
            (CookieJar::new().add(cookie), there).into_response()
        }
        Err(Refused::Wrong) => {
            let problem = "This is not the username and password the server was started with.";
            let page = page(form.next, form.username, Some(problem.to_owned()));
            (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
        }
        Err(Refused::TooOften { wait }) => {
            let seconds = retry_after(wait);
            let problem = format!(
                "Too many wrong passwords, so this one was not looked at. Try again in {seconds} seconds."
            );
            let page = page(form.next, form.username, Some(problem));
            let wait = [(RETRY_AFTER, seconds.to_string())];
            (StatusCode::TOO_MANY_REQUESTS, wait, page).into_response()
        }
    }
}

async fn sign_out(State(console): State<Console>, cookies: CookieJar) -> Response {
    let there = Redirect::to(PATH);
    match console.access.door() {
        Some(door) => (CookieJar::new().add(door.close(&cookies)), there).into_response(),
        None => there.into_response(),
    }
}

fn page(next: String, username: String, problem: Option<String>) -> SignInPage {
    SignInPage {
        frame: Frame::bare(Section::Door, "Sign in"),
        next,
        username,
        problem,
    }
}

/// A page of the console; whatever else a link asked for leads to the overview.
fn own(next: &str) -> &str {
    if next.starts_with("/console/") {
        next
    } else {
        address::HOME
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signing_in_leads_to_pages_of_the_console_only() {
        assert_eq!(own("/console/commands?x=1"), "/console/commands?x=1");
        for elsewhere in [
            "",
            "/",
            "//evil.example/console/",
            "https://evil.example",
            "/v1",
            "console/",
        ] {
            assert_eq!(own(elsewhere), "/", "{elsewhere}");
        }
    }
}
