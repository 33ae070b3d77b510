//! What guilds keep, in the collection `documents`.

use astra_db::{Collection, Error, ErrorCode, Sort};
use shared::schema::{NotMade, Schema};

use super::conditions::{conditions, named_like, sorted_by};
use super::error::StoreError;
use super::time_order::TimeOrder;
use crate::domain::document::{Document, NameKey};
use crate::domain::filter::Filter;
use crate::domain::id::{DocumentId, GuildId, InteractionId};
use crate::domain::page::{Begin, PAGE_SIZE, Page, PageAt};
use crate::domain::search::{Count, MAX_COUNTED, Order, Search};

/// Questions about documents.
#[derive(Debug, Clone)]
pub struct Documents(Collection<Document>);

impl Documents {
    pub(super) async fn open(schema: &Schema<'_>) -> Result<Self, NotMade> {
        Ok(Self(schema.collection_of().await?))
    }

    /// One document.
    pub async fn find(
        &self,
        guild: GuildId,
        id: DocumentId,
    ) -> Result<Option<Document>, StoreError> {
        let this = Document::guild().eq(guild).and(Document::id().eq(id));
        self.0.find_one(this).await
    }

    /// Stores a new document, and returns the one that was stored under its id before, if there is one:
    /// a document is called after its interaction, so that is the same request, and nothing is stored.
    ///
    /// # Errors
    ///
    /// [`may_be_stored`] tells whether the document may have been stored all the same.
    pub async fn insert(&self, document: &Document) -> Result<Option<Document>, StoreError> {
        match self.0.insert_one(document).await {
            Err(error) if may_be_stored(&error) => {
                match self.find(document.guild, document.id).await {
                    Ok(Some(stored)) => Ok(Some(stored)),
                    _ => Err(error),
                }
            }
            outcome => outcome.map(|_| None),
        }
    }

    /// Stores the next revision of a document; answers whether nobody else had revised it first.
    pub async fn revise(&self, guild: GuildId, revised: &Document) -> Result<bool, StoreError> {
        let before = revised.revision.number.saturating_sub(1);
        let this = Document::guild()
            .eq(guild)
            .and(Document::id().eq(revised.id));
        let unrevised = this.and(Document::revision().number().eq(before));
        let change = Document::name().set(&revised.name);
        let change = change.and(Document::key().set(&revised.key));
        let change = change.and(Document::body().set(&revised.body));
        let change = change.and(Document::revision().set(&revised.revision));
        match self.0.update_one(unrevised, change).await {
            // Both mean that another writer was faster and nothing has been stored.
            Err(error) if error.code() == Some(&ErrorCode::FailedConcurrentOperations) => Ok(false),
            Err(error) if error.is_outcome_unknown() => match self.find(guild, revised.id).await {
                Ok(Some(stored)) if stored.revision == revised.revision => Ok(true),
                _ => Err(error),
            },
            outcome => Ok(outcome?.modified_count == 1),
        }
    }

    /// Deletes a document, and returns whether it was there.
    pub async fn delete(&self, guild: GuildId, id: DocumentId) -> Result<bool, StoreError> {
        let this = Document::guild().eq(guild).and(Document::id().eq(id));
        match self.0.delete_one(this).await {
            Err(error) if error.is_outcome_unknown() => match self.find(guild, id).await {
                Ok(None) => Ok(true),
                _ => Err(error),
            },
            outcome => Ok(outcome?.deleted_count != Some(0)),
        }
    }

    /// Deletes all documents of a guild.
    pub async fn delete_all(&self, guild: GuildId) -> Result<Option<u64>, StoreError> {
        let deleted = self.0.delete_many(Document::guild().eq(guild)).await?;
        Ok(deleted.deleted_count)
    }

    /// How many documents match, counted up to [`MAX_COUNTED`].
    pub async fn count(&self, guild: GuildId, filter: &Filter) -> Result<Count, StoreError> {
        match self
            .0
            .count_documents(conditions(guild, filter), MAX_COUNTED)
            .await
        {
            Err(Error::TooManyToCount { counted, .. }) => Ok(Count {
                counted,
                and_more: true,
            }),
            counted => Ok(Count {
                counted: counted?,
                and_more: false,
            }),
        }
    }

