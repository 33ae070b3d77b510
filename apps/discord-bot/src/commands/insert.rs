//! `/insert`: a document with a name and any JSON, typed into a modal.
//!
//! The modal carries the id of the document. So it is stored once, however often the modal is sent: by
//! Discord, by a member whose first try got no answer, or from the button that is offered then.

use super::document_inputs::inputs;
use super::inputs::Inputs;
use crate::answer::{Answer, CustomId, Message, Modal};
use crate::domain::command::{Access, Command, CommandOption, Deferral, Input};
use crate::domain::document::Document;
use crate::domain::id::InteractionId;
use crate::error::AppError;
use crate::invocation::Invocation;
use crate::request::Options;
use crate::state::AppState;
use crate::use_cases::insert_document::{self, COMMAND};
use crate::views;

/// How long a modal can be sent after it was opened: a day.
const LIFETIME_MS: i64 = 24 * 60 * 60 * 1_000;

/// What Discord is told.
pub fn register() -> Command {
    Command {
        name: COMMAND,
        description: "Inserts a document: a name and any JSON",
        options: vec![CommandOption {
            name: "name",
            description: "What it is called",
            is_required: false,
            input: Input::Text { max_length: 100 },
        }],
        access: Access::Everyone,
        deferral: Deferral::Never,
    }
}

/// Asks for the name and the JSON.
pub fn run(invocation: &Invocation, options: &Options) -> Result<Answer, AppError> {
    window(invocation.id, options.get("name").unwrap_or_default())
}

/// Asks again for a document that may have been stored.
pub fn press(parts: &[&str]) -> Result<Answer, AppError> {
    let unknown = || AppError::refused("I do not know this button. Please give /insert again.");
    let [id, name @ ..] = parts else {
        return Err(unknown());
    };
    let id = id.parse().map(InteractionId).map_err(|_| unknown())?;
    window(id, &name.join(":"))
}

fn window(id: InteractionId, name: &str) -> Result<Answer, AppError> {
    let custom_id = CustomId::new(COMMAND, &[&id.0])?;
    Ok(Modal::new(custom_id, "A new document", inputs(name, "")).into())
}

/// Inserts what was typed.
pub async fn submit(
    app: &AppState,
    invocation: Invocation,
    parts: &[&str],
    inputs: Inputs<'_>,
) -> Result<Answer, AppError> {
    let id = read_modal(parts, invocation.id)
        .ok_or_else(|| AppError::refused_text(OLD_WINDOW, inputs.body()))?;
    let (name, body) = inputs.document()?;
    let document = Document::new(invocation.guild, id, invocation.by, name, body);
    let document = insert_document::insert(app, document).await?;
    Ok(Message::text("Inserted:")
        .with_embed(views::document::whole(&document))
        .into())
}

const OLD_WINDOW: &str =
    "This window is too old, or from another version of me. Please give /insert again.";

/// The interaction that opened the modal. One from before modals carried it stands for itself.
fn read_modal(parts: &[&str], sent: InteractionId) -> Option<InteractionId> {
    let [opened] = parts else {
        return parts.is_empty().then_some(sent);
    };
    let opened = opened.parse().map(InteractionId).ok()?;
    let age = sent.0.made_at().as_millis() - opened.0.made_at().as_millis();
    (opened.0 <= sent.0 && age <= LIFETIME_MS).then_some(opened)
}
