//! `Collection`: documents of one type, and what can be done with them.

use std::borrow::Borrow;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use futures_util::{Stream, StreamExt};
use serde::Serialize;

use crate::action::{
    CountDocuments, DeleteMany, DeleteOne, Distinct, DropCollection, EstimatedDocumentCount, Find,
    FindAndRerank, FindOne, FindOneAndDelete, FindOneAndReplace, FindOneAndUpdate, HybridQuery,
    InsertMany, InsertManyStream, InsertOne, ReplaceOne, UpdateMany, UpdateOne, write,
};
use crate::database::Database;
use crate::error::{InsertManyError, Result};
use crate::handle::NamedRef;
use crate::model::CollectionDocument;
use crate::options::Options;
use crate::read_query::Contents;
use crate::schema::CollectionDefinition;
use crate::value::{Document, DocumentId};

/// A collection whose documents are read and written as `T`.
///
/// `T` is a struct of yours with serde's derives, or [`Document`] for documents of any shape. The
/// handle is cheap to clone; making one sends nothing, and does not check that the collection
/// exists.
///
/// Filters, updates and projections are anything that serializes to a JSON object:
/// [`serde_json::json!`], or what the fields of a struct make, checked by the compiler (see
/// [`query`](crate::query)). A write refuses a filter whose conditions were all left out: in one to a
/// single document only `{}` written as JSON means any document, and for many there are
/// [`update_all`](Self::update_all) and [`delete_all`](Self::delete_all). The names of fields are paths: see [`field_path`](crate::field_path) for
/// names with dots in them.
///
/// ```no_run
/// # async fn run(db: astra_db::Database) -> Result<(), astra_db::Error> {
/// use serde::{Deserialize, Serialize};
/// use serde_json::json;
///
/// #[derive(Debug, Serialize, Deserialize)]
/// struct Product {
///     #[serde(rename = "_id")]
///     id: String,
///     name: String,
///     price: f64,
/// }
///
/// let products = db.collection::<Product>("products");
/// products.insert_one(&Product { id: "teapot".into(), name: "Teapot".into(), price: 24.5 }).await?;
/// let cheap: Vec<Product> = products.find(json!({"price": {"$lt": 30}})).sort([("price", 1)]).all().await?;
/// # Ok(())
/// # }
/// ```
pub struct Collection<T = Document> {
    inner: NamedRef,
    item: PhantomData<fn() -> T>,
}

impl Database {
    /// A collection of this keyspace, its documents read and written as `T`. It need not exist yet.
    ///
    /// ```
    /// # fn run(db: astra_db::Database) {
    /// let anything = db.collection::<astra_db::Document>("products");
    /// # }
    /// ```
    pub fn collection<T>(&self, name: impl Into<Arc<str>>) -> Collection<T> {
        Collection::new(self.clone(), name)
    }

    /// The collection that `T` is a document of.
    ///
    /// ```
    /// # #[cfg(feature = "derive")]
    /// # fn run(db: astra_db::Database) {
    /// use astra_db::CollectionDocument;
    ///
    /// #[derive(serde::Serialize, serde::Deserialize, CollectionDocument)]
    /// #[collection(name = "songs")]
    /// struct Song {
    ///     name: String,
    /// }
    ///
    /// let songs = db.collection_of::<Song>();
    /// assert_eq!(songs.name(), "songs");
    /// # }
    /// ```
    pub fn collection_of<T: CollectionDocument>(&self) -> Collection<T> {
        self.collection(T::COLLECTION_NAME)
    }
}

impl<T> Collection<T> {
    pub(crate) fn new(database: Database, name: impl Into<Arc<str>>) -> Self {
        Self {
            inner: NamedRef {
                database,
                name: name.into(),
            },
            item: PhantomData,
        }
    }

    /// The name of the collection.
    pub fn name(&self) -> &str {
        &self.inner.name
    }

    /// The database and keyspace it is in, with the options of this handle.
    pub fn database(&self) -> &Database {
        &self.inner.database
    }