    /// A page of a search.
    pub async fn page(
        &self,
        guild: GuildId,
        search: &Search,
        at: PageAt,
    ) -> Result<Page, StoreError> {
        let one_more = PAGE_SIZE + 1;
        let found = match &search.order {
            Order::Newest => self.near(guild, search, at, true, one_more).await?,
            Order::Oldest => self.near(guild, search, at, false, one_more).await?,
            Order::Ascending(field) => {
                self.sorted(guild, search, sorted_by(field).asc(), at.skip(), one_more)
                    .await?
            }
            Order::Descending(field) => {
                self.sorted(guild, search, sorted_by(field).desc(), at.skip(), one_more)
                    .await?
            }
        };
        Ok(Page::new(&search.order, at, found))
    }

    /// Documents next to another one in time.
    async fn near(
        &self,
        guild: GuildId,
        search: &Search,
        at: PageAt,
        newest_first: bool,
        limit: usize,
    ) -> Result<Vec<Document>, StoreError> {
        let (from, is_inclusive, newest_first) = match at.begin {
            Begin::After(id) => (id, false, newest_first),
            Begin::Before(id) => (id, false, !newest_first),
            // What is inserted after the question does not count.
            Begin::Counted if newest_first => (search.id.into(), true, true),
            // Nothing was inserted before the guild was there.
            Begin::Counted => (DocumentId(guild.0), true, false),
        };
        let in_time = TimeOrder {
            from,
            is_inclusive,
            newest_first,
        };
        in_time
            .find(&self.0, conditions(guild, &search.filter), limit)
            .await
    }

    /// Documents by a field, after so many others. The database offers nothing better than to count:
    /// <https://docs.datastax.com/en/astra-db-serverless/api-reference/document-methods/find.html>.
    async fn sorted(
        &self,
        guild: GuildId,
        search: &Search,
        order: Sort,
        skip: u32,
        limit: usize,
    ) -> Result<Vec<Document>, StoreError> {
        let until = Document::id().lte(DocumentId::from(search.id));
        let all = conditions(guild, &search.filter).and(until);
        let limit = u32::try_from(limit).unwrap_or(u32::MAX);
        let found = self.0.find(all).sort(order).skip(skip).limit(limit);
        found.all().await
    }

    /// The newest documents at the time of an interaction.
    pub async fn newest(
        &self,
        guild: GuildId,
        now: InteractionId,
        limit: usize,
    ) -> Result<Vec<Document>, StoreError> {
        let in_time = TimeOrder {
            from: now.into(),
            is_inclusive: true,
            newest_first: true,
        };
        let everything = conditions(guild, &Filter::everything());
        in_time.find(&self.0, everything, limit).await
    }

    /// Documents whose name begins like this, in the order of the alphabet.
    pub async fn named_like(
        &self,
        guild: GuildId,
        beginning: &NameKey,
        limit: u32,
    ) -> Result<Vec<Document>, StoreError> {
        let found = Document::guild().eq(guild).and(named_like(beginning));
        let found = self.0.find(found).sort(Document::key().asc());
        found.limit(limit).all().await
    }

    /// Documents whose id begins with these digits, oldest first.
    pub async fn numbered_like(
        &self,
        guild: GuildId,
        digits: &str,
        limit: u32,
    ) -> Result<Vec<Document>, StoreError> {
        // The Data API takes one comparison of `_id` in a filter, so where they end is seen here.
        let onwards = Document::id().untyped().gte(digits);
        let onwards = Document::guild().eq(guild).and(onwards);
        let found = self.0.find(onwards).sort(Document::id().asc());
        let mut found = found.limit(limit).all().await?;
        found.retain(|document| document.id.0.to_string().starts_with(digits));
        Ok(found)
    }

    /// Documents with exactly this name, whatever its case.
    pub async fn named(
        &self,
        guild: GuildId,
        key: &NameKey,
        limit: u32,
    ) -> Result<Vec<Document>, StoreError> {
        let named = Document::guild().eq(guild).and(Document::key().eq(key));
        self.0.find(named).limit(limit).all().await
    }
}

/// Whether a document may be stored although its insert failed: the answer was lost, or the id was
/// taken, which is probably by the same insert.
pub fn may_be_stored(error: &StoreError) -> bool {
    error.is_outcome_unknown() || error.is_already_exists()
}
