//! The routes of the REST API that a bot uses, each checked as Discord checks it.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State as Shared;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::trouble::Meeting;
use super::{APPLICATION_ID, Exchange, State, TOKEN, checks, commands, openapi};

/// "Unknown webhook": there is no interaction with this token, or it has no first answer yet.
const NOT_YET: u32 = 10015;

/// The way back was interrupted.
const LOST: &str = "Bad Gateway";

/// An answer, or the error that Discord gives instead.
type Outcome = Result<(StatusCode, Value), Refusal>;

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
    let outcome = match state.troubles.lock().unwrap().meet(&path) {
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
    // Interaction tokens are their own permission; everything else is the bot's.
    let needs_token = !matches!(segments[0], "interactions" | "webhooks" | "gateway")
        || segments == ["gateway", "bot"];
    let authorization = headers
        .get("authorization")
        .map(|value| value.to_str().unwrap_or(""));
    match authorization {
        None if needs_token => return Err(unauthorized()),
        Some(token) if token != format!("Bot {TOKEN}") => return Err(unauthorized()),
        _ => {}
    }
    if headers
        .get("user-agent")
        .is_none_or(|agent| !agent.to_str().unwrap_or("").starts_with("DiscordBot ("))
    {
        state.complain(format!(
            "{method} {path}: the User-Agent must be `DiscordBot ($url, $version)`"
        ));
    }
    let body = read_body(headers, body)?;
    let template = template(&segments);
    if let (Some(template), Some(body)) = (&template, &body)
        && let Err(error) = openapi::check(method.as_str(), template, body)
    {
        return Err(invalid(format!(
            "not as Discord's OpenAPI says: {error}; body: {body}"
        )));
    }
    match (method.as_str(), &segments[..]) {
        ("GET", ["gateway"]) => ok(json!({ "url": state.gateway.url() })),
        ("GET", ["gateway", "bot"]) => ok(json!({
            "url": state.gateway.url(),
            "shards": state.options.shards,
            "session_start_limit": { "total": 1000, "remaining": 999, "reset_after": 14_400_000, "max_concurrency": 1 },
        })),
        ("GET", ["applications", "@me"]) => ok(json!({
            "id": APPLICATION_ID.to_string(), "name": "documents", "icon": null, "description": "", "bot_public": true,
            "bot_require_code_grant": false, "verify_key": super::hex(state.signing_key.verifying_key().as_bytes()), "flags": 0,
        })),
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
            let is_theirs = state
                .exchanges
                .lock()
                .unwrap()
                .get(&id)
                .is_some_and(|exchange| exchange.token == *token);
            if !is_theirs {
                return Err(unknown_interaction());
            }
            accept_callback(
                state,
                id,
                body.ok_or_else(|| invalid("the body is missing"))?,
            )?;
            Ok((StatusCode::NO_CONTENT, Value::Null))
        }
        (_, ["webhooks", id, token, rest @ ..]) => {
            application(id)?;
            webhook(state, method, token, rest, body)
        }
        _ => Err(not_found()),
    }
}

