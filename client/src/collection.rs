//! `Collection<T>`: a collection of documents that read as `T`.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use crate::command::Target;
use crate::database::Database;
use crate::error::Result;
use crate::options::Options;
use crate::value::Document;

/// A collection of documents that read as `T`.
///
/// Cheap to clone and never changing. Nothing is sent until a method is awaited, and the
/// collection need not exist yet.
pub struct Collection<T = Document> {
    database: Database,
    name: Arc<str>,
    options: Arc<Options>,
    documents: PhantomData<fn() -> T>,
}

impl Database {
    /// The collection of that name in the keyspace of this handle.
    ///
    /// ```
    /// # async fn run(db: astra_db::Database) -> Result<(), astra_db::Error> {
    /// #[derive(serde::Serialize, serde::Deserialize)]
    /// struct Product { #[serde(rename = "_id")] id: String, price: u64 }
    ///
    /// let typed = db.collection::<Product>("products");
    /// let untyped: astra_db::Collection = db.collection("products");
    /// # Ok(())
    /// # }
    /// ```
    pub fn collection<T>(&self, name: impl Into<Arc<str>>) -> Collection<T> {
        Collection {
            database: self.clone(),
            name: name.into(),
            options: Arc::clone(self.options()),
            documents: PhantomData,
        }
    }
}

impl<T> Collection<T> {
    /// The name of the collection.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The database it is in.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// The same collection, read as something else.
    #[must_use]
    pub fn clone_with_type<U>(&self) -> Collection<U> {
        Collection {
            database: self.database.clone(),
            name: Arc::clone(&self.name),
            options: Arc::clone(&self.options),
            documents: PhantomData,
        }
    }

    /// The same collection with changed options; this handle stays as it is.
    #[must_use]
    pub fn with_options(&self, change: impl FnOnce(Options) -> Options) -> Self {
        let options = Arc::new(change(Options::clone(&self.options)));
        Self {
            options,
            ..self.clone()
        }
    }

    pub(crate) fn options(&self) -> &Arc<Options> {
        &self.options
    }

    pub(crate) fn target(&self) -> Result<Target> {
        self.database.named_target(&self.name)
    }
}

impl<T> Clone for Collection<T> {
    fn clone(&self) -> Self {
        self.clone_with_type()
    }
}

impl<T> fmt::Debug for Collection<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Collection")
            .field("keyspace", &self.database.keyspace_name())
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
