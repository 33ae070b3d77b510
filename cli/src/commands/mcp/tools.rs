//! The tools: the commands of the Data API as the local one offers them at `/v1/mcp`, and what is added to them here.

use astra_local::{McpCommand, McpTool};
use rmcp::model::JsonObject;
use serde_json::{Value, json};

use super::distinct;

/// The argument of tools that change something.
const DRY_RUN: &str = "dryRun";

/// A tool of this server.
#[derive(Clone, Copy, Debug)]
pub(super) enum Tool {
    /// One command of the Data API.
    Command(McpTool),
    /// The values of a field, which takes several.
    Distinct,
}

impl Tool {
    pub(super) fn all() -> impl Iterator<Item = Self> {
        McpTool::all().map(Self::Command).chain([Self::Distinct])
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::all().find(|tool| tool.name() == name)
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Command(tool) => tool.name(),
            Self::Distinct => distinct::NAME,
        }
    }

    pub(super) fn is_read_only(self) -> bool {
        match self {
            Self::Command(tool) => tool.is_read_only(),
            Self::Distinct => true,
        }
    }

    pub(super) fn takes(self, argument: &str) -> bool {
        match self {
            Self::Command(tool) => tool.takes(argument),
            Self::Distinct => distinct::ARGUMENTS.contains(&argument),
        }
    }

    /// The tool as tools/list has it. A keyspace may be left out; a filter of what is changed may not; and what changes
    /// something can be tried first.
    pub(super) fn describe(self, default_keyspace: &str) -> Option<rmcp::model::Tool> {
        let mut described = match self {
            Self::Command(tool) => serde_json::from_str(&tool.describe()).ok()?,
            Self::Distinct => distinct::described(),
        };
        let schema = described.get_mut("inputSchema")?;
        if let Some(keyspace) = schema["properties"].get_mut("keyspace") {
            keyspace["description"] =
                json!(format!("The keyspace; {default_keyspace} unless given."));
        }
        let changes = !self.is_read_only();
        if let Value::Array(required) = &mut schema["required"] {
            required.retain(|name| name != "keyspace");
            if self.must_filter() && !required.contains(&json!("filter")) {
                required.push("filter".into());
            }
        }
        if changes {
            let about = "Send nothing; answer the command, and what its filter selects now.";
            schema["properties"][DRY_RUN] = json!({"type": "boolean", "description": about});
        }
        serde_json::from_value(described).ok()
    }

    fn must_filter(self) -> bool {
        !self.is_read_only() && self.takes("filter")
    }

    /// The command for a call, and whether it is only to be tried.
    pub(super) fn command(self, mut arguments: JsonObject) -> Result<(McpCommand, bool), String> {
        let Self::Command(tool) = self else {
            return Err(format!("{} is more than one command.", self.name()));
        };
        let dry_run = match arguments.remove(DRY_RUN) {
            None | Some(Value::Null) => false,
            Some(Value::Bool(dry_run)) => dry_run,
            Some(_) => return Err(format!("The argument '{DRY_RUN}' must be true or false.")),
        };
        if self.must_filter() && !arguments.get("filter").is_some_and(Value::is_object) {
            let problem =
                "The argument 'filter' is missing. To select everything, give an empty one: {}.";
            return Err(problem.to_owned());
        }
        let known = |name: &&String| !tool.takes(name);
        if let Some(unknown) = arguments.keys().find(known) {
            return Err(format!("{} has no argument {unknown:?}.", tool.name()));
        }
        let command = tool.command(&Value::Object(arguments).to_string())?;
        Ok((command, dry_run))
    }
}
