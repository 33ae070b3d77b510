//! What somebody asks of the bot, as plain values: the same from the gateway, over HTTP and from a
//! terminal.

use std::collections::BTreeMap;

use crate::domain::id::{GuildId, InteractionId, UserId};

/// One interaction, as every entry point hands it to [`answer`](crate::commands::answer).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Its id, by which the log, an error and a new document know it.
    pub id: InteractionId,
    /// Where it was asked. Interactions from outside a guild are answered with
    /// [`outside_a_guild`](crate::commands::outside_a_guild) and get no further.
    pub guild: GuildId,
    /// Who asks.
    pub user: User,
    /// What is asked.
    pub kind: Kind,
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The account.
    pub id: UserId,
    /// The name that the guild sees: nickname, else display name, else user name.
    pub name: String,
    /// Whether the guild lets this person manage others' messages (`MANAGE_MESSAGES`; Discord sends
    /// administrators every permission).
    pub is_moderator: bool,
}

/// The four kinds of interaction a bot answers, beside Discord's ping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A slash command.
    Command {
        /// Its name without the slash.
        name: String,
        /// What was filled in.
        options: Options,
    },
    /// A button was pressed.
    Component {
        /// Which.
        custom_id: String,
    },
    /// A modal was sent.
    Modal {
        /// Which.
        custom_id: String,
        /// What was filled in, by the `custom_id` of the input.
        fields: BTreeMap<String, String>,
    },
    /// Somebody is typing into an option that offers completions.
    Autocomplete {
        /// The command's name without the slash.
        name: String,
        /// The option being typed into.
        option: String,
        /// What is there so far.
        typed: String,
    },
}

/// The options of a command by name. Every option of this bot is a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options(BTreeMap<String, String>);

impl Options {
    /// What was filled in, without white space around it; empty counts as not filled in.
    pub fn get(&self, name: &str) -> Option<&str> {
        let text = self.0.get(name)?.trim();
        Some(text).filter(|text| !text.is_empty())
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Options {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        let pairs = pairs.into_iter();
        Self(
            pairs
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        )
    }
}
