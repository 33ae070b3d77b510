//! Arguments of calls.

use serde_json::{Map, Value};

/// An argument that is a text, if it is given.
pub(super) fn text<'a>(
    arguments: &'a Map<String, Value>,
    name: &str,
) -> Result<Option<&'a str>, String> {
    match arguments.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(format!("The argument '{name}' must be a string.")),
    }
}
