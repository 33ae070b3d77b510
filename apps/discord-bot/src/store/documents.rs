//! What guilds keep, in the collection `documents`.

use astra_db::{Collection, CollectionDefinition, Database, Error, ErrorCode};
use serde::Serialize;
use serde_json::json;

use super::conditions::{Use, and, beginning_with, conditions, path};
use super::error::StoreError;
use super::time_order::TimeOrder;
use crate::domain::document::{Body, Document, Name, NameKey, Revision};
use crate::domain::field::Field;
use crate::domain::filter::Filter;
use crate::domain::id::{DocumentId, GuildId, InteractionId};
use crate::domain::page::{Begin, PAGE_SIZE, Page, PageAt};
use crate::domain::search::{Count, MAX_COUNTED, Order, Search};

/// Questions about documents.
#[derive(Debug, Clone)]
pub struct Documents(Collection<Document>);

/// The update that stores a revision. Not `json!`, whose numbers are rounded.
#[derive(Serialize)]
struct Change<'a> {
    #[serde(rename = "$set")]
    set: Revised<'a>,
}

/// What a revision changes.
#[derive(Serialize)]
struct Revised<'a> {
    name: &'a Name,
    key: &'a NameKey,
    body: &'a Body,
    revision: &'a Revision,
}

impl Documents {
    /// People filter by anything in a document's body, so everything is indexed but what is only
    /// ever shown.
    pub(super) async fn open(database: &Database) -> Result<Self, StoreError> {
        let unindexed = ["author.name", "revision.author", "revision.made_by"];
        database
            .create_collection("documents")
            .definition(CollectionDefinition::default().indexing_deny(unindexed))
            .await?;
        Ok(Self(database.collection("documents")))
    }

    /// One document.
    pub async fn find(
        &self,
        guild: GuildId,
        id: DocumentId,
    ) -> Result<Option<Document>, StoreError> {
        self.0.find_one(json!({ "guild": guild, "_id": id })).await
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
        let unrevised = json!({ "guild": guild, "_id": revised.id, "revision.number": before });
        let change = Change {
            set: Revised {
                name: &revised.name,
                key: &revised.key,
                body: &revised.body,
                revision: &revised.revision,
            },
        };
        match self.0.update_one(unrevised, &change).await {
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
        let this = json!({ "guild": guild, "_id": id });
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
        let deleted = self.0.delete_many(json!({ "guild": guild })).await?;
        Ok(deleted.deleted_count)
    }

    /// How many documents match, counted up to [`MAX_COUNTED`].
    pub async fn count(&self, guild: GuildId, filter: &Filter) -> Result<Count, StoreError> {
        match self
            .0
            .count_documents(and(conditions(guild, filter)), MAX_COUNTED)
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
                self.sorted(guild, search, field, 1, at.skip(), one_more)
                    .await?
            }
            Order::Descending(field) => {
                self.sorted(guild, search, field, -1, at.skip(), one_more)
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
            .find(&self.0, &conditions(guild, &search.filter), limit)
            .await
    }

    /// Documents by a field, after so many others. The database offers nothing better than to count:
    /// <https://docs.datastax.com/en/astra-db-serverless/api-reference/document-methods/find.html>.
    async fn sorted(
        &self,
        guild: GuildId,
        search: &Search,
        field: &Field,
        direction: i32,
        skip: u32,
        limit: usize,
    ) -> Result<Vec<Document>, StoreError> {
        let mut all = conditions(guild, &search.filter);
        all.push(json!({ "_id": { "$lte": search.id } }).into());
        let sort = json!({ path(field, Use::Sort): direction });
        let limit = u32::try_from(limit).unwrap_or(u32::MAX);
        let found = self.0.find(and(all)).sort(sort).skip(skip).limit(limit);
        found.await?.all().await
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
        in_time.find(&self.0, &everything, limit).await
    }

    /// Documents whose name begins like this, in the order of the alphabet.
    pub async fn named_like(
        &self,
        guild: GuildId,
        beginning: &NameKey,
        limit: u32,
    ) -> Result<Vec<Document>, StoreError> {
        let key = beginning_with(beginning.as_str());
        let found = self
            .0
            .find(json!({ "guild": guild, "key": key }))
            .sort(json!({ "key": 1 }));
        found.limit(limit).await?.all().await
    }

    /// Documents whose id begins with these digits, oldest first.
    pub async fn numbered_like(
        &self,
        guild: GuildId,
        digits: &str,
        limit: u32,
    ) -> Result<Vec<Document>, StoreError> {
        // The Data API takes one comparison of `_id` in a filter, so where they end is seen here.
        let onwards = json!({ "guild": guild, "_id": { "$gte": digits } });
        let found = self.0.find(onwards).sort(json!({ "_id": 1 })).limit(limit);
        let mut found = found.await?.all().await?;
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
        let found = self
            .0
            .find(json!({ "guild": guild, "key": key }))
            .limit(limit);
        found.await?.all().await
    }
}

/// Whether a document may be stored although its insert failed: the answer was lost, or the id was
/// taken, which is probably by the same insert.
pub fn may_be_stored(error: &StoreError) -> bool {
    error.is_outcome_unknown() || error.is_already_exists()
}
