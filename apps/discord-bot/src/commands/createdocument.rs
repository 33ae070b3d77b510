//! `/createdocument`: a document with nothing but a name.

use crate::answer::{Answer, Message};
use crate::domain::command::{Access, Command, CommandOption, Deferral, Input};
use crate::domain::document::{Body, Document};
use crate::error::AppError;
use crate::invocation::Invocation;
use crate::request::Options;
use crate::state::AppState;
use crate::use_cases::insert_document;
use crate::views;

const DEFAULT_NAME: &str = "I am a document";

/// What Discord is told.
pub fn register() -> Command {
    Command {
        name: "createdocument",
        description: "Creates a document with nothing but a name",
        options: vec![CommandOption {
            name: "name",
            description: "What it is called",
            is_required: false,
            input: Input::Text { max_length: 100 },
        }],
        access: Access::Everyone,
        deferral: Deferral::Public,
    }
}

/// Creates it.
pub async fn run(
    app: &AppState,
    invocation: Invocation,
    options: &Options,
) -> Result<Answer, AppError> {
    let name = options.get("name").unwrap_or(DEFAULT_NAME).parse()?;
    let document = Document::new(
        invocation.guild,
        invocation.id,
        invocation.by,
        name,
        Body::default(),
    );
    let document = insert_document::insert(app, document).await?;
    let (name, id) = (views::document::name(&document), document.id.0);
    Ok(Message::text(format!("Done: {name} is document `{id}`.")).into())
}
