//! The contents of one collection or table, from page to page.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use astra_db::{
    Database, Document, Error, ErrorCode, InsertOutcomes, PageState, RejectedDocument,
    RejectionReason, StreamOutcome, Value,
};
use futures_util::{Stream, StreamExt as _, stream};
use indicatif::ProgressBar;
use serde_json::value::{RawValue, to_raw_value};
use shared::numbers::counted;

use super::checkpoint::{Ledger, Position};
use super::place::Place;
use super::schema::{Kind, Part};
use crate::output;

/// Between two checkpoints: this much is sent again after a crash.
const INTERVAL: Duration = Duration::from_millis(500);
/// Of what could not be copied, this much is told of one by one.
const TOLD: u64 = 10;

/// How a transfer ended that did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Finished,
    Interrupted,
}

/// What is copied, and how.
pub(super) struct Transfer<'a> {
    pub(super) part: &'a Part,
    pub(super) from: &'a Place,
    pub(super) to: &'a Place,
    pub(super) overwrite: bool,
    pub(super) concurrency: usize,
}

/// The pages that were read and are not settled, in their order.
#[derive(Default)]
struct Reading {
    pages: VecDeque<PageEnd>,
    failure: Option<Error>,
}

struct PageEnd {
    /// How many of its items are not settled.
    open: usize,
    next: Option<PageState>,
}

impl Transfer<'_> {
    /// Copies from where the ledger says until the end, or until asked to stop.
    pub(super) async fn run(&self, ledger: &mut Ledger, bar: &ProgressBar) -> anyhow::Result<End> {
        let name = self.part.name.as_str();
        let mut position = ledger.position(name);
        let started = position.page_state.clone().map(PageState::from);
        let reading = Arc::new(Mutex::new(Reading::default()));
        let outcomes = self.outcomes(self.items(started, Arc::clone(&reading)));
        // What is settled beyond the last whole page is not in the checkpoint.
        let mut settled = position.clone();
        let ended = self
            .settle_all(outcomes, &reading, &mut settled, &mut position, ledger, bar)
            .await;
        let failure = lock(&reading).failure.take();
        let end = match (ended, failure) {
            (Ok(End::Finished), None) => {
                settled.finished = true;
                position = settled;
                Ok(End::Finished)
            }
            (Ok(End::Finished), Some(failure)) => {
                let reading = format!("reading {name}");
                Err(self.from.explain(failure).await.context(reading))
            }
            (ended, _) => ended,
        };
        ledger.save(name, position)?;
        end
    }

    /// Writes the items, and answers what becomes of each.
    fn outcomes(
        &self,
        items: impl Stream<Item = Box<RawValue>> + Send + 'static,
    ) -> InsertOutcomes {
        let name = self.part.name.as_str();
        let database = &self.to.database;
        let database = database.with_options(|options| options.idempotent(true));
        let load = match self.part.kind {
            Kind::Collection { .. } => {
                let collection = database.collection::<Box<RawValue>>(name);
                collection.insert_many_stream(items)
            }
            Kind::Table { .. } => {
                let table = database.table::<Box<RawValue>>(name);
                table.insert_many_stream(items)
            }
        };
        let load = load.upsert(self.overwrite);
        load.concurrency(self.concurrency).outcomes()
    }

    /// Counts what is settled, and moves `position` on from page to page.
    async fn settle_all(
        &self,
        mut outcomes: InsertOutcomes,
        reading: &Mutex<Reading>,
        settled: &mut Position,
        position: &mut Position,
        ledger: &mut Ledger,
        bar: &ProgressBar,
    ) -> anyhow::Result<End> {
        let name = self.part.name.as_str();
        let mut asked = std::pin::pin!(tokio::signal::ctrl_c());
        let mut saved: Option<Instant> = None;
        loop {
            let outcome = tokio::select! {
                outcome = outcomes.next() => outcome,
                Ok(()) = &mut asked => return Ok(End::Interrupted),
            };
            match outcome {
                None => return Ok(End::Finished),
                Some(Ok(StreamOutcome::Rejected(rejected))) => self.reject(&rejected, settled),
                Some(Ok(_)) => settled.tally.copied += 1,
                Some(Err(error)) => {
                    let explained = match error.cause {
                        Some(cause) => self.to.explain(*cause).await,
                        None => error.into(),
                    };
                    return Err(explained.context(format!("writing to {name}")));
                }
            }
            let Some(next) = lock(reading).settle() else {
                continue;
            };
            settled.page_state = Some(next.as_str().to_owned());
            position.clone_from(settled);
            if saved.is_none_or(|saved| saved.elapsed() > INTERVAL) {
                ledger.save(name, position.clone())?;
                saved = Some(Instant::now());
                let count = counted(settled.tally.total(), self.part.item());
                bar.set_message(format!("{name}: {count}"));
            }
        }
    }

    /// The items as they are to be stored. Where reading fails they end, and `reading` says why.
    fn items(
        &self,
        started: Option<PageState>,
        reading: Arc<Mutex<Reading>>,
    ) -> impl Stream<Item = Box<RawValue>> + Send + 'static {
        let (part, overwrite) = (self.part.clone(), self.overwrite);
        let database = self.from.database.clone();
        let pages = stream::unfold(Some(started), move |at| {
            let (part, database) = (part.clone(), database.clone());
            let reading = Arc::clone(&reading);
            async move {
                let (items, next) = match page(&part, &database, at?).await {
                    Ok(page) => page,
                    Err(failure) => {
                        lock(&reading).failure = Some(failure);
                        return None;
                    }
                };
                lock(&reading).pages.push_back(PageEnd {
                    open: items.len(),
                    next: next.clone(),
                });
                let items: Vec<_> = items
                    .into_iter()
                    .map(|item| prepared(item, &part.kind, overwrite))
                    .collect();
                Some((stream::iter(items), next.map(Some)))
            }
        });
        pages.flatten()
    }

    /// Counts what was not copied, and tells of the first of them.
    fn reject(&self, rejected: &RejectedDocument, position: &mut Position) {
        position.tally.rejected += 1;
        if position.tally.rejected > TOLD {
            return;
        }
        let reason = match &rejected.reason {
            RejectionReason::Refused(error) if error.code == ErrorCode::DocumentAlreadyExists => {
                "the target has another document of this _id, which was kept; --overwrite replaces it".to_owned()
            }
            reason => reason.to_string(),
        };
        let document = rejected
            .document
            .as_deref()
            .and_then(|text| text.parse::<Document>().ok());
        let id = document.and_then(|document| document.get("_id").map(ToString::to_string));
        let place = id.unwrap_or_else(|| format!("{} {}", self.part.item(), rejected.index));
        output::note(&format!(
            "{}: {place} was not copied: {reason}",
            self.part.name
        ));
    }
}

