//! A dry run: what a command would be, and what it would be about.

use astra_local::McpCommand;
use serde_json::{Value, json};

/// Documents or rows that are shown at most.
const SHOWN: u64 = 20;

/// What a dry run answers, but for what is selected now.
pub(super) fn of(command: &McpCommand) -> Value {
    let body: Value = serde_json::from_str(&command.body).unwrap_or_default();
    json!({"dryRun": true, "keyspace": command.keyspace, "name": command.name, "command": body})
}

/// The command that finds what another would change or delete, if it goes by a filter.
pub(super) fn selection(command: &McpCommand) -> Option<McpCommand> {
    let body: Value = serde_json::from_str(&command.body).ok()?;
    let (name, parameters) = body.as_object()?.iter().next()?;
    let mut find = json!({"filter": parameters.get("filter")?, "options": {"limit": SHOWN}});
    if let Some(sort) = parameters.get("sort") {
        find["sort"] = sort.clone();
    }
    if !name.ends_with("Many") {
        find["options"]["limit"] = json!(1);
    }
    let mut selection = command.clone();
    selection.body = json!({"find": find}).to_string();
    Some(selection)
}
