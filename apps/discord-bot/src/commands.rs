//! The commands, each in a file of its own: `register()` describes it to Discord, `run()` carries it
//! out on plain values.
//!
//! A new command is a file, and a line in [`all`] and [`run`] here.

use tracing::Instrument as _;

use crate::answer::{Answer, Choices, Message};
use crate::domain::document::Author;
use crate::error::{self, AppError};
use crate::request::{Kind, Options, Request};
use crate::state::AppState;

pub mod count;
pub mod createdocument;
pub mod ping;

/// A slash command, as Discord is told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// 1 to 32 lower-case letters, digits, `-` and `_`.
    pub name: &'static str,
    /// 1 to 100 characters.
    pub description: &'static str,
    /// What can be filled in; the required ones come first.
    pub options: Vec<CommandOption>,
    /// Who sees it, unless the guild decides otherwise (Server Settings → Integrations).
    pub access: Access,
}

/// Who sees a command where a guild has not decided otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everybody.
    Everyone,
    /// Who may manage others' messages: `default_member_permissions` is `MANAGE_MESSAGES`.
    Moderators,
}

/// Something to fill in. Always a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandOption {
    /// 1 to 32 lower-case letters, digits, `-` and `_`.
    pub name: &'static str,
    /// 1 to 100 characters.
    pub description: &'static str,
    /// Whether the command cannot be sent without it.
    pub is_required: bool,
    /// What can be filled in.
    pub input: Input,
}

/// What can be filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// Any text of at most so many characters.
    Text {
        /// At most 6,000.
        max_length: u16,
    },
    /// Any text, with completions while it is typed ([`Kind::Autocomplete`]).
    Completed {
        /// At most 6,000.
        max_length: u16,
    },
    /// One of these: what is shown, and the value. At most 25.
    OneOf(Vec<(&'static str, &'static str)>),
}

/// How a door may gain time when the answer is not there within Discord's 3 seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deferral {
    /// Say that everybody will see an answer (type 5), then edit it into the original response. If
    /// the answer turns out ephemeral: delete the original and send a follow-up with flag 64.
    Public,
    /// Say that only who asked will see an answer (type 5, flag 64), then edit.
    Ephemeral,
    /// Leave the message as it is for now (type 6), then edit it. If the answer turns out to be a
    /// new message ([`Placement::New`](crate::answer::Placement)): send it as a follow-up.
    Update,
    /// It cannot wait: answer [`too_slow`].
    Never,
}

/// Every command, in the order of the help.
pub fn all() -> Vec<Command> {
    vec![
        ping::register(),
        count::register(),
        createdocument::register(),
    ]
}

/// Answers a request. Never fails: what went wrong is an answer too.
pub async fn answer(app: &AppState, request: Request) -> Answer {
    let span = tracing::info_span!("interaction", interaction.id = %request.id.0, guild.id = %request.guild.0);
    async {
        match dispatch(app, &request).await {
            Ok(answer) => answer,
            Err(error) => error::answer(&error, &request),
        }
    }
    .instrument(span)
    .await
}

/// The answer to an interaction from outside a guild, in a direct message for one.
pub fn outside_a_guild() -> Answer {
    let sentence = "Documents belong to a server: please ask me in one.";
    Message::text(sentence).ephemeral().into()
}

/// How a door may gain time for this request.
pub fn deferral(kind: &Kind) -> Deferral {
    match kind {
        Kind::Command { name, .. } => match name.as_str() {
            "ping" | "count" | "createdocument" | "find" | "get" => Deferral::Public,
            "delete" => Deferral::Ephemeral,
            _ => Deferral::Never,
        },
        Kind::Component { .. } => Deferral::Update,
        Kind::Modal { .. } => Deferral::Public,
        Kind::Autocomplete { .. } => Deferral::Never,
    }
}

/// The answer to a request that cannot wait any longer.
pub fn too_slow(request: &Request) -> Answer {
    match request.kind {
        Kind::Autocomplete { .. } => Choices::default().into(),
        _ => {
            let sentence = "The database is slow at the moment. Please try again.";
            Message::text(sentence).ephemeral().into()
        }
    }
}

async fn dispatch(app: &AppState, request: &Request) -> Result<Answer, AppError> {
    match &request.kind {
        Kind::Command { name, options } => run(app, request, name, options).await,
        Kind::Component { .. } | Kind::Modal { .. } => Err(AppError::refused(
            "This button is from an older version of me. Please give the command again.",
        )),
        Kind::Autocomplete { .. } => Ok(Choices::default().into()),
    }
}

async fn run(
    app: &AppState,
    request: &Request,
    name: &str,
    options: &Options,
) -> Result<Answer, AppError> {
    match name {
        "ping" => Ok(ping::run()),
        "count" => count::run(&app.store, request.guild).await,
        "createdocument" => {
            createdocument::run(
                &app.store,
                request.guild,
                request.id,
                author(request),
                options,
            )
            .await
        }
        _ => Err(AppError::refused(
            "I do not know this command. It may be from another version of me.",
        )),
    }
}

fn author(request: &Request) -> Author {
    Author {
        id: request.user.id,
        name: request.user.name.clone(),
    }
}
