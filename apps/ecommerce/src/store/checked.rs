//! Reading documents one by one: a document that does not fit is skipped and named in the log, and
//! the others are read.
//!
//! Anyone with access to the database can store anything in it. One document that is not what the
//! shop writes must not take a page away from everybody.

use std::collections::BTreeSet;
use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};

use astra_db::{Collection, CollectionDefinition, Find};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;
use shared::schema::{NotMade, Schema};

use crate::domain::invalid::InvalidDocument;
use crate::store::error::StoreError;

/// The longest reason that is logged or shown, in characters. It may quote a value of any length.
const LONGEST_REASON: usize = 300;
/// How many documents are remembered as named in the log.
const MAX_NAMED: usize = 1_000;

/// What the shop stores in a collection of its own.
pub(crate) trait Stored: DeserializeOwned + Send + 'static {
    /// The name of the collection.
    const COLLECTION: &'static str;
    /// Whether an `_id` gives access to the document, and the document is about a person. Neither
    /// the whole id nor a value is logged then.
    const IS_SECRET: bool;
    /// Fields that are shown and never filtered on: leaving them out of the index lifts the limit on
    /// their length.
    const UNINDEXED: &'static [&'static str] = &[];

    /// What is wrong with a document that has the right shape.
    fn problem(&self) -> Option<String> {
        None
    }
}

/// A document as it was read.
#[derive(Debug, Clone)]
pub enum Read<T> {
    /// It is what the shop expects.
    Valid(T),
    /// It is not.
    Invalid(InvalidDocument),
}

impl<'de, T: Stored> Deserialize<'de> for Read<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = Box::<RawValue>::deserialize(deserializer)?;
        Ok(read(json.get()).map_or_else(Self::Invalid, Self::Valid))
    }
}

fn read<T: Stored>(json: &str) -> Result<T, InvalidDocument> {
    let document: Result<T, String> = serde_path_to_error::deserialize(
        &mut serde_json::Deserializer::from_str(json),
    )
    .map_err(|error| {
        let path = error.path().to_string();
        reason::<T>(&path, &error.into_inner().to_string())
    });
    let checked = document.and_then(|document: T| match document.problem() {
        Some(problem) => Err(problem),
        None => Ok(document),
    });
    checked.map_err(|reason| InvalidDocument {
        id: id::<T>(json),
        reason: shortened(&reason, LONGEST_REASON),
    })
}

/// Path and problem. The problem of a field may quote its value.
fn reason<T: Stored>(path: &str, problem: &str) -> String {
    // Where in the text of the answer it was found helps nobody.
    let problem = problem.rsplit_once(" at line ").map_or(problem, |it| it.0);
    match (path, T::IS_SECRET && !problem.starts_with("missing field")) {
        (".", false) => problem.to_owned(),
        (".", true) => "it has another shape".to_owned(),
        (path, false) => format!("{path}: {problem}"),
        (path, true) => format!("{path} is not valid"),
    }
}

fn id<T: Stored>(json: &str) -> String {
    #[derive(Deserialize)]
    struct OnlyId<'json> {
        #[serde(rename = "_id", borrow)]
        id: &'json RawValue,
    }
    if !json.starts_with('{') {
        return "unknown".to_owned();
    }
    let id = serde_json::from_str::<OnlyId<'_>>(json).map_or("unknown", |it| it.id.get());
    let id = id.trim_matches('"');
    if T::IS_SECRET {
        shortened(id, 8)
    } else {
        shortened(id, LONGEST_REASON)
    }
}

