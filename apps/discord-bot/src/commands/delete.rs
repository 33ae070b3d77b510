//! `/delete`: a document for good, after a second thought.

use super::id_option;
use crate::answer::{Answer, Button, ButtonStyle, CustomId, Message};
use crate::domain::command::{Access, Command, Deferral};
use crate::domain::id::{DocumentId, UserId};
use crate::error::AppError;
use crate::invocation::Invocation;
use crate::request::Options;
use crate::store::Store;
use crate::use_cases::delete_document;
use crate::views;

const COMMAND: &str = "delete";
/// The last part of a button's id where a server lets members give the command who may not manage
/// messages. Only Discord knows who they are; everybody else has to be a moderator still when they
/// press.
const ALLOWED: &str = "allowed";

/// What Discord is told.
pub fn register() -> Command {
    Command {
        name: COMMAND,
        description: "Deletes a document for good",
        options: vec![id_option::register()],
        access: Access::Moderators,
        deferral: Deferral::Ephemeral,
    }
}

/// Asks whether that is really meant.
pub async fn run(
    store: &Store,
    invocation: Invocation,
    options: &Options,
) -> Result<Answer, AppError> {
    let document = id_option::read(store, invocation.guild, options).await?;
    let (id, user) = (document.id.0, invocation.by.id.0);
    let custom_id = |choice: &'static str| {
        if invocation.is_moderator {
            CustomId::new(COMMAND, &[&id, &user, &choice])
        } else {
            CustomId::new(COMMAND, &[&id, &user, &choice, &ALLOWED])
        }
    };
    let message = Message::text("Delete this document for good?")
        .with_embed(views::document::whole(&document))
        .with_button(Button::new(
            "Delete",
            custom_id("yes")?,
            ButtonStyle::Danger,
        ))
        .with_button(Button::new(
            "Keep",
            custom_id("no")?,
            ButtonStyle::Secondary,
        ));
    Ok(message.ephemeral().into())
}

/// Does as was chosen.
pub async fn press(
    store: &Store,
    invocation: Invocation,
    parts: &[&str],
) -> Result<Answer, AppError> {
    let unknown = || AppError::refused("I do not know this button. Please give /delete again.");
    let (id, user, choice, is_allowed) = match *parts {
        [id, user, choice] => (id, user, choice, false),
        [id, user, choice, ALLOWED] => (id, user, choice, true),
        _ => return Err(unknown()),
    };
    let id = id.parse().map(DocumentId).map_err(|_| unknown())?;
    if user.parse().map(UserId) != Ok(invocation.by.id) {
        return Err(AppError::refused(
            "This button is for whoever gave the command.",
        ));
    }
    if !is_allowed && !invocation.is_moderator {
        return Err(AppError::refused(
            "You can no longer manage messages in this channel, so you cannot delete this document.",
        ));
    }
    let number = id.0;
    let sentence = match choice {
        "yes" if delete_document::delete(store, invocation.guild, id).await? => {
            format!("Document `{number}` is deleted.")
        }
        "no" if store.documents.find(invocation.guild, id).await?.is_some() => {
            format!("Document `{number}` stays.")
        }
        "yes" | "no" => {
            format!("Document `{number}` does not exist. It may have been deleted already.")
        }
        _ => return Err(unknown()),
    };
    Ok(Message::text(sentence).ephemeral().in_place().into())
}
