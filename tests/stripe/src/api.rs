//! Stripe's API: who may call, how often, and what answers which path.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Json, routing::any};
use serde_json::Value;

use crate::account::{Account, SECRET_KEY};
use crate::answer::expanded;
use crate::idempotency::Known;
use crate::params::Params;
use crate::refusal::Refusal;
use crate::trouble::{Seen, Trouble};
use crate::{disputes, events, opening, payments, sessions};

const VERSION: &str = "stripe-version";
const IDEMPOTENCY_KEY: &str = "idempotency-key";

pub(crate) fn routes() -> Router<Arc<Account>> {
    Router::new().route("/v1/{*path}", any(call))
}

async fn call(State(account): State<Arc<Account>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap();
    take_note(&account, &parts, &body);
    if let Some(mirror) = &account.mirror {
        mirror.put(&account.http, &parts, &body).await;
    }
    let trouble = account.trouble_with(parts.uri.path());
    if let Some(Trouble::Slow(duration)) = trouble {
        tokio::time::sleep(duration).await;
    }
    let response = allowed(&account, &parts, &body, trouble)
        .await
        .unwrap_or_else(IntoResponse::into_response);
    match trouble {
        Some(Trouble::AnswerLost) => broken_off(),
        _ => with_headers(response, &parts.headers),
    }
}

/// Key, version and idempotency, then the request itself.
async fn allowed(
    account: &Account,
    parts: &Parts,
    body: &Bytes,
    trouble: Option<Trouble>,
) -> Result<Response, Refusal> {
    authorize(&parts.headers)?;
    require_version(&parts.headers)?;
    let key = header(&parts.headers, IDEMPOTENCY_KEY).filter(|_| parts.method == Method::POST);
    if let Some(key) = key
        && let Known::Answered(status, body) =
            account.idempotency.begin(key, parts.uri.path(), body)?
    {
        if let Some(Trouble::Refused(status)) = trouble {
            // What stands in front of the API knows no keys.
            return Err(out_of_order(status));
        }
        let replayed = [
            ("idempotent-replayed", "true"),
            ("content-type", "application/json"),
        ];
        return Ok((status, replayed, body).into_response());
    }
    let answer = match trouble {
        Some(Trouble::Refused(status)) => Err(out_of_order(status)),
        Some(Trouble::RefusedParameter(param)) => {
            let message = format!("Invalid {param}");
            Err(Refusal::parameter("parameter_invalid", message, param))
        }
        Some(Trouble::DoneAndFailed(status)) => {
            drop(self::answer(account, parts, body).await?);
            Err(out_of_order(status))
        }
        _ => self::answer(account, parts, body).await,
    };
    let response = answer.map_or_else(IntoResponse::into_response, |json| {
        Json(json).into_response()
    });
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    if let Some(key) = key {
        account.idempotency.end(key, parts.status, &body);
    }
    Ok(Response::from_parts(parts, Body::from(body)))
}

async fn answer(account: &Account, parts: &Parts, body: &Bytes) -> Result<Value, Refusal> {
    let path = parts.uri.path().strip_prefix("/v1/").unwrap_or_default();
    let segments: Vec<&str> = path.split('/').collect();
    let read = |known: &[&str]| match parts.method {
        Method::POST => form(&parts.headers, body, known),
        _ => Params::read(parts.uri.query().unwrap_or_default().as_bytes(), known),
    };
    match (parts.method.as_str(), &segments[..]) {
        ("POST", ["checkout", "sessions"]) => opening::create(account, &read(opening::KNOWN)?),
        ("GET", ["checkout", "sessions"]) => {
            sessions::list(account, &read(sessions::LISTED)?).await
        }
        ("GET", ["checkout", "sessions", id]) => {
            sessions::expire_when_over(account, id).await;
            get(account, "checkout.session", id, &read(&["expand[]"])?)
        }
        ("POST", ["checkout", "sessions", id, "expire"]) => {
            sessions::expire(account, id, &read(&["expand[]"])?).await
        }
        ("GET", ["payment_intents", id]) => {
            get(account, "payment_intent", id, &read(&["expand[]"])?)
        }
        ("GET", ["payment_methods", id]) => {
            get(account, "payment_method", id, &read(&["expand[]"])?)
        }
        ("GET", ["charges", id]) => get(account, "charge", id, &read(&["expand[]"])?),
        ("POST", ["refunds"]) => payments::refund(account, &read(payments::REFUND)?).await,
        ("GET", ["refunds"]) => payments::refunds(account, &read(payments::REFUNDS)?),
        ("GET", ["refunds", id]) => get(account, "refund", id, &read(&["expand[]"])?),
        ("GET", ["disputes"]) => disputes::list(account, &read(disputes::DISPUTES)?),
        ("GET", ["events"]) => events::list(account, &read(events::LISTED)?),
        (method, _) => Err(Refusal {
            status: StatusCode::NOT_FOUND,
            ..Refusal::invalid(format!("Unrecognized request URL ({method}: /v1/{path})."))
        }),
    }
}

