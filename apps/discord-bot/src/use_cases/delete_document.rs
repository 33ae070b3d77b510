//! Deleting a document.

use crate::domain::id::{DocumentId, GuildId};
use crate::error::{AppError, LostAnswer};
use crate::store::Store;

/// Deletes, and returns whether the document was there.
pub async fn delete(store: &Store, guild: GuildId, id: DocumentId) -> Result<bool, AppError> {
    let outcome = store.documents.delete(guild, id).await;
    outcome.map_err(|error| {
        if !error.is_outcome_unknown() {
            return error.into();
        }
        LostAnswer {
            advice: format!(
                "Document `{}` may have been deleted. Press Delete again to be sure.",
                id.0
            ),
            retry: None,
            typed: String::new(),
            source: error,
        }
        .into()
    })
}
