//! What Discord sends, read into a [`Request`].

use std::collections::BTreeMap;

use secrecy::SecretString;
use serenity::all::{
    ActionRowComponent, CommandDataOptionValue, CommandInteraction, ComponentInteraction, GuildId,
    Interaction, Member, ModalInteraction, Permissions, User,
};

use crate::domain::id::{self, InteractionId, Snowflake, UserId};
use crate::request::{self, Kind, Options, Request};

/// An interaction, with what it takes to answer it.
#[derive(Debug)]
pub(crate) struct Incoming {
    pub(crate) id: InteractionId,
    /// For 15 minutes whoever knows it may answer.
    pub(crate) token: SecretString,
    pub(crate) question: Question,
}

/// What an interaction wants.
#[derive(Debug)]
pub(crate) enum Question {
    /// Discord asks whether anybody is there.
    Ping,
    /// Somebody asks from outside a guild.
    OutsideAGuild,
    /// Somebody asks.
    Asked(Request),
}

/// Reads an interaction.
pub(crate) fn read(interaction: Interaction) -> Incoming {
    match interaction {
        Interaction::Command(command) => {
            let name = command.data.name.clone();
            let options = options(&command);
            asked(command.into(), Kind::Command { name, options })
        }
        Interaction::Autocomplete(command) => {
            let kind = completion(&command);
            asked(command.into(), kind)
        }
        Interaction::Component(component) => {
            let custom_id = component.data.custom_id.clone();
            asked(component.into(), Kind::Component { custom_id })
        }
        Interaction::Modal(modal) => {
            let (custom_id, fields) = (modal.data.custom_id.clone(), fields(&modal));
            asked(modal.into(), Kind::Modal { custom_id, fields })
        }
        // Discord has no other kinds; serenity refuses to read those it does not know.
        other => Incoming {
            id: InteractionId(Snowflake::new(other.id().get())),
            token: SecretString::from(other.token().to_owned()),
            question: Question::Ping,
        },
    }
}

/// What all kinds of interactions have.
struct Envelope {
    id: u64,
    token: String,
    guild: Option<GuildId>,
    member: Option<Member>,
    user: User,
}

fn asked(envelope: Envelope, kind: Kind) -> Incoming {
    let id = InteractionId(Snowflake::new(envelope.id));
    let question = match envelope.guild {
        None => Question::OutsideAGuild,
        Some(guild) => Question::Asked(Request {
            id,
            guild: id::GuildId(Snowflake::new(guild.get())),
            user: user(&envelope.user, envelope.member.as_ref()),
            kind,
        }),
    };
    Incoming {
        id,
        token: SecretString::from(envelope.token),
        question,
    }
}

fn user(user: &User, member: Option<&Member>) -> request::User {
    let nick = member.and_then(|member| member.nick.as_ref());
    let permissions = member
        .and_then(|member| member.permissions)
        .unwrap_or_default();
    request::User {
        id: UserId(Snowflake::new(user.id.get())),
        name: nick
            .or(user.global_name.as_ref())
            .unwrap_or(&user.name)
            .clone(),
        is_moderator: permissions
            .intersects(Permissions::MANAGE_MESSAGES | Permissions::ADMINISTRATOR),
    }
}

/// The options that are texts; this bot has no others.
fn options(command: &CommandInteraction) -> Options {
    let texts = command
        .data
        .options
        .iter()
        .filter_map(|option| match &option.value {
            CommandDataOptionValue::String(text) => Some((option.name.as_str(), text.as_str())),
            _ => None,
        });
    texts.collect()
}

fn completion(command: &CommandInteraction) -> Kind {
    let typed = command.data.autocomplete();
    Kind::Autocomplete {
        name: command.data.name.clone(),
        option: typed
            .as_ref()
            .map(|typed| typed.name.to_owned())
            .unwrap_or_default(),
        typed: typed
            .map(|typed| typed.value.to_owned())
            .unwrap_or_default(),
    }
}

fn fields(modal: &ModalInteraction) -> BTreeMap<String, String> {
    let components = modal.data.components.iter().flat_map(|row| &row.components);
    let inputs = components.filter_map(|component| match component {
        ActionRowComponent::InputText(input) => Some(input),
        _ => None,
    });
    inputs
        .map(|input| {
            (
                input.custom_id.clone(),
                input.value.clone().unwrap_or_default(),
            )
        })
        .collect()
}

impl From<CommandInteraction> for Envelope {
    fn from(from: CommandInteraction) -> Self {
        let member = from.member.map(|member| *member);
        Self {
            id: from.id.get(),
            token: from.token,
            guild: from.guild_id,
            member,
            user: from.user,
        }
    }
}

impl From<ComponentInteraction> for Envelope {
    fn from(from: ComponentInteraction) -> Self {
        Self {
            id: from.id.get(),
            token: from.token,
            guild: from.guild_id,
            member: from.member,
            user: from.user,
        }
    }
}

impl From<ModalInteraction> for Envelope {
    fn from(from: ModalInteraction) -> Self {
        Self {
            id: from.id.get(),
            token: from.token,
            guild: from.guild_id,
            member: from.member,
            user: from.user,
        }
    }
}
