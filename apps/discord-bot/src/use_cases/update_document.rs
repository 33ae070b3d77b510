//! Changing a document that nobody else has changed meanwhile.

use crate::domain::document::{Body, Document, Name};
use crate::domain::id::{DocumentId, UserId};
use crate::error::{AppError, LostAnswer};
use crate::invocation::Invocation;
use crate::store::Store;

/// What a document is to be.
#[derive(Debug)]
pub struct Change<'a> {
    /// Which document.
    pub id: DocumentId,
    /// The revision that was shown.
    pub number: u32,
    /// Its name.
    pub name: Name,
    /// Its JSON.
    pub body: Body,
    /// The JSON as it was typed.
    pub typed: &'a str,
}

/// Stores a change, and returns the document as it is then.
pub async fn update(
    store: &Store,
    invocation: Invocation,
    change: Change<'_>,
) -> Result<Document, AppError> {
    let refused = |problem| AppError::refused_text(problem, change.typed);
    let Some(document) = store.documents.find(invocation.guild, change.id).await? else {
        return Err(refused("This document has been deleted meanwhile."));
    };
    check_may_change(&document, invocation.by.id, invocation.is_moderator)?;
    if document.revision.number > change.number && document.says(&change.name, &change.body) {
        // The same window was sent before: by Discord, or after an answer that was lost.
        return Ok(document);
    }
    let revised = document.revised(invocation.id, invocation.by, change.name, change.body);
    let is_next = revised.revision.number == change.number.saturating_add(1);
    if is_next && revise(store, &revised).await? {
        return Ok(revised);
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

/// Refuses members who are neither the author nor a moderator.
pub fn check_may_change(
    document: &Document,
    user: UserId,
    is_moderator: bool,
) -> Result<(), AppError> {
    if document.author.id == user || is_moderator {
        return Ok(());
    }
    Err(AppError::refused(
        "This document is somebody else's. Its author and those who manage messages may change it.",
    ))
}
