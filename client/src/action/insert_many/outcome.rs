//! What became of each document of an `insert_many`.

use std::fmt;

use super::super::inserted::InsertedId;
use super::{Answer, DocumentResponse, ResponseStatus, Status, Written};
use crate::call_info::CallInfo;
use crate::command::{Reply, malformed};
use crate::error::{ApiError, ApiErrors, Error, ErrorCode, Result};
use crate::value::{DocumentId, Value};

/// All documents, or rows, were stored.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct InsertManyResult<I = DocumentId> {
    /// Their `_id`s, or the primary keys of the rows, in the order of the input.
    pub inserted_ids: Vec<I>,
    /// What the server wants to be known.
    pub warnings: Vec<ApiError>,
}

/// Not all documents, or rows, were stored, or not certainly.
#[derive(Debug)]
#[non_exhaustive]
pub struct InsertManyError<I = DocumentId> {
    /// What became of each document, in the order of the input, up to the last one that was taken
    /// from it. Those after it were not tried.
    pub outcomes: Vec<InsertOutcome<I>>,
    /// How many documents there were; of an iterator that does not know its length, how many were
    /// taken from it.
    pub document_count: usize,
    /// What the server wants to be known.
    pub warnings: Vec<ApiError>,
    /// The first failure of a request.
    pub cause: Error,
}

/// What became of one document or row.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum InsertOutcome<I = DocumentId> {
    /// It is stored, under this `_id` or primary key.
    Inserted(I),
    /// The server refused it: it was not stored.
    Failed(ApiError),
    /// It was not tried, after a failure of an ordered insert, or because its request was not sent
    /// or not received: it was not stored.
    Skipped,
    /// Nobody knows: the answer was lost, or the server could not tell. Looking for it tells,
    /// if it brought its `_id` or is a row.
    Unknown(Option<ApiError>),
}

impl<I> InsertManyError<I> {
    /// The documents that are stored: place in the input and `_id`, or primary key.
    pub fn inserted(&self) -> impl Iterator<Item = (usize, &I)> {
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
        of_kind: impl Fn(&'a InsertOutcome<I>) -> Option<T>,
    ) -> impl Iterator<Item = (usize, T)> {
        self.outcomes
            .iter()
            .enumerate()
            .filter_map(move |(index, outcome)| Some((index, of_kind(outcome)?)))
    }
}

impl<I: InsertedId> fmt::Display for InsertManyError<I> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (inserted, failed) = (self.inserted().count(), self.failed().count());
        let unknown = self.unknown().count();
        let skipped = self.document_count - inserted - failed - unknown;
        write!(
            formatter,
            "insert_many stored {inserted} of {} {}: {failed} failed, {skipped} were skipped, \
             {unknown} are unknown",
            self.document_count,
            I::ITEMS
        )
    }
}

impl<I: InsertedId> std::error::Error for InsertManyError<I> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.cause)
    }
}

/// The outcomes as they come in, chunk by chunk in any order.
pub(super) struct Ledger<I> {
    outcomes: Vec<InsertOutcome<I>>,
    /// Of the input, 0 if it does not know.
    known_length: usize,
    warnings: Vec<ApiError>,
    cause: Option<Error>,
}