fn get(account: &Account, kind: &str, id: &str, params: &Params) -> Result<Value, Refusal> {
    let books = account.books();
    let object = books.get(kind, id)?.clone();
    expanded(&books, object, params)
}

fn form(headers: &HeaderMap, body: &Bytes, known: &[&str]) -> Result<Params, Refusal> {
    let media_type = header(headers, CONTENT_TYPE.as_str()).unwrap_or_default();
    if !body.is_empty() && media_type != "application/x-www-form-urlencoded" {
        return Err(Refusal::invalid(format!(
            "Unsupported content type {media_type:?}."
        )));
    }
    Params::read(body, known)
}

fn authorize(headers: &HeaderMap) -> Result<(), Refusal> {
    match header(headers, AUTHORIZATION.as_str()).and_then(|value| value.strip_prefix("Bearer ")) {
        Some(SECRET_KEY) => Ok(()),
        Some(_) => Err(Refusal::unauthorized("Invalid API Key provided: sk_****")),
        None => Err(Refusal::unauthorized("You did not provide an API key.")),
    }
}

/// Stripe takes the account's version where none is named, which changes under a program's feet.
fn require_version(headers: &HeaderMap) -> Result<(), Refusal> {
    let version = header(headers, VERSION).unwrap_or_default();
    let is_date = version.len() >= 10
        && version
            .bytes()
            .take(10)
            .enumerate()
            .all(|(position, byte)| match position {
                4 | 7 => byte == b'-',
                _ => byte.is_ascii_digit(),
            });
    if is_date {
        return Ok(());
    }
    Err(Refusal::invalid(format!(
        "Invalid Stripe API version: {version:?}"
    )))
}

fn take_note(account: &Account, parts: &Parts, body: &Bytes) {
    let header = |name| header(&parts.headers, name).map(str::to_owned);
    account.seen.lock().unwrap().push(Seen {
        method: parts.method.clone(),
        path: parts.uri.to_string(),
        body: String::from_utf8_lossy(body).into_owned(),
        version: header(VERSION),
        idempotency_key: header(IDEMPOTENCY_KEY),
    });
}

impl Account {
    /// The trouble waiting for this path, which is then over.
    fn trouble_with(&self, path: &str) -> Option<Trouble> {
        let mut troubles = self.troubles.lock().unwrap();
        let waiting = troubles
            .iter()
            .position(|(part, _)| path.contains(part.as_str()))?;
        Some(troubles.remove(waiting).1)
    }
}

fn out_of_order(status: u16) -> Refusal {
    Refusal {
        status: StatusCode::from_u16(status).unwrap(),
        kind: "api_error",
        ..Refusal::invalid("Something went wrong on Stripe's end.")
    }
}

/// An answer that ends before its first byte.
fn broken_off() -> Response {
    let cut = std::io::Error::other("cut off by the test");
    let stream = futures_util::stream::iter([Err::<Bytes, _>(cut)]);
    Response::new(Body::from_stream(stream))
}

fn with_headers(mut response: Response, request: &HeaderMap) -> Response {
    let headers = response.headers_mut();
    let id = format!("req_{:014x}", fastrand::u64(..) >> 8);
    headers.insert("request-id", id.parse().unwrap());
    for name in [VERSION, IDEMPOTENCY_KEY] {
        if let Some(value) = request.get(name) {
            headers.insert(name, HeaderValue::clone(value));
        }
    }
    response
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}