    /// The same collection, its documents read and written as `U`; for projections, say.
    ///
    /// ```no_run
    /// # async fn run(products: astra_db::Collection) -> Result<(), astra_db::Error> {
    /// use serde_json::json;
    ///
    /// #[derive(serde::Deserialize)]
    /// struct Name { name: String }
    ///
    /// let names = products.clone_with_type::<Name>().find(json!({})).projection(json!({"name": 1})).await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn clone_with_type<U>(&self) -> Collection<U> {
        Collection {
            inner: self.inner.clone(),
            item: PhantomData,
        }
    }

    /// The same collection with changed options; this handle stays as it is.
    ///
    /// ```
    /// # fn run(products: astra_db::Collection) {
    /// use std::time::Duration;
    ///
    /// let hasty = products.with_options(|options| options.timeout(Duration::from_secs(2)));
    /// # }
    /// ```
    #[must_use]
    pub fn with_options(&self, change: impl FnOnce(Options) -> Options) -> Self {
        let NamedRef { database, name } = &self.inner;
        Self::new(database.with_options(change), Arc::clone(name))
    }

    /// The settings it was created with; `None` if it does not exist.
    ///
    /// ```no_run
    /// # async fn run(products: astra_db::Collection) -> Result<(), astra_db::Error> {
    /// let dimension = products.definition().await?.and_then(|definition| definition.vector).and_then(|vector| vector.dimension);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn definition(&self) -> Result<Option<CollectionDefinition>> {
        let found = self.database().list_collections().await?;
        let this = found.into_iter().find(|found| found.name == self.name());
        Ok(this.map(|found| found.definition))
    }

    /// Whether it exists in its keyspace.
    ///
    /// ```no_run
    /// # async fn run(products: astra_db::Collection) -> Result<(), astra_db::Error> {
    /// if !products.exists().await? {
    ///     products.database().create_collection(products.name()).await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn exists(&self) -> Result<bool> {
        let names = self.database().list_collection_names().await?;
        Ok(names.iter().any(|name| name == self.name()))
    }

    /// Drops it with all that is in it. One that does not exist is fine.
    ///
    /// ```no_run
    /// # async fn run(products: astra_db::Collection) -> Result<(), astra_db::Error> {
    /// products.drop().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn drop(&self) -> DropCollection {
        self.database().drop_collection(self.name())
    }

    /// Finds documents, page by page; `{}` finds all. What can be asked, with examples: [`Find`].
    pub fn find(&self, filter: impl Serialize) -> Find<T> {
        Find::new(self.inner.clone(), Contents::Documents, filter)
    }

    /// Finds one document, the first by the sort if there is one. Examples: [`FindOne`].
    #[doc(alias = "findOne")]
    pub fn find_one(&self, filter: impl Serialize) -> FindOne<T> {
        FindOne::new(self.inner.clone(), Contents::Documents, filter)
    }

    /// Finds documents by likeness and by words at once, in the order of a reranking model. What it
    /// needs, with an example: [`FindAndRerank`].
    #[doc(alias = "findAndRerank")]
    pub fn find_and_rerank(
        &self,
        filter: impl Serialize,
        query: impl Into<HybridQuery>,
    ) -> FindAndRerank<T> {
        FindAndRerank::new(self.inner.clone(), filter, query.into())
    }

    /// Changes one document and answers it, as it was or as it is then. Example:
    /// [`FindOneAndUpdate`].
    #[doc(alias = "findOneAndUpdate")]
    pub fn find_one_and_update(
        &self,
        filter: impl Serialize,
        update: impl Serialize,
    ) -> FindOneAndUpdate<T> {
        FindOneAndUpdate::new(self.inner.clone(), filter, update)
    }

    /// Deletes one document and answers it. Example: [`FindOneAndDelete`].
    #[doc(alias = "findOneAndDelete")]
    pub fn find_one_and_delete(&self, filter: impl Serialize) -> FindOneAndDelete<T> {
        FindOneAndDelete::new(self.inner.clone(), filter)
    }

    /// Changes one document. Its result and an example: [`UpdateOne`].
    #[doc(alias = "updateOne")]
    pub fn update_one(&self, filter: impl Serialize, update: impl Serialize) -> UpdateOne {
        UpdateOne::new(self.inner.clone(), filter, update)
    }

    /// Changes every document that matches, page by page. A filter without any condition is refused,
    /// [`update_all`](Self::update_all) changes all. Example: [`UpdateMany`].
    #[doc(alias = "updateMany")]
    pub fn update_many(&self, filter: impl Serialize, update: impl Serialize) -> UpdateMany {
        UpdateMany::new(self.inner.clone(), filter, update)
    }

    /// Changes every document, page by page. See [`UpdateMany`].
    ///
    /// ```no_run
    /// # async fn run(products: astra_db::Collection) -> Result<(), astra_db::Error> {
    /// products.update_all(serde_json::json!({"$set": {"listed": false}})).await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "updateMany")]
    pub fn update_all(&self, update: impl Serialize) -> UpdateMany {
        UpdateMany::all(self.inner.clone(), update)
    }

    /// Deletes one document. Example: [`DeleteOne`].
    #[doc(alias = "deleteOne")]
    pub fn delete_one(&self, filter: impl Serialize) -> DeleteOne {
        DeleteOne::new(self.inner.clone(), filter)
    }

    /// Deletes every document that matches. A filter without any condition is refused,
    /// [`delete_all`](Self::delete_all) deletes all. Example: [`DeleteMany`].
    #[doc(alias = "deleteMany")]
    pub fn delete_many(&self, filter: impl Serialize) -> DeleteMany {
        DeleteMany::new(self.inner.clone(), filter)
    }

    /// Deletes every document in one step.
    ///
    /// ```no_run
    /// # async fn run(sessions: astra_db::Collection) -> Result<(), astra_db::Error> {
    /// sessions.delete_all().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "deleteMany")]
    pub fn delete_all(&self) -> DeleteMany {
        DeleteMany::all(self.inner.clone())
    }

    /// Counts the documents that match, up to a bound. Example: [`CountDocuments`].
    #[doc(alias = "countDocuments")]
    pub fn count_documents(&self, filter: impl Serialize, upper_bound: u64) -> CountDocuments {
        CountDocuments::new(self.inner.clone(), filter, upper_bound)
    }

    /// Roughly how many documents there are, at no cost. Example: [`EstimatedDocumentCount`].
    #[doc(alias = "estimatedDocumentCount")]
    pub fn estimated_document_count(&self) -> EstimatedDocumentCount {
        EstimatedDocumentCount::new(self.inner.clone())
    }

    /// The different values of a field among the documents that match. Example: [`Distinct`].
    pub fn distinct(&self, path: impl Into<String>, filter: impl Serialize) -> Distinct {
        Distinct::new(self.inner.clone(), path.into(), filter)
    }
}

