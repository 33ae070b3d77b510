//! Storing batches, and telling of each document what became of it.

use std::collections::HashMap;
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use astra_db::{
    ApiError, Collection, Database, Document, Error, ErrorCode, InsertManyError, InsertManyResult,
    InsertOutcome, InsertedId, Table, Value,
};
use serde_json::json;
use serde_json::value::RawValue;

use super::batch::{Batch, Content, Position};
use crate::target::{Target, whole};

/// How often documents are sent whose fate is open, and how long is waited before.
const WAITS: [u64; 5] = [0, 1, 2, 5, 10];

/// Where documents go.
#[derive(Debug, Clone)]
pub(super) enum Sink {
    Collection(Collection<Box<RawValue>>),
    Table(Table<Box<RawValue>>),
}

/// What became of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Stored,
    /// The very same document had been there.
    Present,
    Rejected {
        code: Option<String>,
        reason: String,
    },
}

/// A batch whose documents all have their fate.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) batch: Batch,
    /// One for each item.
    pub(super) fates: Vec<Fate>,
}

/// What one request says of a document.
enum Said {
    Stored,
    Refused(ApiError),
    /// It may or may not be stored, or was not tried.
    Open,
}

impl Sink {
    pub(super) fn new(database: &Database, target: &Target) -> Self {
        match target {
            Target::Collection(name) => Self::Collection(database.collection(name.as_str())),
            Target::Table(name, _) => {
                // The same row twice is the same row.
                let table = database.table(name.as_str());
                Self::Table(table.with_options(|options| options.idempotent(true)))
            }
        }
    }

    fn items(&self) -> &'static str {
        match self {
            Self::Collection(_) => "documents",
            Self::Table(_) => "rows",
        }
    }

    /// Stores a batch. Sends again what is open; documents bring their `_id`s and rows their keys, so nothing doubles.
    ///
    /// # Errors
    /// When it makes no sense to go on: the database is away, the token was revoked, the collection dropped.
    pub(super) async fn store(&self, batch: Batch) -> anyhow::Result<Done> {
        let mut fates: Vec<Option<Fate>> =
            batch.items.iter().map(|item| bad(&item.content)).collect();
        let mut cause = None;
        for wait in WAITS {
            let open: Vec<usize> = (0..fates.len())
                .filter(|index| fates[*index].is_none())
                .collect();
            if open.is_empty() {
                break;
            }
            tokio::time::sleep(Duration::from_secs(wait)).await;
            let documents: Vec<&RawValue> = open
                .iter()
                .filter_map(|index| good(&batch, *index))
                .collect();
            let (said, error) = self.insert(&documents).await?;
            cause = error;
            let present = self.same(&documents, &said).await?;
            for ((index, said), is_same) in open.into_iter().zip(said).zip(present) {
                fates[index] = match said {
                    Said::Stored => Some(Fate::Stored),
                    Said::Refused(_) if is_same => Some(Fate::Present),
                    Said::Refused(error) => Some(rejected(&error)),
                    Said::Open => None,
                };
            }
        }
        match fates.into_iter().collect::<Option<Vec<Fate>>>() {
            Some(fates) => Ok(Done { batch, fates }),
            None => Err(gave_up(self.items(), batch.end, cause)),
        }
    }

    async fn insert(&self, documents: &[&RawValue]) -> anyhow::Result<(Vec<Said>, Option<Error>)> {
        let count = documents.len();
        let owned = documents.iter().map(|document| (*document).to_owned());
        let outcome = match self {
            Self::Collection(collection) => {
                let insert = collection.insert_many(owned.collect::<Vec<_>>());
                said(count, insert.chunk_size(count).await)
            }
            Self::Table(table) => {
                let insert = table.insert_many(owned.collect::<Vec<_>>());
                said(count, insert.chunk_size(count).await)
            }
        };
        let (said, error) = outcome.context("storing")?;
        match error {
            Some(error) if error.is_unauthorized() || error.is_not_found() => {
                Err(anyhow::Error::new(error).context("storing"))
            }
            error => Ok((said, error)),
        }
    }

    /// Of the documents refused because their `_id` is taken: whether it is the very same document that has it, by an
    /// earlier run or an attempt whose answer was lost.
    async fn same(&self, documents: &[&RawValue], said: &[Said]) -> anyhow::Result<Vec<bool>> {
        let mut same = vec![false; documents.len()];
        let Self::Collection(collection) = self else {
            return Ok(same);
        };
        let mut taken = Vec::new();
        for (index, said) in said.iter().enumerate() {
            let is_taken = matches!(said, Said::Refused(error) if error.code == ErrorCode::DocumentAlreadyExists);
            if let (true, Ok(document)) = (is_taken, documents[index].get().parse::<Document>()) {
                taken.push((index, document));
            }
        }
        if taken.is_empty() {
            return Ok(same);
        }
        let ids: Vec<Value> = taken
            .iter()
            .filter_map(|(_, document)| document.get("_id").cloned())
            .collect();
        let there = collection
            .clone_with_type::<Document>()
            .find(json!({"_id": {"$in": ids}}))
            .projection(whole())
            .await?
            .all()
            .await
            .context("looking for documents that are there already")?;
        let mut there: HashMap<Value, Document> = there
            .into_iter()
            .filter_map(|document| Some((comparable_id(&document)?, document)))
            .collect();
        for (index, mut document) in taken {
            let found = comparable_id(&document).and_then(|id| there.get_mut(&id));
            same[index] = found.is_some_and(|found| are_same(found, &mut document));
        }
        Ok(same)
    }
}

