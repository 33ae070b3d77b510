//! Making, listing and dropping collections.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::action::{DropCollection, awaited, call_options, execute};
use crate::collection::Collection;
use crate::database::Database;
use crate::error::Result;
use crate::options::Options;
use crate::schema::{CollectionDefinition, CollectionDescriptor};
use crate::value::Document;

impl Database {
    /// Makes a collection in the keyspace of this handle.
    ///
    /// It may be repeated: a collection that is there with the same settings is fine.
    ///
    /// ```
    /// # async fn run(db: astra_db::Database) -> Result<(), astra_db::Error> {
    /// use astra_db::schema::CollectionDefinition;
    ///
    /// let products = db
    ///     .create_collection("products")
    ///     .definition(CollectionDefinition::default().indexing_deny(["description"]))
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::is_already_exists`](crate::Error::is_already_exists) when it is there with other
    /// settings.
    #[doc(alias = "createCollection")]
    pub fn create_collection(&self, name: impl Into<Arc<str>>) -> CreateCollection {
        CreateCollection {
            options: Arc::clone(self.options()),
            database: self.clone(),
            name: name.into(),
            definition: CollectionDefinition::default(),
        }
    }

    /// The collections of the keyspace with their settings.
    ///
    /// ```
    /// # async fn run(db: astra_db::Database) -> Result<(), astra_db::Error> {
    /// for found in db.list_collections().await? {
    ///     // What is listed can be made again elsewhere.
    ///     db.keyspace("copy").create_collection(found.name).definition(found.definition).await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "findCollections")]
    pub fn list_collections(&self) -> ListCollections {
        ListCollections {
            options: Arc::clone(self.options()),
            database: self.clone(),
        }
    }

    /// The names of the collections of the keyspace.
    ///
    /// ```
    /// # async fn run(db: astra_db::Database) -> Result<(), astra_db::Error> {
    /// let names: Vec<String> = db.list_collection_names().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "findCollections")]
    pub fn list_collection_names(&self) -> ListCollectionNames {
        ListCollectionNames {
            options: Arc::clone(self.options()),
            database: self.clone(),
        }
    }

    /// Drops a collection with all that is in it. One that is not there is fine.
    ///
    /// The server drops a *table* of that name just the same.
    ///
    /// ```
    /// # async fn run(db: astra_db::Database) -> Result<(), astra_db::Error> {
    /// db.drop_collection("products").await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "deleteCollection")]
    pub fn drop_collection(&self, name: impl Into<Arc<str>>) -> DropCollection {
        DropCollection {
            options: Arc::clone(self.options()),
            database: self.clone(),
            name: name.into(),
        }
    }
}

/// Makes a collection. Made by [`Database::create_collection`].
#[derive(Clone, Debug)]
#[must_use = "a command is sent when it is awaited"]
pub struct CreateCollection {
    database: Database,
    name: Arc<str>,
    definition: CollectionDefinition,
    options: Arc<Options>,
}

impl CreateCollection {
    call_options!();

    /// Its settings; the server's defaults if this is not called.
    pub fn definition(mut self, definition: CollectionDefinition) -> Self {
        self.definition = definition;
        self
    }
}

#[derive(Serialize)]
struct CreateCollectionPayload<'a> {
    name: &'a str,
    options: &'a CollectionDefinition,
}

impl CreateCollection {
    async fn run(self) -> Result<Collection<Document>> {
        let Self {
            database,
            name,
            definition,
            options,
        } = self;
        let payload = CreateCollectionPayload {
            name: &name,
            options: &definition,
        };
        let target = database.keyspace_target()?;
        execute(&database, &options, "createCollection", target, &payload).await?;
        Ok(database.collection(name))
    }
}

awaited!(CreateCollection => Collection<Document>);

/// Lists collections with their settings. Made by [`Database::list_collections`].
#[derive(Clone, Debug)]
#[must_use = "a command is sent when it is awaited"]
pub struct ListCollections {
    database: Database,
    options: Arc<Options>,
}

impl ListCollections {
    call_options!();
}

#[derive(Serialize)]
struct FindCollectionsPayload {
    options: Explain,
}

#[derive(Serialize)]
struct Explain {
    explain: bool,
}

#[derive(Deserialize)]
struct CollectionsStatus<C> {
    collections: Vec<C>,
}

impl ListCollections {
    async fn run(self) -> Result<Vec<CollectionDescriptor>> {
        find_collections(&self.database, &self.options, true).await
    }
}

awaited!(ListCollections => Vec<CollectionDescriptor>);

/// Lists names of collections. Made by [`Database::list_collection_names`].
#[derive(Clone, Debug)]
#[must_use = "a command is sent when it is awaited"]
pub struct ListCollectionNames {
    database: Database,
    options: Arc<Options>,
}

impl ListCollectionNames {
    call_options!();

    async fn run(self) -> Result<Vec<String>> {
        find_collections(&self.database, &self.options, false).await
    }
}

awaited!(ListCollectionNames => Vec<String>);

async fn find_collections<C: for<'de> Deserialize<'de>>(
    database: &Database,
    options: &Options,
    explain: bool,
) -> Result<Vec<C>> {
    let payload = FindCollectionsPayload {
        options: Explain { explain },
    };
    let target = database.keyspace_target()?;
    let reply = execute(database, options, "findCollections", target, &payload).await?;
    Ok(reply.status::<CollectionsStatus<C>>()?.collections)
}