impl<T: Serialize> Collection<T> {
    /// Stores a new document. Errors and an example: [`InsertOne`].
    #[doc(alias = "insertOne")]
    pub fn insert_one(&self, document: impl Borrow<T>) -> InsertOne {
        InsertOne::new(self.inner.clone(), document.borrow())
    }

    /// Stores new documents, in as many requests as it takes. What becomes of each, with an example:
    /// [`InsertMany`].
    #[doc(alias = "insertMany")]
    pub fn insert_many<'a, D: Borrow<T>>(
        &self,
        documents: impl IntoIterator<Item = D, IntoIter: Send + 'a>,
    ) -> InsertMany<'a>
    where
        T: 'a,
    {
        InsertMany::new(
            self.inner.clone(),
            documents
                .into_iter()
                .map(|document| write(document.borrow())),
            InsertManyError::of_documents,
        )
    }

    /// Stores the documents of a stream, as many as there are, in bounded memory and at the pace of the
    /// server. With examples: [`InsertManyStream`].
    #[doc(alias = "insertMany")]
    #[doc(alias = "bulk insert")]
    pub fn insert_many_stream<D: Borrow<T>>(
        &self,
        documents: impl Stream<Item = D> + Send + 'static,
    ) -> InsertManyStream {
        let documents = documents.map(|document| write(document.borrow()));
        InsertManyStream::new::<DocumentId>(self.inner.clone(), documents)
    }

    /// Replaces one document, keeping its `_id`. Example: [`ReplaceOne`].
    #[doc(alias = "replaceOne")]
    pub fn replace_one(&self, filter: impl Serialize, replacement: impl Borrow<T>) -> ReplaceOne {
        ReplaceOne::new(self.inner.clone(), filter, replacement.borrow())
    }

    /// Replaces one document, keeping its `_id`, and answers it, as it was or as it is then.
    /// Example: [`FindOneAndReplace`].
    #[doc(alias = "findOneAndReplace")]
    pub fn find_one_and_replace(
        &self,
        filter: impl Serialize,
        replacement: impl Borrow<T>,
    ) -> FindOneAndReplace<T> {
        FindOneAndReplace::new(self.inner.clone(), filter, replacement.borrow())
    }
}

impl<T> Clone for Collection<T> {
    fn clone(&self) -> Self {
        self.clone_with_type()
    }
}

impl<T> fmt::Debug for Collection<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_tuple("Collection")
            .field(&self.database().keyspace_name())
            .field(&self.name())
            .finish()
    }
}
