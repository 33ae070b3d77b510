//! Inserting a document: once, however often it is sent.

use std::num::NonZeroU16;

use crate::answer::{Button, ButtonStyle, CustomId, MalformedCustomId};
use crate::domain::document::Document;
use crate::domain::filter::Filter;
use crate::error::{AppError, LostAnswer};
use crate::state::AppState;
use crate::store::StoreError;
use crate::store::documents::may_be_stored;

/// The command whose window and button insert.
pub const COMMAND: &str = "insert";

/// Stores a new document, once however often that is asked for, and returns it as it is stored.
pub async fn insert(app: &AppState, document: Document) -> Result<Document, AppError> {
    let document = app.unsettled.as_sent_before(document);
    check_quota(app, &document).await?;
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

/// Refuses a new document whose server has no room for it.
async fn check_quota(app: &AppState, document: &Document) -> Result<(), AppError> {
    let Some(most) = app.quota.most() else {
        return Ok(());
    };
    let documents = &app.store.documents;
    let kept = documents
        .count(document.guild, &Filter::everything())
        .await?;
    let is_full = kept.counted >= u64::from(most.get());
    // The same request may come again: then the document is there and all is well.
    if is_full && documents.find(document.guild, document.id).await?.is_none() {
        return Err(server_is_full(most, document));
    }
    Ok(())
}

fn server_is_full(most: NonZeroU16, document: &Document) -> AppError {
    let problem = format!(
        "This server keeps {most} documents, and may keep no more. Please delete one first."
    );
    AppError::refused_text(problem, &document.body.typed())
}
