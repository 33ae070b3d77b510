//! `insertMany`: many documents or rows in several requests, and exactly what became of each.

mod chunks;
mod outcome;

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use futures_util::{StreamExt, stream};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use self::chunks::{Chunk, Chunks, MAX_BYTES};
pub use self::outcome::InsertManyResult;
use self::outcome::Ledger;
pub(super) use self::outcome::outcomes_of;
use super::call_options;
use crate::background::Background;
use crate::command::{Call, Reply, encode_error};
use crate::deadline::{Deadline, Requests};
use crate::details::{Details, DetailsRecorder};
use crate::error::{Error, InsertManyError, Result};
use crate::field_order;
use crate::handle::NamedRef;
use crate::inserted_id::InsertedId;
use crate::options::Options;
use crate::schema::Columns;
use crate::timeouts::TimeoutCategory;
use crate::value::{DocumentId, Value};

/// A document as JSON, or why it cannot be written.
pub(super) type Written = serde_json::Result<Box<RawValue>>;

/// The variant of [`Error`] for what is inserted.
type Failure<I> = fn(InsertManyError<I>) -> Error;

/// Stores new documents, or rows. Made by
/// [`Collection::insert_many`](crate::Collection::insert_many) and
/// [`Table::insert_many`](crate::Table::insert_many).
///
/// The documents go in chunks of at most [`chunk_size`](Self::chunk_size) and about 19 MB, as the
/// server takes 100 documents and 20 MB per request. They are taken from the iterator when their
/// chunk is formed, so an iterator that reads a large file needs the memory of the chunks under way
/// only.
///
/// Time limits hold per request, so that a long load may take as long as it takes;
/// [`timeout`](Self::timeout) limits the whole.
///
/// Unordered, which is the default, all documents are tried and several chunks are under way at a
/// time. With [`ordered`](Self::ordered) they are stored one after the other, up to the first that
/// fails.
///
/// A chunk whose documents all bring their `_id` is sent again when its answer is lost; what the
/// server then calls taken is reported as unknown, since it may be the document of the first try.
///
/// Rows go the same way. One that is there already is written over, column by column, and a chunk
/// of them is not sent again unless [`Options::idempotent`] says so.
///
/// # Errors
/// [`Error::InsertMany`](crate::Error::InsertMany), or
/// [`Error::InsertManyRows`](crate::Error::InsertManyRows) for rows, when any document was not, or may not have been,
/// stored: it tells of each what became of it.
///
/// ```no_run
/// # async fn run(products: astra_db::Collection) -> Result<(), astra_db::Error> {
/// use astra_db::{Error, doc};
///
/// let documents = (0..1000).map(|n| doc!({"_id": n, "name": format!("Teapot {n}")}));
/// match products.insert_many(documents).await {
///     Ok(result) => println!("{} stored", result.inserted_ids.len()),
///     Err(Error::InsertMany(error)) => {
///         for (index, failure) in error.failed() {
///             eprintln!("document {index}: {failure}");
///         }
///         println!("{} stored nevertheless", error.inserted().count());
///     }
///     Err(error) => return Err(error),
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is sent until it is awaited"]
pub struct InsertMany<'a, I = DocumentId> {
    collection: NamedRef,
    documents: Box<dyn Iterator<Item = Written> + Send + 'a>,
    ordered: bool,
    chunk_size: usize,
    concurrency: usize,
    options: Arc<Options>,
    failure: Failure<I>,
}

/// Writes a document for [`InsertMany::new`].
pub(crate) fn write<D: Serialize>(document: &D) -> Written {
    field_order::write(document, field_order::of_document)
}

impl<'a, I: InsertedId> InsertMany<'a, I> {
    pub(crate) fn new(
        collection: NamedRef,
        documents: impl Iterator<Item = Written> + Send + 'a,
        failure: Failure<I>,
    ) -> Self {
        Self {
            options: collection.options(),
            collection,
            documents: Box::new(documents),
            ordered: false,
            chunk_size: 50,
            concurrency: 8,
            failure,
        }
    }

    call_options!();

    /// Whether to store the documents one after the other and to stop at the first that fails. One
    /// chunk is under way at a time then.
    pub fn ordered(mut self, ordered: bool) -> Self {
        self.ordered = ordered;
        self
    }

    /// How many documents go into a request: 50 unless set, at most 100, the server's limit.
    pub fn chunk_size(mut self, documents: usize) -> Self {
        self.chunk_size = documents.clamp(1, 100);
        self
    }

    /// How many requests are under way at a time: 8 unless set. Without effect on ordered inserts.
    pub fn concurrency(mut self, requests: usize) -> Self {
        self.concurrency = requests.max(1);
        self
    }

