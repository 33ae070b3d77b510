//! What became of each document of an `insert_many`.

use std::fmt;

use super::{Answer, DocumentResponse, ResponseStatus, Status, Written};
use crate::command::{CallInfo, Reply, malformed};
use crate::error::{ApiError, ApiErrors, Error, ErrorCode, Result};
use crate::value::DocumentId;

/// All documents were stored.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct InsertManyResult {
    /// Their `_id`s, in the order of the input.
    pub inserted_ids: Vec<DocumentId>,
    /// What the server wants to be known.
    pub warnings: Vec<ApiError>,
}

/// Not all documents were stored, or not certainly.
#[derive(Debug)]
#[non_exhaustive]
pub struct InsertManyError {
    /// What became of each document, in the order of the input, up to the last one that was taken
    /// from it. Those after it were not tried.
    pub outcomes: Vec<InsertOutcome>,
    /// How many documents there were; of an iterator that does not know its length, how many were
    /// taken from it.
    pub document_count: usize,
    /// What the server wants to be known.
    pub warnings: Vec<ApiError>,
    /// The first failure of a request.
    pub cause: Error,
}

/// What became of one document.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum InsertOutcome {
    /// It is stored, under this `_id`.
    Inserted(DocumentId),
    /// The server refused it: it was not stored.
    Failed(ApiError),
    /// It was not tried, after a failure of an ordered insert, or because its request was not sent
    /// or not received: it was not stored.
    Skipped,
    /// Nobody knows: the answer was lost, or the server could not tell. Looking for its `_id`
    /// tells, if it has one.
    Unknown(Option<ApiError>),
}

impl InsertManyError {
    /// The documents that are stored: place in the input and `_id`.
    pub fn inserted(&self) -> impl Iterator<Item = (usize, &DocumentId)> {
        self.select(|outcome| match outcome {
            InsertOutcome::Inserted(id) => Some(id),
            _ => None,
        })
    }

    /// The documents the server refused: place in the input and why.
    pub fn failed(&self) -> impl Iterator<Item = (usize, &ApiError)> {
        self.select(|outcome| match outcome {
            InsertOutcome::Failed(error) => Some(error),
            _ => None,
        })
    }

    /// The places of the documents that were not tried, those never taken from the input included.
    pub fn skipped(&self) -> impl Iterator<Item = usize> {
        let taken = self.select(|outcome| matches!(outcome, InsertOutcome::Skipped).then_some(()));
        taken
            .map(|(index, ())| index)
            .chain(self.outcomes.len()..self.document_count)
    }

    /// The places of the documents that may or may not be stored.
    pub fn unknown(&self) -> impl Iterator<Item = usize> {
        self.select(|outcome| matches!(outcome, InsertOutcome::Unknown(_)).then_some(()))
            .map(|(index, ())| index)
    }

    fn select<'a, T>(
        &'a self,
        of_kind: impl Fn(&'a InsertOutcome) -> Option<T>,
    ) -> impl Iterator<Item = (usize, T)> {
        self.outcomes
            .iter()
            .enumerate()
            .filter_map(move |(index, outcome)| Some((index, of_kind(outcome)?)))
    }
}

impl fmt::Display for InsertManyError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (inserted, failed) = (self.inserted().count(), self.failed().count());
        let unknown = self.unknown().count();
        let skipped = self.document_count - inserted - failed - unknown;
        write!(
            formatter,
            "insert_many stored {inserted} of {} documents: {failed} failed, {skipped} were skipped, \
             {unknown} are unknown",
            self.document_count
        )
    }
}

impl std::error::Error for InsertManyError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.cause)
    }
}

/// The outcomes as they come in, chunk by chunk in any order.
pub(super) struct Ledger {
    outcomes: Vec<InsertOutcome>,
    /// Of the input, 0 if it does not know.
    known_length: usize,
    warnings: Vec<ApiError>,
    cause: Option<Error>,
}

impl Ledger {
    pub(super) fn new(documents: &dyn Iterator<Item = Written>) -> Self {
        let known_length = match documents.size_hint() {
            (least, Some(most)) if least == most => least,
            _ => 0,
        };
        Self {
            outcomes: Vec::new(),
            known_length,
            warnings: Vec::new(),
            cause: None,
        }
    }

    /// Enters what came of a chunk; answers whether all of it was stored.
    pub(super) fn enter(&mut self, answer: Answer) -> bool {
        let Answer { indices, result } = answer;
        let (outcomes, cause) = match result {
            Ok(reply) => self.of_reply(reply, indices.len()),
            Err(error) => self.of_error(error, indices.len()),
        };
        let all_inserted = all_inserted(&outcomes);
        if self.outcomes.len() < indices.end {
            self.outcomes.resize(indices.end, InsertOutcome::Skipped);
        }
        for (entry, outcome) in self.outcomes[indices].iter_mut().zip(outcomes) {
            *entry = outcome;
        }
        self.cause = self.cause.take().or(cause);
        all_inserted
    }

