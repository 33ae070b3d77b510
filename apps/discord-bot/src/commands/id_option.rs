//! The option by which `/get`, `/update` and `/delete` say which document is meant.

use std::collections::BTreeSet;

use crate::answer::{Choice, Choices};
use crate::domain::command::{CommandOption, Input};
use crate::domain::document::{Document, Name, NameKey};
use crate::domain::id::{DocumentId, GuildId};
use crate::error::AppError;
use crate::invocation::Invocation;
use crate::request::Options;
use crate::store::Store;
use crate::views;

const LISTED: u32 = 25;

/// What Discord is told.
pub fn register() -> CommandOption {
    CommandOption {
        name: "id",
        description: "The document: type the beginning of its name or id and choose",
        is_required: true,
        input: Input::Completed { max_length: 100 },
    }
}

/// The document that is meant: by its id, or by its name where no other is called so.
pub async fn read(store: &Store, guild: GuildId, options: &Options) -> Result<Document, AppError> {
    let Some(text) = options.get("id") else {
        return Err(AppError::refused("Which document? Please fill in id."));
    };
    if let Ok(id) = text.parse()
        && let Some(document) = store.documents.find(guild, DocumentId(id)).await?
    {
        return Ok(document);
    }
    let Ok(name) = text.parse::<Name>() else {
        return Err(AppError::refused(missing()));
    };
    let mut called = store.documents.named(guild, &name.key(), 2).await?;
    match (called.pop(), called.pop()) {
        (Some(document), None) => Ok(document),
        (Some(_), Some(_)) => Err(AppError::refused(format!(
            "Several documents are called {name}. Please choose one from the list that opens while you type."
        ))),
        (None, _) => Err(AppError::refused(missing())),
    }
}

/// Documents whose name or id begins with what was typed; the newest if nothing was.
pub async fn complete(
    store: &Store,
    invocation: &Invocation,
    typed: &str,
) -> Result<Choices, AppError> {
    let (typed, guild) = (typed.trim(), invocation.guild);
    let is_digits = typed.bytes().all(|byte| byte.is_ascii_digit());
    let found = if typed.is_empty() {
        store
            .documents
            .newest(guild, invocation.id, LISTED as usize)
            .await?
    } else {
        let mut found = store
            .documents
            .named_like(guild, &NameKey::beginning(typed), LISTED)
            .await?;
        if is_digits {
            found.extend(store.documents.numbered_like(guild, typed, LISTED).await?);
        }
        found
    };
    let mut listed = BTreeSet::new();
    let once = found.iter().filter(|document| listed.insert(document.id));
    Ok(once
        .filter_map(views::document::choice)
        .collect::<Vec<Choice>>()
        .into_iter()
        .collect())
}

/// What is said of a document that is not there, or is another guild's: the same.
pub fn missing() -> &'static str {
    "There is no such document here. /find shows what there is."
}
