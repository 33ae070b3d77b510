//! `/get`: one document, whole.

use super::id_option;
use crate::answer::{Answer, Message};
use crate::domain::command::{Access, Command, Deferral};
use crate::domain::id::GuildId;
use crate::error::AppError;
use crate::request::Options;
use crate::store::Store;
use crate::views;

/// What Discord is told.
pub fn register() -> Command {
    Command {
        name: "get",
        description: "Shows one document",
        options: vec![id_option::register()],
        access: Access::Everyone,
        deferral: Deferral::Public,
    }
}

/// Shows it.
pub async fn run(store: &Store, guild: GuildId, options: &Options) -> Result<Answer, AppError> {
    let document = id_option::read(store, guild, options).await?;
    Ok(Message::embed(views::document::whole(&document)).into())
}
