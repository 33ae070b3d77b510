//! `/createdocument`: a document with nothing but a name.

use crate::answer::text::escape;
use crate::answer::{Answer, Message};
use crate::commands::{Access, Command, CommandOption, Input};
use crate::domain::document::{Author, Body, Document};
use crate::domain::id::{GuildId, InteractionId};
use crate::error::AppError;
use crate::request::Options;
use crate::store::Store;

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
    }
}

/// Creates it.
pub async fn run(
    store: &Store,
    guild: GuildId,
    interaction: InteractionId,
    author: Author,
    options: &Options,
) -> Result<Answer, AppError> {
    let name = options.get("name").unwrap_or(DEFAULT_NAME).parse()?;
    let document = Document::new(guild, interaction, author, name, Body::default());
    store.documents.insert(&document).await?;
    let name = escape(document.name.as_str());
    Ok(Message::text(format!("Done: **{name}** is document `{}`.", document.id.0)).into())
}
