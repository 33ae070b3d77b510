//! The commands of the application: publishing replaces all of them at once.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::rest::{Refusal, invalid};
use super::{APPLICATION_ID, State, checks};

pub(crate) fn answer(
    state: &State,
    method: &Method,
    guild_id: Option<u64>,
    body: Option<Value>,
) -> Result<(StatusCode, Value), Refusal> {
    if method == Method::GET {
        let commands = state.commands.lock().unwrap();
        let known = commands.get(&guild_id).cloned().unwrap_or_default();
        return Ok((StatusCode::OK, Value::Array(known)));
    }
    let Some(Value::Array(wanted)) = body.filter(|_| method == Method::PUT) else {
        return Err(Refusal(405, 0, "405: Method Not Allowed".to_owned()));
    };
    checks::commands(&wanted).map_err(invalid)?;
    let mut commands = state.commands.lock().unwrap();
    let known = commands.remove(&guild_id).unwrap_or_default();
    let published: Vec<Value> = wanted
        .iter()
        .map(|command| publish(state, guild_id, command, &known))
        .collect();
    commands.insert(guild_id, published.clone());
    Ok((StatusCode::OK, Value::Array(published)))
}

/// A command as Discord gives it back: with its id, and with its own defaults filled in.
fn publish(state: &State, guild_id: Option<u64>, command: &Value, known: &[Value]) -> Value {
    let same = known.iter().find(|other| other["name"] == command["name"]);
    let id = same.map_or_else(
        || json!(state.next_id().to_string()),
        |same| same["id"].clone(),
    );
    let mut published = json!({
        "id": id,
        "application_id": APPLICATION_ID.to_string(),
        "version": state.next_id().to_string(),
        "default_member_permissions": null,
        "type": 1,
        "name": command["name"],
        "name_localizations": null,
        "description": command["description"],
        "description_localizations": null,
        "dm_permission": true,
        "contexts": null,
        "integration_types": [0],
        "nsfw": false,
    });
    let given = command
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(_, value)| !value.is_null());
    for (name, value) in given {
        published[name] = match name.as_str() {
            // Sent as a number or as text, given back as text.
            "default_member_permissions" => json!(value.as_u64().map_or_else(
                || value.as_str().unwrap_or("").to_owned(),
                |bits| bits.to_string()
            )),
            "options" => value.as_array().into_iter().flatten().map(option).collect(),
            _ => value.clone(),
        };
    }
    if published["options"].as_array().is_some_and(Vec::is_empty) {
        published.as_object_mut().unwrap().remove("options");
    }
    if let Some(guild_id) = guild_id {
        published["guild_id"] = json!(guild_id.to_string());
        published["contexts"] = Value::Null;
        published.as_object_mut().unwrap().remove("dm_permission");
    }
    published
}

/// What is false or empty is left out of what Discord gives back.
fn option(option: &Value) -> Value {
    let fields = option
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(_, value)| {
            !(value.is_null()
                || **value == json!(false)
                || value.as_array().is_some_and(Vec::is_empty))
        });
    Value::Object(
        fields
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect(),
    )
}
