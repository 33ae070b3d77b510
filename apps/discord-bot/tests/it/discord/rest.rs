//! The routes of the REST API that a bot uses, each checked as Discord checks it.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State as Shared;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::trouble::Meeting;
use super::{APPLICATION_ID, State, TOKEN, answers, commands, openapi};

/// "Unknown webhook": there is no interaction with this token, or it has no first answer yet.
pub(crate) const NOT_YET: u32 = 10015;

/// The way back was interrupted.
const LOST: &str = "Bad Gateway";

/// An answer, or the error that Discord gives instead.
pub(crate) type Outcome = Result<(StatusCode, Value), Refusal>;

/// Discord's errors: status, code, message.
#[derive(Debug)]
pub(crate) struct Refusal(pub(crate) u16, pub(crate) u32, pub(crate) String);

pub(crate) fn routes(state: Arc<State>) -> Router {
    Router::new().fallback(answer).with_state(state)
}

async fn answer(
    Shared(state): Shared<Arc<State>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let path = uri.path().to_owned();
    state
        .requests
        .lock()
        .unwrap()
        .push(format!("{method} {path}"));
    let meeting = state.troubles.lock().unwrap().meet(&path);
    let outcome = match meeting {
        Meeting::Nothing => route(&state, &method, &uri, &headers, &body),
        Meeting::Refused(response) => {
            state.changed.send_replace(());
            return response;
        }
        Meeting::Impatient => {
            state.complain(format!(
                "{path}: asked again before the rate limit was over"
            ));
            route(&state, &method, &uri, &headers, &body)
        }
        Meeting::AnswerIsLost => {
            let outcome = route(&state, &method, &uri, &headers, &body);
            outcome.and(Err(Refusal(502, 0, LOST.to_owned())))
        }
    };
    state.changed.send_replace(());
    let mut response = match outcome {
        Ok((StatusCode::NO_CONTENT, _)) => StatusCode::NO_CONTENT.into_response(),
        Ok((status, value)) => (status, axum::Json(value)).into_response(),
        Err(Refusal(status, code, message)) => {
            // A bot cannot know when Discord has read its answer: it may come too early, and again.
            if code != NOT_YET && message != LOST {
                state.complain(format!("{method} {path}: {status} {code} {message}"));
            }
            let body = json!({ "message": message, "code": code });
            (StatusCode::from_u16(status).unwrap(), axum::Json(body)).into_response()
        }
    };
    for (name, value) in [
        ("x-ratelimit-limit", "5"),
        ("x-ratelimit-remaining", "4"),
        ("x-ratelimit-reset", "4102444800.000"),
        ("x-ratelimit-reset-after", "1.000"),
        ("x-ratelimit-bucket", "abcd1234"),
    ] {
        response.headers_mut().insert(name, value.parse().unwrap());
    }
    response
}

fn route(state: &State, method: &Method, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Outcome {
    let Some(path) = uri.path().strip_prefix("/api/v10/") else {
        return Err(not_found());
    };
    let segments: Vec<&str> = path.split('/').collect();
    check_headers(state, &segments, headers)?;
    let body = read_body(headers, body)?;
    if let (Some(template), Some(body)) = (template(&segments), &body)
        && let Err(error) = openapi::check(method.as_str(), template, body)
    {
        let problem = format!("not as Discord's OpenAPI says: {error}; body: {body}");
        return Err(invalid(problem));
    }
    match (method.as_str(), &segments[..]) {
        ("GET", ["gateway"]) => Ok(ok(json!({ "url": state.gateway.url() }))),
        ("GET", ["gateway", "bot"]) => Ok(ok(json!({
            "url": state.gateway.url(),
            "shards": state.options.shards,
            "session_start_limit": { "total": 1000, "remaining": 999, "reset_after": 14_400_000, "max_concurrency": 1 },
        }))),
        (_, ["applications", id, "commands"]) => {
            application(id)?;
            commands::answer(state, method, None, body)
        }
        (_, ["applications", id, "guilds", guild, "commands"]) => {
            application(id)?;
            let guild = guild
                .parse()
                .map_err(|_| invalid("guild_id is no snowflake"))?;
            commands::answer(state, method, Some(guild), body)
        }
        ("POST", ["interactions", id, token, "callback"]) => {
            let id = id.parse().map_err(|_| unknown_interaction())?;
            answers::callback(state, id, token, body)
        }
        (_, ["webhooks", id, token, rest @ ..]) => {
            application(id)?;
            answers::webhook(state, method, token, rest, body)
        }
        _ => Err(not_found()),
    }
}

fn check_headers(state: &State, segments: &[&str], headers: &HeaderMap) -> Result<(), Refusal> {
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
    if header("user-agent").is_none_or(|agent| !agent.starts_with("DiscordBot (")) {
        state.complain("the User-Agent must be `DiscordBot ($url, $version)`");
    }
    // Interaction tokens are their own permission; everything else is the bot's.
    let needs_token = !matches!(segments, ["interactions" | "webhooks", ..] | ["gateway"]);
    match header("authorization") {
        None if needs_token => Err(unauthorized()),
        Some(token) if token != format!("Bot {TOKEN}") => Err(unauthorized()),
        _ => Ok(()),
    }
}

/// The path as the OpenAPI description writes it.
fn template(segments: &[&str]) -> Option<&'static str> {
    Some(match segments {
        ["applications", _, "commands"] => "/applications/{application_id}/commands",
        ["applications", _, "guilds", _, "commands"] => {
            "/applications/{application_id}/guilds/{guild_id}/commands"
        }
        ["interactions", _, _, "callback"] => {
            "/interactions/{interaction_id}/{interaction_token}/callback"
        }
        ["webhooks", _, _] => "/webhooks/{webhook_id}/{webhook_token}",
        ["webhooks", _, _, "messages", "@original"] => {
            "/webhooks/{webhook_id}/{webhook_token}/messages/@original"
        }
        ["webhooks", _, _, "messages", _] => {
            "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}"
        }
        _ => return None,
    })
}

fn read_body(headers: &HeaderMap, body: &[u8]) -> Result<Option<Value>, Refusal> {
    if body.is_empty() {
        return Ok(None);
    }
    let is_json = headers
        .get("content-type")
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    if !is_json {
        return Err(Refusal(
            400,
            50035,
            "Expected \"Content-Type\" header to be application/json".to_owned(),
        ));
    }
    serde_json::from_slice(body).map(Some).map_err(|_| {
        Refusal(
            400,
            50109,
            "The request body contains invalid JSON.".to_owned(),
        )
    })
}

pub(crate) fn ok(value: Value) -> (StatusCode, Value) {
    (StatusCode::OK, value)
}

fn application(id: &str) -> Result<(), Refusal> {
    if id == APPLICATION_ID.to_string() {
        return Ok(());
    }
    Err(Refusal(
        403,
        20012,
        "You are not authorized to perform this action on this application".to_owned(),
    ))
}

pub(crate) fn invalid(reason: impl std::fmt::Display) -> Refusal {
    Refusal(400, 50035, format!("Invalid Form Body: {reason}"))
}

fn unauthorized() -> Refusal {
    Refusal(401, 0, "401: Unauthorized".to_owned())
}

pub(crate) fn not_found() -> Refusal {
    Refusal(404, 0, "404: Not Found".to_owned())
}

pub(crate) fn unknown_interaction() -> Refusal {
    Refusal(404, 10062, "Unknown interaction".to_owned())
}
