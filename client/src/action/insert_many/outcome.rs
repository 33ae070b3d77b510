//! What became of each document of an `insert_many`.

use super::{Answer, DocumentResponse, Failure, ResponseStatus, Status, Written};
use crate::call_info::CallInfo;
use crate::command::{Reply, malformed};
use crate::error::{
    ApiError, ApiErrors, Error, ErrorCode, Executed, InsertManyError, InsertOutcome, Result,
};
use crate::inserted_id::InsertedId;
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

impl<I> InsertManyResult<I> {
    /// Place in the input and `_id`, or primary key, as
    /// [`InsertManyError::inserted`] has them.
    pub fn inserted(&self) -> impl Iterator<Item = (usize, &I)> {
        self.inserted_ids.iter().enumerate()
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
        let (outcomes, cause) = outcomes_of(result, indices.len(), &mut self.warnings);
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

    pub(super) fn close(self, failure: Failure<I>) -> Result<InsertManyResult<I>> {
        let Self {
            outcomes,
            known_length,
            warnings,
            cause,
        } = self;
        if let Some(cause) = cause {
            return Err(failure(InsertManyError {
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
}

/// What became of the documents of one request, and its first failure.
pub(in crate::action) fn outcomes_of<I: InsertedId>(
    result: Result<Reply>,
    length: usize,
    warnings: &mut Vec<ApiError>,
) -> (Vec<InsertOutcome<I>>, Option<Error>) {
    let (result, denied) = Reply::despite_warnings(result);
    match result {
        Ok(reply) => {
            let (outcomes, cause) = of_reply(reply, length, warnings);
            (outcomes, cause.or(denied))
        }
        Err(error) => {
            let (outcomes, error) = of_error(error, length, warnings);
            (outcomes, Some(error))
        }
    }
}

fn of_reply<I: InsertedId>(
    reply: Reply,
    length: usize,
    warnings: &mut Vec<ApiError>,
) -> (Vec<InsertOutcome<I>>, Option<Error>) {
    let status = reply
        .status::<Status>()
        .and_then(|status| complete(status, length, &reply.call));
    warnings.extend(reply.warnings);
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

fn of_error<I: InsertedId>(
    error: Error,
    length: usize,
    warnings: &mut Vec<ApiError>,
) -> (Vec<InsertOutcome<I>>, Error) {
    let outcomes = match &error {
        Error::Api(errors) => {
            warnings.extend(errors.warnings.iter().cloned());
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
    (outcomes, error)
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
        (ResponseStatus::Error, Some(error)) if error.executed() == Executed::Maybe => {
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
