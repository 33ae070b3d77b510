//! What guilds keep, in the collection `documents`.

use astra_db::{Collection, CollectionDefinition, Database, Error, ErrorCode, Value, field_path};
use serde_json::json;

use crate::domain::document::{Document, NameKey};
use crate::domain::field::Field;
use crate::domain::filter::Filter;
use crate::domain::id::{DocumentId, GuildId};
use crate::domain::search::{Begin, Count, Order, PAGE_SIZE, Page, PageAt, Search};
use crate::store::StoreError;

/// The Data API counts up to here.
pub const MAX_COUNTED: u64 = 1_000;

/// Questions about documents.
#[derive(Debug, Clone)]
pub struct Documents(Collection<Document>);

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

    /// Stores a new document. One that is there already was stored by the same interaction, which
    /// is the same to whoever asked.
    pub async fn insert(&self, document: &Document) -> Result<(), StoreError> {
        match self.0.insert_one(document).await {
            // An id that another guild has would be Discord's mistake, and is not answered as done.
            Err(error) if error.is_already_exists() => {
                let stored = self.find(document.guild, document.id).await?;
                stored.map(|_| ()).ok_or(error)
            }
            outcome => outcome.map(|_| ()),
        }
    }

    /// Stores the next revision of a document; answers whether nobody else had revised it first.
    pub async fn revise(&self, guild: GuildId, revised: &Document) -> Result<bool, StoreError> {
        let before = revised.revision.number.saturating_sub(1);
        let unrevised = json!({ "guild": guild, "_id": revised.id, "revision.number": before });
        let change = json!({ "$set": {
            "name": revised.name,
            "key": revised.key,
            "body": revised.body,
            "revision": revised.revision,
        } });
        match self.0.update_one(unrevised, change).await {
            // Both mean that another writer was faster and nothing has been stored.
            Err(error) if error.code() == Some(&ErrorCode::FailedConcurrentOperations) => Ok(false),
            outcome => Ok(outcome?.modified_count == 1),
        }
    }

    /// Deletes a document, if it is there.
    pub async fn delete(&self, guild: GuildId, id: DocumentId) -> Result<(), StoreError> {
        self.0
            .delete_one(json!({ "guild": guild, "_id": id }))
            .await?;
        Ok(())
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
            .count_documents(matching(guild, filter, []), MAX_COUNTED)
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
        let (nearest, further, backwards) = match search.order {
            Order::Oldest => (1, "$gt", "$lt"),
            _ => (-1, "$lt", "$gt"),
        };
        let (sort, bound) = match (&search.order, at.begin) {
            (Order::Newest | Order::Oldest, Begin::After(id)) => {
                (json!({ "_id": nearest }), json!({ further: id }))
            }
            (Order::Newest | Order::Oldest, Begin::Before(id)) => {
                (json!({ "_id": -nearest }), json!({ backwards: id }))
            }
            // Without a document to hold on to: what was inserted after the question does not count.
            (Order::Newest | Order::Oldest, Begin::Counted) => {
                (json!({ "_id": nearest }), json!({ "$lte": search.id }))
            }
            (Order::Ascending(field), _) => (
                json!({ path(field, true): 1 }),
                json!({ "$lte": search.id }),
            ),
            (Order::Descending(field), _) => (
                json!({ path(field, true): -1 }),
                json!({ "$lte": search.id }),
            ),
        };
        let find = self
            .0
            .find(matching(guild, &search.filter, [("_id", bound)]))
            .sort(sort);
        let find = match at.begin {
            Begin::Counted => find.skip(at.skip()),
            Begin::After(_) | Begin::Before(_) => find,
        };
        let one_more = u32::try_from(PAGE_SIZE)
            .unwrap_or(u32::MAX)
            .saturating_add(1);
        let found = find.limit(one_more).await?.all().await?;
        Ok(Page::new(&search.order, at, found))
    }

    /// The newest documents.
    pub async fn newest(&self, guild: GuildId, limit: u32) -> Result<Vec<Document>, StoreError> {
        let found = self
            .0
            .find(json!({ "guild": guild }))
            .sort(json!({ "_id": -1 }));
        found.limit(limit).await?.all().await
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

/// The one place that writes a filter out for the database. Each condition stands by itself, so that
/// none can take the place of another, least of all of the guild.
fn matching<const N: usize>(
    guild: GuildId,
    filter: &Filter,
    more: [(&str, serde_json::Value); N],
) -> Value {
    let own = more
        .into_iter()
        .map(|(field, wanted)| Value::from(json!({ field: wanted })));
    let theirs = filter.conditions().iter().map(|condition| {
        let operator = format!("${}", condition.operator.name());
        let comparison = astra_db::Document::from([(operator, condition.value.clone())]);
        Value::from(astra_db::Document::from([(
            path(&condition.field, false),
            Value::from(comparison),
        )]))
    });
    let guild = Value::from(json!({ "guild": guild }));
    let all: Vec<Value> = std::iter::once(guild).chain(own).chain(theirs).collect();
    Value::from(astra_db::Document::from([("$and", Value::Array(all))]))
}

/// Where a field lies in a stored document.
fn path(field: &Field, is_sorted_by: bool) -> String {
    match field {
        Field::Name if is_sorted_by => "key".to_owned(),
        Field::Name => "name".to_owned(),
        Field::Author => "author.id".to_owned(),
        Field::Body(names) => {
            field_path(std::iter::once("body").chain(names.iter().map(String::as_str)))
        }
    }
}

/// Texts that begin like this one: from it to before its longest continuation.
fn beginning_with(text: &str) -> serde_json::Value {
    json!({ "$gte": text, "$lt": format!("{text}\u{10ffff}") })
}
