//! Bodies against Discord's own OpenAPI description, where it is at hand.
//!
//! It lies outside of this repository, in `../shared/discord/openapi.json` beside it; `DISCORD_OPENAPI` names another place.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock, Mutex};

use jsonschema::Validator;
use serde_json::{Value, json};

static DESCRIPTION: LazyLock<Option<Value>> = LazyLock::new(|| {
    let beside = PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/discord/openapi.json"
    ));
    let path = std::env::var_os("DISCORD_OPENAPI").map_or(beside, PathBuf::from);
    let Ok(text) = std::fs::read(&path) else {
        println!(
            "skipped: the check against Discord's OpenAPI, as there is no {} (DISCORD_OPENAPI names another place)",
            path.display()
        );
        return None;
    };
    Some(serde_json::from_slice(&text).unwrap())
});

static VALIDATORS: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);

/// Checks the body of a request; the path is written as in the description.
pub(crate) fn check(method: &str, path: &str, body: &Value) -> Result<(), String> {
    let Some(description) = &*DESCRIPTION else {
        return Ok(());
    };
    let operation = &description["paths"][path][method.to_ascii_lowercase()];
    let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
    if schema.is_null() {
        return Err(format!("{method} {path} takes no body"));
    }
    let key = format!("{method} {path}");
    let known = VALIDATORS.lock().unwrap().get(&key).cloned();
    let validator = known.unwrap_or_else(|| {
        let schema = json!({ "allOf": [schema], "components": description["components"] });
        let validator = Arc::new(jsonschema::options().offline().build(&schema).unwrap());
        VALIDATORS
            .lock()
            .unwrap()
            .insert(key, Arc::clone(&validator));
        validator
    });
    validator
        .validate(body)
        .map_err(|error| format!("{error} at {}", error.instance_path()))
}

#[test]
fn the_description_is_read_and_refuses() {
    let callback = "/interactions/{interaction_id}/{interaction_token}/callback";
    let long = "a".repeat(2001);
    assert_eq!(
        check(
            "POST",
            callback,
            &json!({ "type": 4, "data": { "content": "hello" } })
        ),
        Ok(())
    );
    if DESCRIPTION.is_some() {
        assert!(
            check(
                "POST",
                callback,
                &json!({ "type": 4, "data": { "content": long } })
            )
            .is_err()
        );
        assert!(check("POST", callback, &json!({ "type": 99 })).is_err());
        assert!(check("POST", callback, &json!({ "data": {} })).is_err());
    }
}
