//! What people are leafing through, in the collection `searches`.

use astra_db::{Collection, Timestamp};
use shared::schema::{NotMade, Schema};

use super::error::StoreError;
use crate::domain::id::{GuildId, InteractionId};
use crate::domain::search::Search;

/// One insert in so many deletes what has expired: there need be no process that lives long enough
/// to do it by the clock.
const SWEEP_EVERY: u64 = 32;

/// Questions about searches.
#[derive(Debug, Clone)]
pub struct Searches(Collection<Search>);

impl Searches {
    pub(super) async fn open(schema: &Schema<'_>) -> Result<Self, NotMade> {
        Ok(Self(schema.collection_of().await?))
    }

    /// One search, unless its time was over at `now`.
    pub async fn find(
        &self,
        guild: GuildId,
        id: InteractionId,
        now: Timestamp,
    ) -> Result<Option<Search>, StoreError> {
        let this = Search::guild().eq(guild).and(Search::id().eq(id));
        self.0
            .find_one(this.and(Search::expires_at().gt(now)))
            .await
    }

    /// Forgets all searches of a guild.
    pub async fn delete_all(&self, guild: GuildId) -> Result<(), StoreError> {
        self.0.delete_many(Search::guild().eq(guild)).await?;
        Ok(())
    }

    /// Keeps a search; one that is kept already came from the same interaction.
    pub async fn insert(&self, search: &Search) -> Result<(), StoreError> {
        let asked_at = search.id.0.made_at();
        match self.0.insert_one(search).await {
            Err(error) if error.is_already_exists() => {}
            Err(error) if error.is_outcome_unknown() => {
                let kept = self.find(search.guild, search.id, asked_at).await;
                kept?.ok_or(error)?;
            }
            outcome => drop(outcome?),
        }
        if search.id.0.get().is_multiple_of(SWEEP_EVERY) {
            let expired = Search::expires_at().lte(asked_at);
            if let Err(error) = self.0.delete_many(expired).await {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, "searches that have expired were not deleted");
            }
        }
        Ok(())
    }
}
