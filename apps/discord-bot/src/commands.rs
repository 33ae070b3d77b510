//! The commands, each in a file of its own: `register()` describes it to Discord, `run()` carries it
//! out on plain values. Where a command has buttons, a modal or completions, `press()`, `submit()` and
//! `complete()` are in its file too.
//!
//! A new command is a file, and a line each in [`all`] and `run` here.

use std::time::Duration;

use shared::rate_limit::retry_after;
use tracing::Instrument as _;

use self::inputs::Inputs;
use crate::answer::{Answer, Choices, Message};
use crate::domain::command::{Command, Deferral};
use crate::error::AppError;
use crate::invocation::Invocation;
use crate::request::{Kind, Options, Request};
use crate::state::AppState;

pub mod count;
pub mod createdocument;
pub mod delete;
mod document_inputs;
pub(crate) mod error_answer;
pub mod filter_options;
pub mod find;
pub mod get;
pub mod id_option;
mod inputs;
pub mod insert;
pub mod ping;
pub mod update;

/// Every command, in the order of the help.
pub fn all() -> Vec<Command> {
    vec![
        ping::register(),
        count::register(),
        createdocument::register(),
        insert::register(),
        find::register(),
        get::register(),
        update::register(),
        delete::register(),
    ]
}

async fn run(
    app: &AppState,
    invocation: Invocation,
    name: &str,
    options: &Options,
) -> Result<Answer, AppError> {
    let store = &app.store;
    match name {
        "ping" => Ok(ping::run()),
        "count" => count::run(store, invocation.guild, options).await,
        "createdocument" => createdocument::run(app, invocation, options).await,
        "insert" => insert::run(&invocation, options),
        "find" => find::run(store, invocation, options).await,
        "get" => get::run(store, invocation.guild, options).await,
        "update" => update::run(store, invocation, options).await,
        "delete" => delete::run(store, invocation, options).await,
        _ => Err(AppError::refused(
            "I do not know this command. It may be from another version of me.",
        )),
    }
}

async fn press(
    app: &AppState,
    invocation: Invocation,
    custom_id: &str,
) -> Result<Answer, AppError> {
    let mut parts = custom_id.split(':');
    match (parts.next(), &parts.collect::<Vec<_>>()[..]) {
        (Some("find"), parts) => find::press(&app.store, invocation, parts).await,
        (Some("delete"), parts) => delete::press(&app.store, invocation, parts).await,
        (Some("insert"), parts) => insert::press(parts),
        _ => Err(AppError::refused(
            "I do not know this button. It may be from another version of me.",
        )),
    }
}

async fn submit(
    app: &AppState,
    invocation: Invocation,
    custom_id: &str,
    inputs: Inputs<'_>,
) -> Result<Answer, AppError> {
    let mut parts = custom_id.split(':');
    match (parts.next(), &parts.collect::<Vec<_>>()[..]) {
        (Some("insert"), parts) => insert::submit(app, invocation, parts, inputs).await,
        (Some("update"), parts) => update::submit(&app.store, invocation, parts, inputs).await,
        _ => Err(AppError::refused_text(
            "I do not know this window. It may be from another version of me.",
            inputs.body(),
        )),
    }
}

async fn complete(
    app: &AppState,
    invocation: Invocation,
    name: &str,
    option: &str,
    typed: &str,
) -> Result<Choices, AppError> {
    let store = &app.store;
    match (name, option) {
        ("count" | "find", option) => find::complete(store, &invocation, option, typed).await,
        ("get" | "update" | "delete", "id") => id_option::complete(store, &invocation, typed).await,
        _ => Ok(Choices::default()),
    }
}

/// Answers a request. Never fails: what went wrong is an answer too.
pub async fn answer(app: &AppState, request: Request) -> Answer {
    let (id, guild) = (request.id.0, request.guild.0);
    let span = tracing::info_span!("interaction", interaction.id = %id, guild.id = %guild);
    async {
        match dispatch(app, &request).await {
            Ok(answer) => answer,
            // Whoever is typing has not asked for anything yet, least of all for an error.
            Err(error) if matches!(request.kind, Kind::Autocomplete { .. }) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "no completions");
                Choices::default().into()
            }
            Err(error) => error_answer::answer(&error, &request),
        }
    }
    .instrument(span)
    .await
}

async fn dispatch(app: &AppState, request: &Request) -> Result<Answer, AppError> {
    let invocation = Invocation::from(request);
    let person = invocation.by.id;
    if let Kind::Autocomplete {
        name,
        option,
        typed,
    } = &request.kind
    {
        if app.limits.completion(person).is_err() {
            return Ok(Choices::default().into());
        }
        return Ok(complete(app, invocation, name, option, typed).await?.into());
    }
    app.limits.request(person).map_err(too_often)?;
    match &request.kind {
        Kind::Command { name, options } => run(app, invocation, name, options).await,
        Kind::Component { custom_id } => press(app, invocation, custom_id).await,
        Kind::Modal { custom_id, fields } => {
            submit(app, invocation, custom_id, Inputs(fields)).await
        }
        Kind::Autocomplete { .. } => Ok(Choices::default().into()),
    }
}

fn too_often(wait: Duration) -> AppError {
    let seconds = retry_after(wait);
    AppError::refused(format!(
        "That was a lot at once. Please wait {seconds} seconds and try again."
    ))
}

/// How an entry point may gain time for this request.
pub fn deferral(kind: &Kind) -> Deferral {
    match kind {
        Kind::Command { name, .. } => {
            let command = all().into_iter().find(|command| command.name == name);
            command.map_or(Deferral::Never, |command| command.deferral)
        }
        Kind::Component { .. } => Deferral::Update,
        Kind::Modal { .. } => Deferral::Public,
        Kind::Autocomplete { .. } => Deferral::Never,
    }
}

/// The answer to a request that cannot wait any longer.
pub fn too_slow(request: &Request) -> Answer {
    if matches!(request.kind, Kind::Autocomplete { .. }) {
        return Choices::default().into();
    }
    let sentence = "The database is slow at the moment. Please try again.";
    Message::text(sentence).ephemeral().into()
}

/// The answer to an interaction from outside a guild, in a direct message for one.
pub fn outside_a_guild() -> Answer {
    let sentence = "Documents belong to a server: please ask me in one.";
    Message::text(sentence).ephemeral().into()
}
