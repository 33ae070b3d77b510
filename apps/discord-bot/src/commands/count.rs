//! `/count`: how many documents there are.

use super::filter_options;
use crate::answer::{Answer, Message};
use crate::domain::command::{Access, Command, Deferral};
use crate::domain::id::GuildId;
use crate::error::AppError;
use crate::request::Options;
use crate::store::Store;
use crate::views::page;

/// What Discord is told.
pub fn register() -> Command {
    Command {
        name: "count",
        description: "Counts the documents of this server, or those that match",
        options: filter_options::register(),
        access: Access::Everyone,
        deferral: Deferral::Public,
    }
}

/// Counts.
pub async fn run(store: &Store, guild: GuildId, options: &Options) -> Result<Answer, AppError> {
    let filter = filter_options::read(options)?;
    let count = page::total(store.documents.count(guild, &filter).await?);
    let sentence = if filter.is_everything() {
        format!("This server has **{count}**.")
    } else {
        format!("**{count}** found.")
    };
    Ok(Message::text(sentence).into())
}