impl<I: InsertedId> Ledger<I> {
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
            let skipped = || InsertOutcome::Skipped;
            self.outcomes.resize_with(indices.end, skipped);
        }
        for (entry, outcome) in self.outcomes[indices].iter_mut().zip(outcomes) {
            *entry = outcome;
        }
        self.cause = self.cause.take().or(cause);
        all_inserted
    }

    pub(super) fn close(self) -> Result<InsertManyResult<I>> {
        let Self {
            outcomes,
            known_length,
            warnings,
            cause,
        } = self;
        if let Some(cause) = cause {
            return Err(I::error(InsertManyError {
                document_count: known_length.max(outcomes.len()),
                outcomes,
                warnings,
                cause,
            }));
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

    fn of_reply(&mut self, reply: Reply, length: usize) -> (Vec<InsertOutcome<I>>, Option<Error>) {
        let status = reply
            .status::<Status>()
            .and_then(|status| complete(status, length, &reply.call));
        self.warnings.extend(reply.warnings);
        match status {
            Ok(responses) => {
                let outcome = |response| outcome_of(response, &[], &reply.call);
                let outcomes: Vec<_> = responses.into_iter().map(outcome).collect();
                let cause = (!all_inserted(&outcomes)).then(|| {
                    malformed(
                        &reply.call,
                        "status.documentResponses",
                        "a failure without an error",
                    )
                });
                (outcomes, cause)
            }
            Err(error) => (all(length, || InsertOutcome::Unknown(None)), Some(error)),
        }
    }

    fn of_error(&mut self, error: Error, length: usize) -> (Vec<InsertOutcome<I>>, Option<Error>) {
        let outcomes = match &error {
            Error::Api(errors) => {
                self.warnings.extend(errors.warnings.iter().cloned());
                per_document(errors, length)
            }
            _ => None,
        };
        let outcomes = outcomes.unwrap_or_else(|| {
            all(length, || match error.api() {
                _ if error.is_outcome_unknown() => InsertOutcome::Unknown(error.api().cloned()),
                Some(refusal) => InsertOutcome::Failed(refusal.clone()),
                None => InsertOutcome::Skipped,
            })
        });
        (outcomes, Some(error))
    }
}

fn all<I>(length: usize, outcome: impl FnMut() -> InsertOutcome<I>) -> Vec<InsertOutcome<I>> {
    std::iter::repeat_with(outcome).take(length).collect()
}

fn all_inserted<I>(outcomes: &[InsertOutcome<I>]) -> bool {
    outcomes
        .iter()
        .all(|outcome| matches!(outcome, InsertOutcome::Inserted(_)))
}

/// The outcomes of an answer with errors that tells of each document; `None` if the command failed
/// as a whole.
fn per_document<I: InsertedId>(errors: &ApiErrors, length: usize) -> Option<Vec<InsertOutcome<I>>> {
    let status = errors.status::<Status>().ok()??;
    let responses = complete(status, length, &errors.call).ok()?;
    Some(
        responses
            .into_iter()
            .map(|response| outcome_of(response, errors.errors(), &errors.call))
            .collect(),
    )
}

/// What the server says of one document.
struct Response<I> {
    status: ResponseStatus,
    /// Of a document that is stored.
    id: Option<I>,
    errors_idx: Option<usize>,
}

/// One response for each document, with the id of each that is stored, or the answer is not to be
/// trusted.
fn complete<I: InsertedId>(
    status: Status,
    length: usize,
    call: &CallInfo,
) -> Result<Vec<Response<I>>> {
    let Status {
        document_responses: responses,
        primary_key_schema: key,
    } = status;
    let wrong = |complaint: &str| malformed(call, "status.documentResponses", complaint);
    if responses.len() != length {
        let complaint = format!("{} responses for {length} documents", responses.len());
        return Err(wrong(&complaint));
    }
    let read = |response: DocumentResponse| {
        let stored = response.status == ResponseStatus::Ok;
        let id = if stored {
            // An `_id` may be null.
            let id = I::read(response.id.unwrap_or(Value::Null), &key);
            Some(id.ok_or_else(|| wrong("an id that does not fit the primary key"))?)
        } else {
            None
        };
        Ok(Response {
            status: response.status,
            id,
            errors_idx: response.errors_idx,
        })
    };
    responses.into_iter().map(read).collect()
}

fn outcome_of<I>(response: Response<I>, errors: &[ApiError], call: &CallInfo) -> InsertOutcome<I> {
    let error = response
        .errors_idx
        .and_then(|index| errors.get(index))
        .cloned();
    if let Some(id) = response.id {
        return InsertOutcome::Inserted(id);
    }
    match (response.status, error) {
        // An earlier try may have stored it, or the server cannot tell.
        (ResponseStatus::Error, Some(error))
            if call.earlier_attempt_unknown && is_taken(&error) =>
        {
            InsertOutcome::Unknown(Some(error))
        }
        (ResponseStatus::Error, Some(error)) if error.is_outcome_unknown() => {
            InsertOutcome::Unknown(Some(error))
        }
        (ResponseStatus::Ok | ResponseStatus::Error, Some(error)) => InsertOutcome::Failed(error),
        (ResponseStatus::Ok | ResponseStatus::Error, None) => InsertOutcome::Unknown(None),
        (ResponseStatus::Skipped, _) if call.earlier_attempt_unknown => {
            InsertOutcome::Unknown(None)
        }
        (ResponseStatus::Skipped, _) => InsertOutcome::Skipped,
    }
}

fn is_taken(error: &ApiError) -> bool {
    error.code == ErrorCode::DocumentAlreadyExists
}
