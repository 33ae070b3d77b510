//! What guilds keep, in the collection `documents`.

use astra_db::{Collection, CollectionDefinition, Database, Error};
use serde_json::json;

use crate::domain::document::Document;
use crate::domain::id::{DocumentId, GuildId};
use crate::store::StoreError;

/// The Data API counts up to here.
pub const MAX_COUNTED: u64 = 1_000;

/// Questions about documents.
#[derive(Debug, Clone)]
pub struct Documents(Collection<Document>);

/// How many there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// So many were counted.
    pub counted: u64,
    /// There are more.
    pub and_more: bool,
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

    /// Stores a new document. One that is there already was stored by the same interaction, which
    /// is the same to whoever asked.
    pub async fn insert(&self, document: &Document) -> Result<(), StoreError> {
        match self.0.insert_one(document).await {
            Err(error) if error.is_already_exists() => Ok(()),
            outcome => outcome.map(|_| ()),
        }
    }

    /// How many documents there are, counted up to [`MAX_COUNTED`].
    pub async fn count(&self, guild: GuildId) -> Result<Count, StoreError> {
        match self
            .0
            .count_documents(json!({ "guild": guild }), MAX_COUNTED)
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
}
