//! The command of the Data API that a call of a tool comes to.

use super::tools::{self, Effect, NOWHERE, TOOLS, Target, Tool};
use crate::json::{self, Object, Value};

/// A tool of the Model Context Protocol that carries out one command of the Data API. [`router`](crate::router) serves
/// them at `/v1/mcp`; another server of the protocol can offer the same tools for any Data API.
#[derive(Clone, Copy, Debug)]
pub struct McpTool(&'static Tool);

/// A command, and where it is to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct McpCommand {
    /// The keyspace, if the command is not for the whole database.
    pub keyspace: Option<String>,
    /// The collection or table, if the command is for one.
    pub name: Option<String>,
    /// The command as JSON.
    pub body: String,
}

impl McpTool {
    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        TOOLS.iter().map(Self)
    }

    /// The tool of this name, if there is one.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        tools::named(name).map(Self)
    }

    /// Its name, which is that of its command.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.0.name
    }

    /// Whether it changes nothing.
    #[must_use]
    pub fn is_read_only(self) -> bool {
        self.0.effect == Effect::Reads
    }

    /// Whether it has an argument of this name.
    #[must_use]
    pub fn takes(self, argument: &str) -> bool {
        self.0.arguments.iter().any(|known| known.name == argument)
    }

    /// The tool as JSON: an object as `tools/list` has it.
    #[must_use]
    pub fn describe(self) -> String {
        self.0.describe().to_json()
    }

    /// The command for these arguments, a JSON object.
    ///
    /// # Errors
    ///
    /// What is wrong with the arguments, in a sentence.
    pub fn command(self, arguments: &str) -> Result<McpCommand, String> {
        match json::parse(arguments.as_bytes()) {
            Ok(Value::Object(arguments)) => match self.0.missing(&arguments) {
                Some(problem) => Err(problem),
                None => self.0.command(&arguments),
            },
            Ok(_) => Err("The arguments of a tool are an object.".to_owned()),
            Err(_) => Err("The arguments are not JSON that the Data API takes.".to_owned()),
        }
    }
}

impl Tool {
    /// Which argument is missing, in a sentence.
    pub(super) fn missing(&self, arguments: &Object) -> Option<String> {
        let missing = self.arguments.iter().find(|argument| {
            argument.required && arguments.get(argument.name).is_none_or(Value::is_null)
        })?;
        Some(format!("The argument '{}' is missing.", missing.name))
    }

    pub(super) fn command(&self, arguments: &Object) -> Result<McpCommand, String> {
        let text = |name: &str| match arguments.get(name) {
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(format!("The argument '{name}' must be a string.")),
            None => Ok(None),
        };
        let (keyspace, name) = match self.target {
            Target::Database => (None, None),
            Target::Keyspace => (text("keyspace")?, None),
            Target::Named(argument) => (text("keyspace")?, text(argument)?),
        };
        let mut command = Object::new();
        for argument in self.arguments {
            let given = arguments.get(argument.name);
            let given = given.filter(|value| !value.is_null());
            if let (Some(value), false) = (given, argument.field == NOWHERE) {
                command.insert(argument.field, value.clone());
            }
        }
        Ok(McpCommand {
            keyspace,
            name,
            body: Object::from([(self.name, command)]).to_json(),
        })
    }
}