fn bad(content: &Content) -> Option<Fate> {
    match content {
        Content::Good(_) => None,
        Content::Bad { reason, .. } => Some(Fate::Rejected {
            code: None,
            reason: reason.clone(),
        }),
    }
}

fn good(batch: &Batch, index: usize) -> Option<&RawValue> {
    match &batch.items[index].content {
        Content::Good(json) => Some(json),
        Content::Bad { .. } => None,
    }
}

fn rejected(error: &ApiError) -> Fate {
    let reason = if error.code == ErrorCode::DocumentAlreadyExists {
        "a document of this _id is there already, with other content".to_owned()
    } else {
        error.message.lines().next().unwrap_or_default().to_owned()
    };
    Fate::Rejected {
        code: Some(error.code.as_str().to_owned()),
        reason,
    }
}

fn gave_up(items: &str, end: Position, cause: Option<Error>) -> anyhow::Error {
    let what = format!(
        "the database did not take the {items} up to line {}, tried {} times",
        end.lines,
        WAITS.len()
    );
    match cause {
        Some(cause) => anyhow::Error::new(cause).context(what),
        None => anyhow!(what),
    }
}

/// What the client says of each document, and the first failure.
fn said<I: InsertedId>(
    count: usize,
    result: astra_db::Result<InsertManyResult<I>>,
) -> astra_db::Result<(Vec<Said>, Option<Error>)> {
    match result {
        Ok(_) => Ok(((0..count).map(|_| Said::Stored).collect(), None)),
        Err(Error::InsertMany(error)) => Ok(outcomes(count, *error)),
        Err(Error::InsertManyRows(error)) => Ok(outcomes(count, *error)),
        Err(error) => Err(error),
    }
}

fn outcomes<I>(count: usize, error: InsertManyError<I>) -> (Vec<Said>, Option<Error>) {
    let mut said: Vec<Said> = error
        .outcomes
        .into_iter()
        .map(|outcome| match outcome {
            InsertOutcome::Inserted(_) => Said::Stored,
            InsertOutcome::Failed(error) if !error.code.is_retryable() => Said::Refused(error),
            _ => Said::Open,
        })
        .collect();
    said.resize_with(count, || Said::Open);
    (said, Some(error.cause))
}

/// Fields the server does not give back as they came.
const WRITE_ONLY: [&str; 4] = ["$vector", "$vectorize", "$lexical", "$hybrid"];

fn are_same(there: &mut Document, sent: &mut Document) -> bool {
    for document in [&mut *there, &mut *sent] {
        for field in WRITE_ONLY.into_iter().chain(["_id"]) {
            document.remove(field);
        }
    }
    let lower = |document: &Document| lowered(document);
    there == sent || lower(there) == lower(sent)
}

fn comparable_id(document: &Document) -> Option<Value> {
    document.get("_id").cloned().map(lowered_value)
}

/// UUIDs and object ids come back in small letters.
fn lowered(document: &Document) -> Document {
    document
        .iter()
        .map(|(name, value)| {
            let value = match value {
                Value::String(text) if matches!(name, "$uuid" | "$objectId") => {
                    Value::from(text.to_ascii_lowercase())
                }
                other => lowered_value(other.clone()),
            };
            (name.to_owned(), value)
        })
        .collect()
}

fn lowered_value(value: Value) -> Value {
    match value {
        Value::Object(document) => Value::Object(lowered(&document)),
        Value::Array(values) => Value::Array(values.into_iter().map(lowered_value).collect()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_the_same_when_they_mean_the_same() {
        let same = |a: &str, b: &str| are_same(&mut a.parse().unwrap(), &mut b.parse().unwrap());
        assert!(same(
            r#"{"_id":1,"a":1.0,"b":[{"$uuid":"AB"}]}"#,
            r#"{"b":[{"$uuid":"ab"}],"a":1,"$vector":[1]}"#
        ));
        assert!(!same(r#"{"a":1}"#, r#"{"a":2}"#));
        assert!(!same(r#"{"a":"A"}"#, r#"{"a":"a"}"#));
    }
}
