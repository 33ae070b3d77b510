//! `/count`: how many documents there are.

use crate::answer::{Answer, Message};
use crate::commands::{Access, Command};
use crate::domain::id::GuildId;
use crate::error::AppError;
use crate::store::Store;

/// What Discord is told.
pub fn register() -> Command {
    Command {
        name: "count",
        description: "Counts the documents of this server",
        options: Vec::new(),
        access: Access::Everyone,
    }
}

/// Counts.
pub async fn run(store: &Store, guild: GuildId) -> Result<Answer, AppError> {
    let count = store.documents.count(guild).await?;
    Ok(Message::text(count.counted.to_string()).into())
}
