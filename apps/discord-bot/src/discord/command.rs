//! Slash commands as Discord is told of them, and as it tells of them.
//!
//! serenity has one type for each way, which cannot be compared. Here is one for both, so that what
//! is published and what should be can be held against each other.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use serenity::all::{
    CommandOptionType, CommandType, InstallationContext, InteractionContext, Permissions,
};

use crate::domain::command::{Access, Command, CommandOption, Input};

/// A slash command at Discord. What is not here, such as its id, is Discord's own affair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Published {
    pub(crate) name: String,
    /// A slash command; other programs publish entries of menus, too.
    #[serde(rename = "type", default = "slash_command")]
    kind: u8,
    #[serde(default)]
    description: String,
    #[serde(default)]
    options: Vec<PublishedOption>,
    /// Discord takes a number and gives back a text.
    #[serde(default, deserialize_with = "permissions")]
    default_member_permissions: Option<u64>,
    /// Where it can be given: only said of commands that are published everywhere, in a guild there
    /// is nothing to choose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    contexts: Option<Vec<u8>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    integration_types: Option<Vec<u8>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct PublishedOption {
    #[serde(rename = "type")]
    kind: u8,
    name: String,
    description: String,
    #[serde(default)]
    required: bool,
    #[serde(default)]
    autocomplete: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    choices: Vec<PublishedChoice>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    max_length: Option<u16>,
    /// Ours have none inside.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    options: Vec<Value>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct PublishedChoice {
    name: String,
    /// Ours are texts.
    value: Value,
}

impl Published {
    /// A command as it should be: in one guild, or everywhere.
    pub(crate) fn new(command: &Command, is_everywhere: bool) -> Self {
        let permissions = match command.access {
            Access::Everyone => None,
            Access::Moderators => Some(Permissions::MANAGE_MESSAGES.bits()),
        };
        Self {
            name: command.name.to_owned(),
            kind: slash_command(),
            description: command.description.to_owned(),
            options: command.options.iter().map(PublishedOption::new).collect(),
            default_member_permissions: permissions,
            contexts: is_everywhere.then(|| vec![u8::from(InteractionContext::Guild)]),
            integration_types: is_everywhere.then(|| vec![u8::from(InstallationContext::Guild)]),
        }
    }

    /// The same without where it can be given, which in a guild is not ours to say.
    pub(crate) fn in_a_guild(self) -> Self {
        Self {
            contexts: None,
            integration_types: None,
            ..self
        }
    }
}

impl PublishedOption {
    fn new(option: &CommandOption) -> Self {
        let mut published = Self {
            kind: u8::from(CommandOptionType::String),
            name: option.name.to_owned(),
            description: option.description.to_owned(),
            required: option.is_required,
            autocomplete: false,
            choices: Vec::new(),
            max_length: None,
            options: Vec::new(),
        };
        match &option.input {
            Input::Text { max_length } => published.max_length = Some(*max_length),
            Input::Completed { max_length } => {
                published.autocomplete = true;
                published.max_length = Some(*max_length);
            }
            Input::OneOf(choices) => {
                let choice = |(name, value): &(&str, &str)| PublishedChoice {
                    name: (*name).to_owned(),
                    value: Value::from(*value),
                };
                published.choices = choices.iter().map(choice).collect();
            }
        }
        published
    }
}

fn slash_command() -> u8 {
    u8::from(CommandType::ChatInput)
}

fn permissions<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    text.map(|text| text.parse().map_err(serde::de::Error::custom))
        .transpose()
}
