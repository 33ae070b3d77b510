//! The parts of a command that callers give as anything that serialises.

use serde::Serialize;
use serde_json::value::RawValue;

use crate::command::encode_error;
use crate::error::{Error, Result};

/// A part of a command, written as JSON when it is given, so that an action borrows nothing. What
/// cannot be written fails the action when it is awaited.
#[derive(Debug)]
pub(crate) struct Part {
    name: &'static str,
    json: serde_json::Result<Box<RawValue>>,
}

impl Part {
    pub(crate) fn new(name: &'static str, value: &(impl Serialize + ?Sized)) -> Self {
        Self {
            name,
            json: serde_json::value::to_raw_value(value),
        }
    }

    /// The JSON, which has to be an object: `null` or an empty list where a filter is expected
    /// would otherwise mean every document.
    pub(crate) fn object(self, command: &str) -> Result<Box<RawValue>> {
        let Self { name, json } = self;
        let json =
            json.map_err(|source| encode_error(&format!("the {name} of {command}"), source))?;
        if json.get().starts_with('{') {
            return Ok(json);
        }
        let beginning: String = json.get().chars().take(40).collect();
        Err(Error::config(format!(
            "the {name} of {command} has to be a JSON object, not {beginning}"
        )))
    }
}

pub(crate) fn optional_object(part: Option<Part>, command: &str) -> Result<Option<Box<RawValue>>> {
    part.map(|part| part.object(command)).transpose()
}
