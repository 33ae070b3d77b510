//! How far a load has come.

use super::chunk::{Chunk, Fate};
use super::rejected::RejectedDocument;

/// How far [`InsertManyStream`](crate::InsertManyStream) has come.
///
/// ```
/// fn show(progress: &astra_db::InsertProgress) {
///     println!("{} documents, {} rejected", progress.settled, progress.rejected);
/// }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct InsertProgress {
    /// How many documents from the beginning of the stream are settled, each in one of the ways
    /// below. A later load of the same documents can begin with the one of this index. Documents
    /// after it may be stored, too.
    pub settled: u64,
    /// Documents that were stored, or rows.
    pub inserted: u64,
    /// Documents that were there already, with the same content.
    pub already_stored: u64,
    /// Documents that took the place of another with their `_id`, by
    /// [`upsert`](crate::InsertManyStream::upsert).
    pub replaced: u64,
    /// Documents that were not stored.
    pub rejected: u64,
    /// How many requests may be under way at a time at the moment.
    pub concurrency: usize,
}

/// What became of one document, or row, of [`InsertManyStream::outcomes`](crate::InsertManyStream::outcomes).
///
/// ```
/// use astra_db::StreamOutcome;
///
/// fn is_stored(outcome: &StreamOutcome) -> bool {
///     !matches!(outcome, StreamOutcome::Rejected(_))
/// }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum StreamOutcome {
    /// It is stored.
    Inserted,
    /// It was there already, with the same content: by an earlier load, or by a request whose answer
    /// was lost.
    AlreadyStored,
    /// It took the place of another with its `_id`, by
    /// [`upsert`](crate::InsertManyStream::upsert).
    Replaced,
    /// It was not stored.
    Rejected(Box<RejectedDocument>),
}

impl InsertProgress {
    /// Enters a settled chunk, which is the next of the stream, and answers what became of each of
    /// its documents.
    pub(super) fn enter(&mut self, chunk: Chunk) -> Vec<StreamOutcome> {
        let mut outcomes = Vec::with_capacity(chunk.items.len());
        for (mut item, index) in chunk.items.into_iter().zip(chunk.first..) {
            let outcome = match item.fate.take() {
                Some(Fate::Inserted) => StreamOutcome::Inserted,
                Some(Fate::AlreadyStored) => StreamOutcome::AlreadyStored,
                Some(Fate::Replaced) => StreamOutcome::Replaced,
                Some(Fate::Rejected(reason)) => StreamOutcome::Rejected(Box::new(
                    RejectedDocument::new(index, item.document, reason),
                )),
                // Only settled chunks are entered.
                None => continue,
            };
            self.count(&outcome);
            outcomes.push(outcome);
        }
        outcomes
    }

    fn count(&mut self, outcome: &StreamOutcome) {
        self.settled += 1;
        match outcome {
            StreamOutcome::Inserted => self.inserted += 1,
            StreamOutcome::AlreadyStored => self.already_stored += 1,
            StreamOutcome::Replaced => self.replaced += 1,
            StreamOutcome::Rejected(_) => self.rejected += 1,
        }
    }
}
