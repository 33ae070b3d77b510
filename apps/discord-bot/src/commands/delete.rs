//! `/delete`: a document for good, after a second thought.

use crate::answer::{Answer, Button, ButtonStyle, CustomId, Message};
use crate::commands::{Access, Asked, Command, Deferral, id_option};
use crate::domain::id::{DocumentId, UserId};
use crate::error::AppError;
use crate::request::Options;
use crate::store::Store;
use crate::views;

const COMMAND: &str = "delete";

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
    let custom_id = |choice: &str| {
        let choice = choice.to_owned();
        CustomId::new(COMMAND, &[&document.id.0, &asked.by.id.0, &choice])
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

/// Does as was chosen. A press that arrives twice is answered twice the same.
pub async fn press(store: &Store, asked: Asked, parts: &[&str]) -> Result<Answer, AppError> {
    let unknown = || AppError::refused("I do not know this button. Please give /delete again.");
    let [id, user, choice] = parts else {
        return Err(unknown());
    };
    let id = id.parse().map(DocumentId).map_err(|_| unknown())?;
    if user.parse().map(UserId) != Ok(asked.by.id) {
        return Err(AppError::refused(
            "This button is for whoever gave the command.",
        ));
    }
    let number = id.0;
    let sentence = match *choice {
        "yes" => {
            store.documents.delete(asked.guild, id).await?;
            format!("Document `{number}` is deleted.")
        }
        "no" => format!("Document `{number}` stays."),
        _ => return Err(unknown()),
    };
    Ok(Message::text(sentence).ephemeral().in_place().into())
}