fn shortened(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The documents that were asked for, valid and not.
#[derive(Debug, Clone)]
pub struct Documents<T> {
    /// Those that are what the shop expects, in order.
    pub valid: Vec<T>,
    /// Those that are not.
    pub invalid: Vec<InvalidDocument>,
}

impl<T> From<Vec<Read<T>>> for Documents<T> {
    fn from(read: Vec<Read<T>>) -> Self {
        let mut documents = Self {
            valid: Vec::with_capacity(read.len()),
            invalid: Vec::new(),
        };
        for document in read {
            match document {
                Read::Valid(document) => documents.valid.push(document),
                Read::Invalid(document) => documents.invalid.push(document),
            }
        }
        documents
    }
}

/// A collection of which each document is checked as it is read.
///
/// For writing it is the collection itself. Its own `find` and `find_one` stand before those of the
/// collection, so that a document is not read unchecked by accident.
#[derive(Debug)]
pub(crate) struct Checked<T> {
    documents: Collection<T>,
    named: Arc<Mutex<BTreeSet<InvalidName>>>,
}

/// Id and reason: a document that is changed and still not valid is named again.
type InvalidName = (String, String);

impl<T> Clone for Checked<T> {
    fn clone(&self) -> Self {
        Self {
            documents: self.documents.clone(),
            named: Arc::clone(&self.named),
        }
    }
}

impl<T> Deref for Checked<T> {
    type Target = Collection<T>;

    fn deref(&self) -> &Collection<T> {
        &self.documents
    }
}

impl<T: Stored> Checked<T> {
    /// Opens the collection, creating it if it does not exist.
    pub(super) async fn open(schema: &Schema<'_>) -> Result<Self, NotMade> {
        let mut definition = CollectionDefinition::default();
        if !T::UNINDEXED.is_empty() {
            definition = definition.indexing_deny(T::UNINDEXED.iter().copied());
        }
        schema.collection(T::COLLECTION, &definition).await?;
        Ok(Self::new(schema.database().collection(T::COLLECTION)))
    }

    pub(super) fn new(documents: Collection<T>) -> Self {
        Self {
            documents,
            named: Arc::default(),
        }
    }

    /// Finds documents, to be read by [`all`](Self::all).
    pub(super) fn find(&self, filter: impl Serialize) -> Find<Read<T>> {
        self.documents.clone_with_type().find(filter)
    }

    /// Reads all that a search finds.
    pub(super) async fn all(&self, find: Find<Read<T>>) -> Result<Documents<T>, StoreError> {
        Ok(self.read_all(find).await?.into())
    }

    /// Reads all that a search finds, valid or not.
    pub(super) async fn read_all(&self, find: Find<Read<T>>) -> Result<Vec<Read<T>>, StoreError> {
        let mut found = Vec::new();
        self.each(find, |document| found.push(document)).await?;
        Ok(found)
    }

    /// Goes through all that a search finds. A document that is not valid is named in the log.
    pub(super) async fn each(
        &self,
        find: Find<Read<T>>,
        mut take: impl FnMut(Read<T>),
    ) -> Result<(), StoreError> {
        let mut cursor = find.await?;
        while let Some(document) = cursor.try_next().await? {
            if let Read::Invalid(document) = &document {
                self.name(document);
            }
            take(document);
        }
        Ok(())
    }

    /// Reads one document, valid or not. One that is not valid is named in the log.
    pub(super) async fn read_one(
        &self,
        filter: impl Serialize,
    ) -> Result<Option<Read<T>>, StoreError> {
        let documents = self.documents.clone_with_type::<Read<T>>();
        let found = documents.find_one(filter).await?;
        if let Some(Read::Invalid(document)) = &found {
            self.name(document);
        }
        Ok(found)
    }

    /// Reads one document.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] where there is one that is not valid.
    pub(super) async fn find_one(&self, filter: impl Serialize) -> Result<Option<T>, StoreError> {
        match self.read_one(filter).await? {
            Some(Read::Valid(document)) => Ok(Some(document)),
            Some(Read::Invalid(document)) => Err(StoreError::Invalid(document)),
            None => Ok(None),
        }
    }

    /// Reads one document; one that is not valid is as good as none.
    pub(super) async fn find_valid(&self, filter: impl Serialize) -> Result<Option<T>, StoreError> {
        match self.find_one(filter).await {
            Err(StoreError::Invalid(_)) => Ok(None),
            found => found,
        }
    }

    /// Names the document in the log, once while the process runs: pages are read all the time.
    fn name(&self, document: &InvalidDocument) {
        let InvalidDocument { id, reason } = document;
        // A set of names is never half written.
        let mut named = self.named.lock().unwrap_or_else(PoisonError::into_inner);
        if named.len() >= MAX_NAMED {
            named.clear();
        }
        if named.insert((id.clone(), reason.clone())) {
            let collection = T::COLLECTION;
            tracing::warn!(
                collection,
                document.id = id,
                "skipped a document that is not valid: {reason}"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    struct Letter {
        #[expect(dead_code, reason = "it is there to be read")]
        to: String,
    }

    impl Stored for Letter {
        const COLLECTION: &'static str = "letters";
        const IS_SECRET: bool = true;
    }

    fn invalid(json: &str) -> (String, String) {
        match serde_json::from_str(json) {
            Ok(Read::<Letter>::Invalid(InvalidDocument { id, reason })) => (id, reason),
            other => panic!("{json} was read as {other:?}"),
        }
    }

    #[test]
    fn no_value_and_no_whole_id_of_a_secret_document_is_named() {
        let pairs = [
            (
                r#"{ "_id": "0123456789abcdef", "to": 271828 }"#,
                ("01234567…", "to is not valid"),
            ),
            (r#"{ "_id": 7 }"#, ("7", "missing field `to`")),
            ("[271828]", ("unknown", "[0] is not valid")),
            ("271828", ("unknown", "it has another shape")),
            ("1E+400", ("unknown", "it has another shape")),
        ];
        for (json, (id, reason)) in pairs {
            assert_eq!(invalid(json), (id.to_owned(), reason.to_owned()), "{json}");
        }
    }
}
