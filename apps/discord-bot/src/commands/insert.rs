//! `/insert`: a document with a name and any JSON, typed into a modal.
//!
//! The modal carries the id of the document. So it is stored once, however often the modal is sent: by
//! Discord, by a member whose first try got no answer, or from the button that is offered then.

use crate::answer::{
    Answer, Button, ButtonStyle, CustomId, InputStyle, MalformedCustomId, Message, Modal, TextInput,
};
use crate::commands::{Access, Asked, Command, CommandOption, Deferral, Input, Inputs};
use crate::domain::document::{Document, MAX_NAME};
use crate::domain::id::InteractionId;
use crate::error::{AppError, LostAnswer};
use crate::request::Options;
use crate::state::AppState;
use crate::store::StoreError;
use crate::store::documents::may_be_stored;
use crate::views;

const COMMAND: &str = "insert";
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
pub fn run(asked: &Asked, options: &Options) -> Result<Answer, AppError> {
    window(asked.id, options.get("name").unwrap_or_default())
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
    asked: Asked,
    parts: &[&str],
    inputs: Inputs<'_>,
) -> Result<Answer, AppError> {
    let id = read_modal(parts, asked.id)
        .ok_or_else(|| AppError::refused_text(OLD_WINDOW, inputs.body()))?;
    let (name, body) = inputs.document()?;
    let document = Document::new(asked.guild, id, asked.by, name, body);
    let document = store(app, document).await?;
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

/// Stores a new document, once however often that is asked for, and returns it as it is stored.
pub(super) async fn store(app: &AppState, document: Document) -> Result<Document, AppError> {
    let document = app.unsettled.as_sent_before(document);
    app.quota.check(&app.store, &document).await?;
    let stored_before = match app.store.documents.insert(&document).await {
        Ok(stored_before) => stored_before,
        Err(error) if may_be_stored(&error) => {
            app.unsettled.remember(&document);
            return Err(lost_answer(&document, error));
        }
        Err(error) => return Err(error.into()),
    };
    app.unsettled.forget(&document);
    match stored_before {
        None => Ok(document),
        Some(stored) if stored.is_same_insert(&document) => Ok(stored),
        Some(stored) => Err(refusal(&stored, &document)),
    }
}

fn lost_answer(document: &Document, source: StoreError) -> AppError {
    let id = document.id.0;
    LostAnswer {
        advice: format!(
            "Your document may have been stored: `/get {id}` shows it if it was. If it was not, press Try again, which \
             cannot store it twice."
        ),
        retry: retry(document).ok(),
        typed: document.body.typed(),
        source,
    }
    .into()
}

/// The button that asks again for the same document. A name that does not fit has to be typed again.
fn retry(document: &Document) -> Result<Button, MalformedCustomId> {
    let id = document.id.0;
    let custom_id = CustomId::new(COMMAND, &[&id, &document.name])
        .or_else(|MalformedCustomId| CustomId::new(COMMAND, &[&id]))?;
    Ok(Button::new("Try again", custom_id, ButtonStyle::Primary))
}

fn refusal(stored: &Document, document: &Document) -> AppError {
    let id = stored.id.0;
    let problem = format!(
        "This window has stored document {id} already, and what you typed now is not stored. /update changes the document."
    );
    AppError::refused_text(problem, &document.body.typed())
}

/// The inputs for a name and a body, filled with these.
pub(super) fn inputs(name: &str, body: &str) -> [TextInput; 2] {
    [
        TextInput::new("name", "Name", InputStyle::Short)
            .at_most(MAX_NAME)
            .filled_with(name),
        TextInput::new("body", "JSON", InputStyle::Paragraph)
            .optional()
            .filled_with(body)
            .hint("{\"colour\": \"red\", \"price\": 12.50}"),
    ]
}