    /// What it answers, together with the warnings of the server, and how many requests and how long
    /// it took: [`Details`].
    pub async fn details(self) -> Result<Details<InsertManyResult<I>>> {
        let recorder = Arc::new(DetailsRecorder::start());
        let listener = Arc::clone(&recorder);
        let insert = self.with_options(|options| options.listener(listener));
        Ok(recorder.details(insert.run().await?))
    }

    async fn run(self) -> Result<InsertManyResult<I>> {
        let Self {
            collection,
            documents,
            ordered,
            chunk_size,
            concurrency,
            options,
            failure,
        } = self;
        let deadline = Deadline::start(&options, TimeoutCategory::General, Requests::Many);
        let inserter = Inserter {
            collection,
            ordered,
            options,
            deadline,
        };
        let mut ledger = Ledger::new(&*documents);
        let chunks = Chunks::new(documents, chunk_size, MAX_BYTES);
        let concurrency = if ordered { 1 } else { concurrency };
        // On their way from the moment they are cut: the documents may come slowly.
        let mut answers = stream::iter(chunks)
            .map(|chunk| inserter.send(chunk, I::may_be_repeated))
            .buffer_unordered(concurrency);
        while let Some(answer) = answers.next().await {
            let all_inserted = ledger.enter(answer);
            if ordered && !all_inserted {
                break;
            }
        }
        drop(answers);
        ledger.close(failure)
    }
}

/// Sends chunks.
struct Inserter {
    collection: NamedRef,
    ordered: bool,
    options: Arc<Options>,
    deadline: Deadline,
}

#[derive(Serialize)]
struct Payload<'a, D> {
    documents: &'a [D],
    options: WireOptions,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WireOptions {
    ordered: bool,
    /// Without it the answer does not tell which document failed.
    return_document_responses: bool,
}

/// What the server says about each document, in the order they were sent.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    document_responses: Vec<DocumentResponse>,
    /// The columns of a row's key; left out if no row was stored.
    #[serde(default)]
    primary_key_schema: Columns,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DocumentResponse {
    /// Missing when unknown; there for a failed document too, which has never been stored under it.
    #[serde(rename = "_id")]
    id: Option<Value>,
    status: ResponseStatus,
    /// Into the errors of the answer, which may stand for several documents each.
    errors_idx: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum ResponseStatus {
    Ok,
    Error,
    Skipped,
}

/// The request that stores these documents and tells of each what became of it.
pub(super) fn call(
    collection: &NamedRef,
    documents: &[impl Serialize],
    ordered: bool,
) -> Result<Call> {
    let options = WireOptions {
        ordered,
        return_document_responses: true,
    };
    collection.call("insertMany", &Payload { documents, options })
}

/// What came of a chunk.
struct Answer {
    /// Which documents of the input were in it.
    indices: Range<usize>,
    result: Result<Reply>,
}

impl Inserter {
    fn send(
        &self,
        chunk: Chunk,
        may_be_repeated: fn(&RawValue) -> bool,
    ) -> impl Future<Output = Answer> + use<> {
        let indices = chunk.indices();
        let sent = match chunk.documents {
            Ok(documents) => {
                let repeatable = documents.iter().all(|document| may_be_repeated(document));
                self.insert(&documents, repeatable)
            }
            Err(error) => Err(encode_error(
                &format!("document {} of insertMany", chunk.first),
                error,
            )),
        };
        async move {
            let result = match sent {
                Ok(answer) => answer.await,
                Err(error) => Err(error),
            };
            Answer { indices, result }
        }
    }

    fn insert(
        &self,
        documents: &[Box<RawValue>],
        repeatable: bool,
    ) -> Result<Background<Result<Reply>>> {
        let mut call = call(&self.collection, documents, self.ordered)?;
        if repeatable {
            call = call.idempotent();
        }
        let (collection, options) = (self.collection.clone(), Arc::clone(&self.options));
        let deadline = self.deadline.clone();
        Ok(Background::start(async move {
            let deadline = deadline.for_request();
            collection.send(call, &options, &deadline).await
        }))
    }
}

impl<'a, I: InsertedId> IntoFuture for InsertMany<'a, I> {
    type Output = Result<InsertManyResult<I>>;
    type IntoFuture = BoxFuture<'a, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl<I> fmt::Debug for InsertMany<'_, I> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("InsertMany")
            .field("collection", &self.collection)
            .field("ordered", &self.ordered)
            .field("chunk_size", &self.chunk_size)
            .field("concurrency", &self.concurrency)
            .finish_non_exhaustive()
    }
}
