//! `/delete`: a document for good, after a second thought.

use crate::answer::{Answer, Button, ButtonStyle, CustomId, Message};
use crate::commands::{Access, Asked, Command, Deferral, id_option};
use crate::domain::id::{DocumentId, GuildId, UserId};
use crate::error::{AppError, LostAnswer};
use crate::request::Options;
use crate::store::Store;
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
pub async fn run(store: &Store, asked: Asked, options: &Options) -> Result<Answer, AppError> {
    let document = id_option::read(store, asked.guild, options).await?;
    let (id, user) = (document.id.0, asked.by.id.0);
    let custom_id = |choice: &'static str| {
        if asked.is_moderator {
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
pub async fn press(store: &Store, asked: Asked, parts: &[&str]) -> Result<Answer, AppError> {
    let unknown = || AppError::refused("I do not know this button. Please give /delete again.");
    let (id, user, choice, is_allowed) = match *parts {
        [id, user, choice] => (id, user, choice, false),
        [id, user, choice, ALLOWED] => (id, user, choice, true),
        _ => return Err(unknown()),
    };
    let id = id.parse().map(DocumentId).map_err(|_| unknown())?;
    if user.parse().map(UserId) != Ok(asked.by.id) {
        return Err(AppError::refused(
            "This button is for whoever gave the command.",
        ));
    }
    if !is_allowed && !asked.is_moderator {
        return Err(AppError::refused(
            "You can no longer manage messages in this channel, so you cannot delete this document.",
        ));
    }
    let number = id.0;
    let sentence = match choice {
        "yes" if delete(store, asked.guild, id).await? => {
            format!("Document `{number}` is deleted.")
        }
        "no" if store.documents.find(asked.guild, id).await?.is_some() => {
            format!("Document `{number}` stays.")
        }
        "yes" | "no" => {
            format!("Document `{number}` does not exist. It may have been deleted already.")
        }
        _ => return Err(unknown()),
    };
    Ok(Message::text(sentence).ephemeral().in_place().into())
}

/// Deletes, and returns whether the document was there.
async fn delete(store: &Store, guild: GuildId, id: DocumentId) -> Result<bool, AppError> {
    let outcome = store.documents.delete(guild, id).await;
    outcome.map_err(|error| {
        if !error.is_outcome_unknown() {
            return error.into();
        }
        LostAnswer {
            advice: format!(
                "Document `{}` may have been deleted. Press Delete again to be sure.",
                id.0
            ),
            retry: None,
            typed: String::new(),
            source: error,
        }
        .into()
    })
}
