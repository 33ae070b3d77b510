//! Making, listing and dropping collections.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::action::{DropCollection, awaited, call_options, execute};
use crate::collection::Collection;
use crate::database::Database;
use crate::error::Result;
use crate::model::CollectionDocument;
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
        CreateCollection::new(self, name.into(), CollectionDefinition::default())
    }

    /// Makes the collection that `T` is a document of, with the settings of the struct.
    /// [`sync_collection`](Self::sync_collection) can tell beforehand what it would do, and how the
    /// settings differ.
    #[cfg_attr(feature = "derive", doc = "```no_run")]
    #[cfg_attr(not(feature = "derive"), doc = "```ignore")]
    /// # async fn run(db: astra_db::Database) -> Result<(), astra_db::Error> {
    /// #[derive(serde::Serialize, serde::Deserialize, astra_db::CollectionDocument)]
    /// #[collection(name = "songs", default_id = "uuidv7")]
    /// struct Song {
    ///     title: String,
    /// }
    ///
    /// let songs = db.create_collection_of::<Song>().if_not_exists().await?;
    /// songs.insert_one(Song { title: "Blue".into() }).await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "createCollection")]
    pub fn create_collection_of<T: CollectionDocument>(&self) -> CreateCollection<T> {
        CreateCollection::new(self, T::COLLECTION_NAME.into(), T::definition())
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

/// Makes a collection. Made by [`Database::create_collection`] and
/// [`Database::create_collection_of`].
#[must_use = "a command is sent when it is awaited"]
pub struct CreateCollection<T = Document> {
    database: Database,
    name: Arc<str>,
    definition: CollectionDefinition,
    if_not_exists: bool,
    options: Arc<Options>,
    document: PhantomData<fn() -> T>,
}

impl<T> CreateCollection<T> {
    fn new(database: &Database, name: Arc<str>, definition: CollectionDefinition) -> Self {
        Self {
            options: Arc::clone(database.options()),
            database: database.clone(),
            name,
            definition,
            if_not_exists: false,
            document: PhantomData,
        }
    }

    call_options!();

    /// Takes a collection that is there with other settings as it is.
    pub fn if_not_exists(mut self) -> Self {
        self.if_not_exists = true;
        self
    }

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

impl<T: 'static> CreateCollection<T> {
    async fn run(self) -> Result<Collection<T>> {
        let Self {
            database,
            name,
            definition,
            if_not_exists,
            options,
            ..
        } = self;
        let payload = CreateCollectionPayload {
            name: &name,
            options: &definition,
        };
        let target = database.keyspace_target()?;
        match execute(&database, &options, "createCollection", target, &payload).await {
            Err(error) if if_not_exists && error.is_already_exists() => {}
            outcome => drop(outcome?),
        }
        Ok(database.collection(name))
    }
}

awaited!(CreateCollection<T> => Collection<T>, T: 'static);

impl<T> fmt::Debug for CreateCollection<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("CreateCollection")
            .field("name", &self.name)
            .field("definition", &self.definition)
            .field("if_not_exists", &self.if_not_exists)
            .finish_non_exhaustive()
    }
}

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
