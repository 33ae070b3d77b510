//! What became of each document of an `insert_many` that did not store all of them.

use std::fmt;

use super::{ApiError, Error, Executed};
use crate::column_value::Row;
use crate::inserted_id::InsertedId;
use crate::value::DocumentId;

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

impl InsertManyError<DocumentId> {
    pub(crate) fn of_documents(self) -> Error {
        Error::InsertMany(Box::new(self))
    }
}

impl InsertManyError<Row> {
    pub(crate) fn of_rows(self) -> Error {
        Error::InsertManyRows(Box::new(self))
    }
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

    /// Whether anything was stored.
    pub(super) fn executed(&self) -> Executed {
        if self.unknown().next().is_some() {
            Executed::Maybe
        } else if self.inserted().next().is_some() {
            Executed::Yes
        } else {
            Executed::No
        }
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
