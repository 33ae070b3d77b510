//! `/insert`: a document with a name and any JSON, typed into a modal.

use crate::answer::{Answer, CustomId, InputStyle, Message, Modal, TextInput};
use crate::commands::{Access, Asked, Command, CommandOption, Deferral, Input, Inputs};
use crate::domain::document::{Document, MAX_NAME};
use crate::error::AppError;
use crate::request::Options;
use crate::state::AppState;
use crate::views;

const COMMAND: &str = "insert";

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
pub fn run(options: &Options) -> Result<Answer, AppError> {
    let name = options.get("name").unwrap_or_default();
    let custom_id = CustomId::new(COMMAND, &[])?;
    Ok(Modal::new(custom_id, "A new document", inputs(name, "")).into())
}

/// Inserts what was typed.
pub async fn submit(app: &AppState, asked: Asked, inputs: Inputs<'_>) -> Result<Answer, AppError> {
    let (name, body) = inputs.document()?;
    let document = Document::new(asked.guild, asked.id, asked.by, name, body);
    app.quota.insert(&app.store, &document).await?;
    Ok(Message::text("Inserted:")
        .with_embed(views::document::whole(&document))
        .into())
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
