//! `insertOne` and `insertMany`.

use std::sync::Arc;

use super::scope::{OnCollection, Scope};
use super::written::written;
use crate::command::insert::{InsertMany, InsertOne};
use crate::document::PreparedDocument;
use crate::document::insert::{Rejected, prepare_all};
use crate::error::{ApiError, document};
use crate::json::{Object, Value};
use crate::response::Answer;
use crate::storage::{Storage, Writer};

/// What became of one document of a request.
#[derive(Debug)]
enum Outcome {
    Inserted(Value),
    /// The id is missing where it could not be told.
    Failed(Option<Value>, ApiError),
    /// An ordered insert had stopped before.
    Skipped(Option<Value>),
}

impl OnCollection for InsertOne {
    fn run(self, scope: &Arc<Scope>, storage: &Storage) -> Result<Answer, ApiError> {
        let outcomes = insert_all(scope, storage, vec![self.document], true)?;
        Ok(inserted_ids(outcomes))
    }
}

impl OnCollection for InsertMany {
    fn run(self, scope: &Arc<Scope>, storage: &Storage) -> Result<Answer, ApiError> {
        let outcomes = insert_all(scope, storage, self.documents, self.ordered)?;
        Ok(if self.return_document_responses {
            document_responses(outcomes)
        } else {
            inserted_ids(outcomes)
        })
    }
}

fn insert_all(
    scope: &Arc<Scope>,
    storage: &Storage,
    documents: Vec<Value>,
    ordered: bool,
) -> Result<Vec<Outcome>, ApiError> {
    let embed = |texts: &[String]| scope.embed(texts);
    let prepared = prepare_all(documents, &scope.collection.rules, embed)?;
    let scope = Arc::clone(scope);
    storage.write(move |writer| {
        writer.require(&scope.collection)?;
        let mut outcomes = Vec::with_capacity(prepared.len());
        let mut stopped = false;
        for document in prepared {
            let outcome = if stopped {
                skip(document)
            } else {
                insert(&scope, writer, document)?
            };
            stopped |= ordered && matches!(outcome, Outcome::Failed(..));
            outcomes.push(outcome);
        }
        Ok(outcomes)
    })
}

fn insert(
    scope: &Scope,
    writer: &mut Writer<'_>,
    document: Result<PreparedDocument, Rejected>,
) -> Result<Outcome, ApiError> {
    let document = match document {
        Ok(document) => document,
        Err(rejected) => {
            return Ok(Outcome::Failed(
                rejected.id.map(|id| id.to_value()),
                rejected.error,
            ));
        }
    };
    let id = document.id.to_value();
    let written = written(scope, &document);
    match writer.insert_document(&scope.collection, &document.id, &written)? {
        Some(_) => Ok(Outcome::Inserted(id)),
        None => Ok(Outcome::Failed(
            Some(id.clone()),
            already_exists(&id).of_document(id),
        )),
    }
}

/// The error of a document whose `_id` is taken.
pub(super) fn already_exists(id: &Value) -> ApiError {
    document::DOCUMENT_ALREADY_EXISTS.because(format!(
        "A document with the _id {} exists already and was left as it is. Choose another _id, or update or replace \
         the one that exists.",
        id.to_json()
    ))
}

fn skip(document: Result<PreparedDocument, Rejected>) -> Outcome {
    let id = document.map_or_else(|rejected| rejected.id, |document| Some(document.id));
    Outcome::Skipped(id.map(|id| id.to_value()))
}

fn inserted_ids(outcomes: Vec<Outcome>) -> Answer {
    let mut ids = Vec::new();
    let mut errors = Vec::new();
    for outcome in outcomes {
        match outcome {
            Outcome::Inserted(id) => ids.push(id),
            Outcome::Failed(_, error) => errors.push(error),
            Outcome::Skipped(_) => {}
        }
    }
    Answer {
        status: Object::from([("insertedIds", ids)]),
        errors,
        ..Answer::default()
    }
}

fn document_responses(outcomes: Vec<Outcome>) -> Answer {
    let mut responses = Vec::new();
    let mut errors = Vec::new();
    for outcome in outcomes {
        let (id, status, error) = match outcome {
            Outcome::Inserted(id) => (Some(id), "OK", None),
            Outcome::Failed(id, error) => (id, "ERROR", Some(error)),
            Outcome::Skipped(id) => (id, "SKIPPED", None),
        };
        let mut response = Object::new();
        if let Some(id) = id {
            response.insert("_id", id);
        }
        response.insert("status", status);
        if let Some(error) = error {
            response.insert("errorsIdx", errors.len());
            errors.push(error);
        }
        responses.push(Value::from(response));
    }
    Answer {
        status: Object::from([("documentResponses", responses)]),
        errors,
        ..Answer::default()
    }
}
