//! `/update`: another name or other JSON for a document, typed into a modal.
//!
//! The modal opens with what there is. It carries the revision it shows, and what is sent is stored
//! only while that is still the last one: nobody's change is lost under another's.

use super::document_inputs::inputs;
use super::id_option;
use super::inputs::Inputs;
use crate::answer::text::length;
use crate::answer::{Answer, CustomId, Message, Modal, modal};
use crate::domain::command::{Access, Command, Deferral};
use crate::domain::id::DocumentId;
use crate::error::AppError;
use crate::invocation::Invocation;
use crate::request::Options;
use crate::store::Store;
use crate::use_cases::update_document::{self, Change, check_may_change};
use crate::views;

const COMMAND: &str = "update";

/// What Discord is told.
pub fn register() -> Command {
    Command {
        name: COMMAND,
        description: "Changes a document of yours; moderators may change everybody's",
        options: vec![id_option::register()],
        access: Access::Everyone,
        deferral: Deferral::Never,
    }
}

/// Opens the modal.
pub async fn run(
    store: &Store,
    invocation: Invocation,
    options: &Options,
) -> Result<Answer, AppError> {
    let document = id_option::read(store, invocation.guild, options).await?;
    check_may_change(&document, invocation.by.id, invocation.is_moderator)?;
    let pretty = document.body.pretty();
    let body = if length(&pretty) <= modal::MAX_INPUT {
        pretty
    } else {
        document.body.compact()
    };
    if length(&body) > modal::MAX_INPUT {
        return Err(AppError::refused(
            "This document is too long for Discord's window of 4,000 characters.",
        ));
    }
    let custom_id = CustomId::new(COMMAND, &[&document.id.0, &document.revision.number])?;
    let inputs = inputs(document.name.as_str(), &body);
    Ok(Modal::new(custom_id, "Change a document", inputs).into())
}

/// Stores what was typed.
pub async fn submit(
    store: &Store,
    invocation: Invocation,
    parts: &[&str],
    inputs: Inputs<'_>,
) -> Result<Answer, AppError> {
    let (id, number) = read_modal(parts)?;
    let (name, body) = inputs.document()?;
    let change = Change {
        id,
        number,
        name,
        body,
        typed: inputs.body(),
    };
    let document = update_document::update(store, invocation, change).await?;
    Ok(Message::text("Changed:")
        .with_embed(views::document::whole(&document))
        .into())
}

fn read_modal(parts: &[&str]) -> Result<(DocumentId, u32), AppError> {
    let unknown = || AppError::refused("I do not know this window. Please give /update again.");
    let [id, number] = parts else {
        return Err(unknown());
    };
    let id = id.parse().map(DocumentId).map_err(|_| unknown())?;
    Ok((id, number.parse().map_err(|_| unknown())?))
}
