//! How many documents a server may keep, where the bot is in servers of strangers.

use std::num::NonZeroU16;
use std::str::FromStr;

use crate::domain::document::Document;
use crate::domain::filter::Filter;
use crate::error::AppError;
use crate::store::Store;
use crate::store::documents::MAX_COUNTED;

/// The most documents a server may keep; the default is as many as there is room for.
///
/// It is looked at before a document is inserted, so servers that insert several at the same moment
/// may end up with some more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Quota(Option<NonZeroU16>);

/// The text is no quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a quota is a number from 1 to {MAX_COUNTED}, which is as far as the database counts")]
pub struct MalformedQuota;

impl FromStr for Quota {
    type Err = MalformedQuota;

    fn from_str(text: &str) -> Result<Self, MalformedQuota> {
        let most: NonZeroU16 = text.parse().map_err(|_| MalformedQuota)?;
        if u64::from(most.get()) > MAX_COUNTED {
            return Err(MalformedQuota);
        }
        Ok(Self(Some(most)))
    }
}

impl Quota {
    /// Refuses a new document whose server has no room for it.
    pub async fn check(self, store: &Store, document: &Document) -> Result<(), AppError> {
        let Some(most) = self.0 else {
            return Ok(());
        };
        let documents = &store.documents;
        let kept = documents
            .count(document.guild, &Filter::everything())
            .await?;
        let is_full = kept.counted >= u64::from(most.get());
        // The same request may come again: then the document is there and all is well.
        if is_full && documents.find(document.guild, document.id).await?.is_none() {
            return Err(refusal(most, document));
        }
        Ok(())
    }
}

fn refusal(most: NonZeroU16, document: &Document) -> AppError {
    let problem = format!(
        "This server keeps {most} documents, and may keep no more. Please delete one first."
    );
    AppError::refused_text(problem, &document.body.typed())
}