/// The path as the OpenAPI description writes it.
fn template(segments: &[&str]) -> Option<String> {
    Some(
        match segments {
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
        }
        .to_owned(),
    )
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

/// Takes the first answer to an interaction, through whichever door it came.
pub(crate) fn accept_callback(state: &State, id: u64, body: Value) -> Result<(), Refusal> {
    let message_id = state.next_id();
    let mut exchanges = state.exchanges.lock().unwrap();
    let exchange = exchanges.get_mut(&id).ok_or_else(unknown_interaction)?;
    if exchange.callback.is_some() {
        return Err(Refusal(
            400,
            40060,
            "Interaction has already been acknowledged.".to_owned(),
        ));
    }
    let elapsed = exchange.started.elapsed();
    if elapsed > state.options.deadline {
        return Err(unknown_interaction());
    }
    checks::callback(exchange.kind, &body).map_err(invalid)?;
    checks::pings(&body["data"], |ping| {
        state.complain(format!("{ping} was pinged"))
    });
    match body["type"].as_u64() {
        Some(4) => {
            exchange.message = Some(message(message_id, exchange, &body["data"], &Value::Null))
        }
        Some(5) => {
            exchange.is_loading = true;
            exchange.message = Some(message(message_id, exchange, &body["data"], &Value::Null));
        }
        // People see nothing of it, but an edit or a follow-up is still to come.
        Some(6) => exchange.is_loading = true,
        Some(7) => {
            let before = exchange.message.take().unwrap_or_default();
            exchange.message = Some(message(message_id, exchange, &body["data"], &before));
        }
        _ => {}
    }
    exchange.callback = Some((elapsed, body));
    drop(exchanges);
    state.changed.send_replace(());
    Ok(())
}

/// Messages after the first answer, by the token of the interaction.
fn webhook(
    state: &State,
    method: &Method,
    token: &str,
    rest: &[&str],
    body: Option<Value>,
) -> Outcome {
    let message_id = state.next_id();
    let mut exchanges = state.exchanges.lock().unwrap();
    let exchange = exchanges
        .values_mut()
        .find(|exchange| exchange.token == token);
    if exchange.is_none() {
        state.complain(format!(
            "{method} of an answer: no interaction has this token"
        ));
    }
    let exchange = exchange
        .filter(|exchange| exchange.callback.is_some())
        .ok_or_else(|| Refusal(404, NOT_YET, "Unknown Webhook".to_owned()))?;
    if let Some(body) = &body {
        checks::message(body).map_err(invalid)?;
        checks::pings(body, |ping| state.complain(format!("{ping} was pinged")));
    }
    let unknown_message = || Refusal(404, 10008, "Unknown Message".to_owned());
    match (method.as_str(), rest, body) {
        ("GET", ["messages", "@original"], None) => {
            ok(exchange.message.clone().ok_or_else(unknown_message)?)
        }
        ("PATCH", ["messages", "@original"], Some(body)) => {
            let before = exchange.message.clone().ok_or_else(unknown_message)?;
            let after = message(message_id, exchange, &body, &before);
            exchange.message = Some(after.clone());
            exchange.is_loading = false;
            ok(after)
        }
        ("DELETE", ["messages", "@original"], None) => {
            exchange.message.take().ok_or_else(unknown_message)?;
            exchange.is_loading = false;
            Ok((StatusCode::NO_CONTENT, Value::Null))
        }
        ("POST", [], Some(body)) => {
            if exchange.is_loading
                && exchange
                    .callback
                    .as_ref()
                    .is_some_and(|(_, first)| first["type"] == 5)
            {
                // https://discord.com/developers/docs/interactions/receiving-and-responding#create-followup-message
                state.complain("a follow-up after a promise is taken for the promised answer");
            }
            exchange.is_loading = false;
            let made = message(message_id, exchange, &body, &Value::Null);
            exchange.followups.push(made.clone());
            ok(made)
        }
        _ => Err(not_found()),
    }
}

/// A message as Discord sends it: what is new over what was there before.
fn message(id: u64, exchange: &Exchange, data: &Value, before: &Value) -> Value {
    let kept = |name: &str, default: Value| {
        let value = data
            .get(name)
            .filter(|value| !value.is_null())
            .or_else(|| before.get(name));
        value.cloned().unwrap_or(default)
    };
    let embeds: Vec<Value> = kept("embeds", json!([]))
        .as_array()
        .into_iter()
        .flatten()
        .map(|embed| {
            let mut embed = embed.clone();
            embed["type"] = json!("rich");
            embed
        })
        .collect();
    // Only these of a message's flags can be changed once it is there.
    let flags = before
        .get("flags")
        .cloned()
        .unwrap_or_else(|| data.get("flags").cloned().unwrap_or(json!(0)));
    json!({
        "id": before.get("id").cloned().unwrap_or_else(|| json!(id.to_string())),
        "channel_id": super::member::channel_id(exchange.guild_id).to_string(),
        "author": { "id": APPLICATION_ID.to_string(), "username": "documents", "discriminator": "0000", "avatar": null, "bot": true },
        "content": kept("content", json!("")),
        "embeds": embeds,
        "components": kept("components", json!([])),
        "flags": flags,
        "timestamp": "2026-01-05T10:00:00.000000+00:00", "edited_timestamp": null, "tts": false, "mention_everyone": false,
        "mentions": [], "mention_roles": [], "attachments": [], "pinned": false, "type": 20,
        "webhook_id": APPLICATION_ID.to_string(), "application_id": APPLICATION_ID.to_string(),
    })
}

fn ok(value: Value) -> Outcome {
    Ok((StatusCode::OK, value))
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

fn not_found() -> Refusal {
    Refusal(404, 0, "404: Not Found".to_owned())
}

fn unknown_interaction() -> Refusal {
    Refusal(404, 10062, "Unknown interaction".to_owned())
}
