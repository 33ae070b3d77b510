//! Records go to the database, and what becomes of each comes back in the order of the file.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Context as _;
use astra_db::{
    Database, ErrorCode, InsertManyStreamError, InsertOutcomes, RejectedDocument, RejectionReason,
    StreamOutcome,
};
use futures_util::{Stream, StreamExt as _, stream};
use serde::{Serialize, Serializer, ser};
use serde_json::value::RawValue;
use tokio::sync::Semaphore;

use super::batch::{Batch, Content, Item, Position};
use crate::target::Target;

/// Where the records of a file go.
pub(super) struct Sink {
    outcomes: InsertOutcomes,
    unsettled: Arc<Mutex<Unsettled>>,
    /// For batches that are not settled: the client counts what it sends, not what cannot be read.
    room: Arc<Semaphore>,
    items: &'static str,
    /// Of the batch that is not complete yet.
    settled: Vec<Settled>,
}

/// A batch whose records all have their fate.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) settled: Vec<Settled>,
    /// Where the input goes on after them.
    pub(super) end: Position,
}

/// What became of the record on this line.
#[derive(Debug)]
pub(super) struct Settled {
    pub(super) line: u64,
    pub(super) fate: Fate,
}

#[derive(Debug)]
pub(super) enum Fate {
    Stored,
    /// The very same document had been there.
    Present,
    Rejected(Rejection),
}

/// Why a record was not stored.
#[derive(Debug)]
pub(super) struct Rejection {
    pub(super) code: Option<String>,
    pub(super) reason: String,
    /// As it was to be stored.
    pub(super) document: Option<String>,
    /// As it stood in the file, if it could not be read.
    pub(super) text: Option<String>,
}

/// What was read and is not settled, in the order of the file.
#[derive(Debug, Default)]
struct Unsettled {
    records: VecDeque<Unknown>,
    /// Where the input ends after batches without records.
    end: Option<Position>,
    failure: Option<anyhow::Error>,
}

#[derive(Debug)]
struct Unknown {
    line: u64,
    /// Text and reason of a record that cannot be read.
    bad: Option<(String, String)>,
    /// Of the batch, with its last record.
    end: Option<Position>,
}

/// A record as the client takes it. One that cannot be read is refused in its turn.
struct Record(Option<Box<RawValue>>);

impl Serialize for Record {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Some(json) => json.serialize(serializer),
            None => Err(ser::Error::custom("the record cannot be read")),
        }
    }
}

impl Sink {
    /// Documents bring their `_id`s and rows their keys, so all can be sent again.
    pub(super) fn new(
        database: &Database,
        target: &Target,
        concurrency: usize,
        batches: impl Stream<Item = anyhow::Result<Batch>> + Send + 'static,
    ) -> Self {
        let unsettled = Arc::new(Mutex::new(Unsettled::default()));
        let room = Arc::new(Semaphore::new(2 * concurrency + 2));
        let batches = batches.zip(stream::unfold(Arc::clone(&room), take));
        let (entering, given_back) = (Arc::clone(&unsettled), Arc::clone(&room));
        let records = batches.flat_map(move |(batch, ())| {
            let records = lock(&entering).enter(batch);
            if records.is_empty() {
                given_back.add_permits(1);
            }
            stream::iter(records)
        });
        let database = database.with_options(|options| options.idempotent(true));
        let load = match target {
            Target::Collection(name) => database
                .collection(name.as_str())
                .insert_many_stream(records),
            Target::Table(name, _) => database.table(name.as_str()).insert_many_stream(records),
        };
        Self {
            outcomes: load.concurrency(concurrency).outcomes(),
            unsettled,
            room,
            items: target.item(),
            settled: Vec::new(),
        }
    }

    /// The next batch, in the order of the file; `None` at its end. It can be given up and called again.
    ///
    /// # Errors
    /// When the file cannot be read, or when it makes no sense to go on: the database is away, the token was revoked,
    /// the collection dropped.
    pub(super) async fn next(&mut self) -> anyhow::Result<Option<Done>> {
        while let Some(outcome) = self.outcomes.next().await {
            let outcome = outcome.map_err(|error| self.gave_up(error))?;
            let Some(record) = lock(&self.unsettled).records.pop_front() else {
                continue;
            };
            let Unknown { line, bad, end } = record;
            let fate = fate(outcome, bad);
            self.settled.push(Settled { line, fate });
            if let Some(end) = end {
                self.room.add_permits(1);
                let settled = std::mem::take(&mut self.settled);
                return Ok(Some(Done { settled, end }));
            }
        }
        let mut unsettled = lock(&self.unsettled);
        if let Some(failure) = unsettled.failure.take() {
            return Err(failure).context("reading the file");
        }
        let end = unsettled.end.take();
        let settled = Vec::new();
        Ok(end.map(|end| Done { settled, end }))
    }

    fn gave_up(&self, error: InsertManyStreamError) -> anyhow::Error {
        let what = format!("the database does not take the {}s", self.items);
        match error.cause {
            Some(cause) => anyhow::Error::new(*cause).context(what),
            None => anyhow::Error::new(error).context(what),
        }
    }
}

impl Unsettled {
    /// Enters a batch, and answers its records for the client.
    fn enter(&mut self, batch: anyhow::Result<Batch>) -> Vec<Record> {
        let Batch { items, end, .. } = match batch {
            Ok(batch) => batch,
            Err(failure) => {
                self.failure = Some(failure);
                return Vec::new();
            }
        };
        self.end = Some(end).filter(|_| items.is_empty());
        let last = items.len().saturating_sub(1);
        let mut enter = |(place, item): (usize, Item)| {
            let (json, bad) = match item.content {
                Content::Good(json) => (Some(json), None),
                Content::Bad { text, reason } => (None, Some((text, reason))),
            };
            self.records.push_back(Unknown {
                line: item.line,
                bad,
                end: (place == last).then_some(end),
            });
            Record(json)
        };
        items.into_iter().enumerate().map(&mut enter).collect()
    }
}

/// Waits for room for one batch.
async fn take(room: Arc<Semaphore>) -> Option<((), Arc<Semaphore>)> {
    room.acquire().await.ok()?.forget();
    Some(((), room))
}

fn lock(unsettled: &Mutex<Unsettled>) -> MutexGuard<'_, Unsettled> {
    unsettled.lock().unwrap_or_else(PoisonError::into_inner)
}

fn fate(outcome: StreamOutcome, bad: Option<(String, String)>) -> Fate {
    match (outcome, bad) {
        (_, Some((text, reason))) => Fate::Rejected(Rejection {
            code: None,
            reason,
            document: None,
            text: Some(text),
        }),
        (StreamOutcome::Rejected(rejected), None) => Fate::Rejected(rejection(*rejected)),
        (StreamOutcome::AlreadyStored, None) => Fate::Present,
        (_, None) => Fate::Stored,
    }
}

fn rejection(rejected: RejectedDocument) -> Rejection {
    let (code, reason) = match rejected.reason {
        RejectionReason::Refused(error) => {
            let reason = if error.code == ErrorCode::DocumentAlreadyExists {
                "a document of this _id is there already, with other content".to_owned()
            } else {
                error.message.lines().next().unwrap_or_default().to_owned()
            };
            (Some(error.code.as_str().to_owned()), reason)
        }
        other => (None, other.to_string()),
    };
    Rejection {
        code,
        reason,
        document: rejected.document,
        text: None,
    }
}
