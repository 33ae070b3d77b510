//! `/update`: another name or other JSON for a document, typed into a modal.
//!
//! The modal opens with what there is. It carries the revision it shows, and what is sent is stored
//! only while that is still the last one: nobody's change is lost under another's.

use crate::answer::text::length;
use crate::answer::{Answer, CustomId, Message, Modal, modal};
use crate::commands::{Access, Asked, Command, Deferral, Inputs, id_option, insert};
use crate::domain::document::Document;
use crate::domain::id::{DocumentId, UserId};
use crate::error::{AppError, LostAnswer};
use crate::request::Options;
use crate::store::Store;
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
pub async fn run(store: &Store, asked: Asked, options: &Options) -> Result<Answer, AppError> {
    let document = id_option::read(store, asked.guild, options).await?;
    check_may_change(&document, asked.by.id, asked.is_moderator)?;
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
    let inputs = insert::inputs(document.name.as_str(), &body);
    Ok(Modal::new(custom_id, "Change a document", inputs).into())
}

/// Stores what was typed.
pub async fn submit(
    store: &Store,
    asked: Asked,
    parts: &[&str],
    inputs: Inputs<'_>,
) -> Result<Answer, AppError> {
    let (id, number) = read_modal(parts)?;
    let (name, body) = inputs.document()?;
    let refused = |problem| AppError::refused_text(problem, inputs.body());
    let Some(document) = store.documents.find(asked.guild, id).await? else {
        return Err(refused("This document has been deleted meanwhile."));
    };
    check_may_change(&document, asked.by.id, asked.is_moderator)?;
    if document.revision.number > number && document.says(&name, &body) {
        // The same window was sent before: by Discord, or after an answer that was lost.
        return Ok(changed(&document));
    }
    let revised = document.revised(asked.id, asked.by, name, body);
    let is_next = revised.revision.number == number.saturating_add(1);
    if is_next && revise(store, &revised).await? {
        return Ok(changed(&revised));
    }
    Err(refused(
        "Somebody else has changed this document meanwhile. /update opens it as it is now; what you typed is below.",
    ))
}

async fn revise(store: &Store, revised: &Document) -> Result<bool, AppError> {
    let outcome = store.documents.revise(revised.guild, revised).await;
    outcome.map_err(|error| {
        if !error.is_outcome_unknown() {
            return error.into();
        }
        let id = revised.id.0;
        LostAnswer {
            advice: format!(
                "Your change may have been stored: `/get {id}` shows the document as it is. If your change is missing, give \
                 `/update {id}` again."
            ),
            retry: None,
            typed: revised.body.typed(),
            source: error,
        }
        .into()
    })
}

fn changed(document: &Document) -> Answer {
    Message::text("Changed:")
        .with_embed(views::document::whole(document))
        .into()
}

fn check_may_change(document: &Document, user: UserId, is_moderator: bool) -> Result<(), AppError> {
    if document.author.id == user || is_moderator {
        return Ok(());
    }
    Err(AppError::refused(
        "This document is somebody else's. Its author and those who manage messages may change it.",
    ))
}

fn read_modal(parts: &[&str]) -> Result<(DocumentId, u32), AppError> {
    let unknown = || AppError::refused("I do not know this window. Please give /update again.");
    let [id, number] = parts else {
        return Err(unknown());
    };
    let id = id.parse().map(DocumentId).map_err(|_| unknown())?;
    Ok((id, number.parse().map_err(|_| unknown())?))
}
