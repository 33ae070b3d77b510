//! Answers to interactions: the first one, and the messages after it.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::rest::{NOT_YET, Outcome, Refusal, invalid, not_found, ok, unknown_interaction};
use super::{APPLICATION_ID, Exchange, State, checks};

/// The first answer, by REST.
pub(crate) fn callback(state: &State, id: u64, token: &str, body: Option<Value>) -> Outcome {
    let exchanges = state.exchanges.lock().unwrap();
    let is_theirs = exchanges
        .get(&id)
        .is_some_and(|exchange| exchange.token == token);
    drop(exchanges);
    if !is_theirs {
        return Err(unknown_interaction());
    }
    accept(
        state,
        id,
        body.ok_or_else(|| invalid("the body is missing"))?,
    )?;
    Ok((StatusCode::NO_CONTENT, Value::Null))
}

/// Takes the first answer to an interaction, through whichever entry point it came.
pub(crate) fn accept(state: &State, id: u64, body: Value) -> Result<(), Refusal> {
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
        state.complain(format!("{ping} was pinged"));
    });
    match body["type"].as_u64() {
        Some(kind @ (4 | 5)) => {
            exchange.is_loading = kind == 5;
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
pub(crate) fn webhook(
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
            Ok(ok(exchange.message.clone().ok_or_else(unknown_message)?))
        }
        ("PATCH", ["messages", "@original"], Some(body)) => {
            let before = exchange.message.clone().ok_or_else(unknown_message)?;
            let after = message(message_id, exchange, &body, &before);
            exchange.message = Some(after.clone());
            exchange.is_loading = false;
            Ok(ok(after))
        }
        ("DELETE", ["messages", "@original"], None) => {
            exchange.message.take().ok_or_else(unknown_message)?;
            exchange.is_loading = false;
            Ok((StatusCode::NO_CONTENT, Value::Null))
        }
        ("POST", [], Some(body)) => {
            let first = exchange.callback.as_ref();
            if exchange.is_loading && first.is_some_and(|(_, first)| first["type"] == 5) {
                // https://discord.com/developers/docs/interactions/receiving-and-responding#create-followup-message
                state.complain("a follow-up after a promise is taken for the promised answer");
            }
            exchange.is_loading = false;
            let made = message(message_id, exchange, &body, &Value::Null);
            exchange.followups.push(made.clone());
            Ok(ok(made))
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