    pub(super) fn close(self) -> Result<InsertManyResult> {
        let Self {
            outcomes,
            known_length,
            warnings,
            cause,
        } = self;
        if let Some(cause) = cause {
            return Err(Error::InsertMany(Box::new(InsertManyError {
                document_count: known_length.max(outcomes.len()),
                outcomes,
                warnings,
                cause,
            })));
        }
        let id = |outcome| match outcome {
            InsertOutcome::Inserted(id) => Some(id),
            _ => None,
        };
        let inserted_ids = outcomes.into_iter().filter_map(id).collect();
        Ok(InsertManyResult {
            inserted_ids,
            warnings,
        })
    }

    fn of_reply(&mut self, reply: Reply, length: usize) -> (Vec<InsertOutcome>, Option<Error>) {
        let status = reply
            .status::<Status>()
            .and_then(|status| complete(status, length, &reply.call));
        self.warnings.extend(reply.warnings);
        match status {
            Ok(responses) => {
                let outcome = |response| outcome_of(response, &[], &reply.call);
                let outcomes: Vec<InsertOutcome> = responses.into_iter().map(outcome).collect();
                let cause = (!all_inserted(&outcomes)).then(|| {
                    malformed(
                        &reply.call,
                        "status.documentResponses",
                        "a failure without an error",
                    )
                });
                (outcomes, cause)
            }
            Err(error) => (vec![InsertOutcome::Unknown(None); length], Some(error)),
        }
    }

    fn of_error(&mut self, error: Error, length: usize) -> (Vec<InsertOutcome>, Option<Error>) {
        let outcomes = match &error {
            Error::Api(errors) => {
                self.warnings.extend(errors.warnings.iter().cloned());
                per_document(errors, length)
            }
            _ => None,
        };
        let outcomes = outcomes.unwrap_or_else(|| {
            let of_all = match error.api() {
                _ if error.is_outcome_unknown() => InsertOutcome::Unknown(error.api().cloned()),
                Some(refusal) => InsertOutcome::Failed(refusal.clone()),
                None => InsertOutcome::Skipped,
            };
            vec![of_all; length]
        });
        (outcomes, Some(error))
    }
}

fn all_inserted(outcomes: &[InsertOutcome]) -> bool {
    outcomes
        .iter()
        .all(|outcome| matches!(outcome, InsertOutcome::Inserted(_)))
}

/// The outcomes of an answer with errors that tells of each document; `None` if the command failed
/// as a whole.
fn per_document(errors: &ApiErrors, length: usize) -> Option<Vec<InsertOutcome>> {
    let status = errors.status::<Status>().ok()??;
    let responses = complete(status, length, &errors.call).ok()?;
    Some(
        responses
            .into_iter()
            .map(|response| outcome_of(response, errors.errors(), &errors.call))
            .collect(),
    )
}

/// One response for each document, or the answer is not to be trusted.
fn complete(status: Status, length: usize, call: &CallInfo) -> Result<Vec<DocumentResponse>> {
    let responses = status.document_responses;
    if responses.len() == length {
        return Ok(responses);
    }
    let complaint = format!("{} responses for {length} documents", responses.len());
    Err(malformed(call, "status.documentResponses", &complaint))
}

fn outcome_of(response: DocumentResponse, errors: &[ApiError], call: &CallInfo) -> InsertOutcome {
    let error = response
        .errors_idx
        .and_then(|index| errors.get(index))
        .cloned();
    match (response.status, error) {
        // An `_id` may be null.
        (ResponseStatus::Ok, _) => InsertOutcome::Inserted(response.id.unwrap_or(DocumentId::Null)),
        // An earlier try may have stored it, or the server cannot tell.
        (ResponseStatus::Error, Some(error))
            if call.earlier_attempt_unknown && is_taken(&error) =>
        {
            InsertOutcome::Unknown(Some(error))
        }
        (ResponseStatus::Error, Some(error)) if error.is_outcome_unknown() => {
            InsertOutcome::Unknown(Some(error))
        }
        (ResponseStatus::Error, Some(error)) => InsertOutcome::Failed(error),
        (ResponseStatus::Error, None) => InsertOutcome::Unknown(None),
        (ResponseStatus::Skipped, _) if call.earlier_attempt_unknown => {
            InsertOutcome::Unknown(None)
        }
        (ResponseStatus::Skipped, _) => InsertOutcome::Skipped,
    }
}

fn is_taken(error: &ApiError) -> bool {
    error.code == ErrorCode::DocumentAlreadyExists
}