impl Reading {
    /// One more item is settled. Where a page ends with it, the next page's state.
    fn settle(&mut self) -> Option<PageState> {
        while self.pages.front().is_some_and(|page| page.open == 0) {
            self.pages.pop_front();
        }
        let page = self.pages.front_mut()?;
        page.open -= 1;
        if page.open > 0 {
            return None;
        }
        self.pages.pop_front()?.next
    }
}

fn lock(reading: &Mutex<Reading>) -> MutexGuard<'_, Reading> {
    reading.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn page(
    part: &Part,
    database: &Database,
    state: Option<PageState>,
) -> Result<(Vec<Box<RawValue>>, Option<PageState>), Error> {
    let find = part.find(database);
    let page = match state {
        Some(state) => find.page_state(state).page().await?,
        None => find.page().await?,
    };
    Ok((page.items, page.next_page_state))
}

/// An item as it is sent: as it came, but for two cases.
fn prepared(item: Box<RawValue>, kind: &Kind, overwrite: bool) -> Box<RawValue> {
    let changed = match kind {
        Kind::Collection { embeds: true } => embedded(&item),
        // What the row there has and this one has not is erased.
        Kind::Table { columns, .. } if overwrite => complete(&item, columns),
        _ => Ok(None),
    };
    // What cannot be read is the server's to refuse.
    changed.ok().flatten().unwrap_or(item)
}

/// The server takes a text or its vector, not both: the text, of which the target's service makes the vector.
fn embedded(item: &RawValue) -> anyhow::Result<Option<Box<RawValue>>> {
    let mut document: Document = item.get().parse().context("reading a document")?;
    let left_out = match document.get("$vectorize") {
        Some(Value::String(_)) => "$vector",
        Some(_) => "$vectorize",
        None => return Ok(None),
    };
    document.remove(left_out);
    Ok(Some(to_raw_value(&document)?))
}

fn complete(item: &RawValue, columns: &[String]) -> anyhow::Result<Option<Box<RawValue>>> {
    let mut row: Document = item.get().parse().context("reading a row")?;
    for column in columns {
        if row.get(column).is_none() {
            row.insert(column.as_str(), Value::Null);
        }
    }
    Ok(Some(to_raw_value(&row)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(item: &str, kind: &Kind, overwrite: bool) -> String {
        let item = RawValue::from_string(item.to_owned()).unwrap();
        prepared(item, kind, overwrite).get().to_owned()
    }

    #[test]
    fn documents_are_sent_as_they_came_but_for_the_vector_of_a_text() {
        let (with_service, plain) = (
            Kind::Collection { embeds: true },
            Kind::Collection { embeds: false },
        );
        let both = r#"{"_id":1,"n":1.50,"$vectorize":"a","$vector":[1,2]}"#;
        assert_eq!(sent(both, &plain, true), both);
        assert_eq!(
            sent(both, &with_service, false),
            r#"{"_id":1,"n":1.50,"$vectorize":"a"}"#
        );
        let vector = r#"{"_id":1,"$vectorize":null,"$vector":[1,2]}"#;
        assert_eq!(
            sent(vector, &with_service, false),
            r#"{"_id":1,"$vector":[1,2]}"#
        );
    }

    #[test]
    fn a_row_that_replaces_another_erases_what_it_does_not_have() {
        let columns = ["id", "n", "text"].map(str::to_owned).to_vec();
        let key = vec!["id".to_owned()];
        let table = Kind::Table { columns, key };
        let row = r#"{"id":1,"n":123456789012345678901234567890}"#;
        assert_eq!(sent(row, &table, false), row);
        assert_eq!(
            sent(row, &table, true),
            r#"{"id":1,"n":123456789012345678901234567890,"text":null}"#
        );
    }
}
