//! Sends a chunk until each of its documents is settled.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::adaptive_limit::AdaptiveLimit;
use super::chunk::{Chunk, Fate};
use super::rejected::RejectionReason;
use super::same_document;
use crate::action::ReplaceOne;
use crate::action::insert_many::{call, outcomes_of};
use crate::command::Reply;
use crate::deadline::{Deadline, Requests};
use crate::error::{ApiError, ApiErrors, Error, ErrorCode, InsertOutcome, Result};
use crate::handle::NamedRef;
use crate::inserted_id::InsertedId;
use crate::options::Options;
use crate::timeouts::TimeoutCategory;
use crate::transport::{DefaultRetryPolicy, FailedAttempt, RetryPolicy};

/// Reads what an answer says of each of so many documents, and its first failure.
type ReadAnswer = fn(Result<Reply>, usize) -> (Vec<Said>, Option<Error>);

/// What differs between documents and rows.
#[derive(Clone, Copy)]
pub(super) struct Kind {
    said: ReadAnswer,
    is_stored_once: fn(&RawValue) -> bool,
}

impl Kind {
    pub(super) fn of<I: InsertedId>() -> Self {
        Self {
            said: said::<I>,
            is_stored_once: I::is_stored_once,
        }
    }
}

/// What one request says of a document.
enum Said {
    Stored,
    Refused(ApiError),
    /// It was not stored and can be sent again.
    NotStored,
    Unknown,
}

fn said<I: InsertedId>(result: Result<Reply>, length: usize) -> (Vec<Said>, Option<Error>) {
    // Warnings are told to listeners.
    let (outcomes, cause) = outcomes_of::<I>(result, length, &mut Vec::new());
    let said = |outcome| match outcome {
        InsertOutcome::Inserted(_) => Said::Stored,
        InsertOutcome::Failed(error) if !error.code.is_retryable() => Said::Refused(error),
        InsertOutcome::Failed(_) | InsertOutcome::Skipped => Said::NotStored,
        InsertOutcome::Unknown(_) => Said::Unknown,
    };
    (outcomes.into_iter().map(said).collect(), cause)
}

/// Stores chunks.
pub(super) struct Sender {
    collection: NamedRef,
    options: Arc<Options>,
    /// Those of a request that is tried once: repeating it means fewer requests at a time.
    once: Options,
    policy: Arc<dyn RetryPolicy>,
    kind: Kind,
    upsert: bool,
    deadline: Deadline,
    pub(super) limit: AdaptiveLimit,
}

impl Sender {
    pub(super) fn new(
        collection: NamedRef,
        options: Arc<Options>,
        kind: Kind,
        upsert: bool,
        concurrency: usize,
    ) -> Self {
        let patient = || {
            let policy = DefaultRetryPolicy::default().max_attempts(10);
            Arc::new(policy.max_wait(Duration::from_secs(10))) as Arc<dyn RetryPolicy>
        };
        Self {
            once: Options::clone(&options).retry(DefaultRetryPolicy::never()),
            policy: options.retry.clone().unwrap_or_else(patient),
            deadline: Deadline::start(&options, TimeoutCategory::General, Requests::Many),
            collection,
            options,
            kind,
            upsert,
            limit: AdaptiveLimit::new(concurrency),
        }
    }

    /// Sends what is open until nothing is, or until it makes no sense to go on.
    pub(super) async fn settle(self: Arc<Self>, mut chunk: Chunk) -> Chunk {
        let mut attempts = 0;
        while chunk.is_open() {
            attempts += 1;
            let slot = self.limit.slot().await;
            let cause = self.send(&mut chunk).await;
            let overloaded = cause.as_ref().is_some_and(Error::is_overload);
            self.limit.done(slot, overloaded);
            if !chunk.is_open() {
                chunk.failure = cause.filter(|cause| matches!(cause, Error::Warnings(_)));
                break;
            }
            let wait = cause.as_ref().and_then(|cause| self.wait(cause, attempts));
            let Some(wait) = wait else {
                chunk.failure = cause;
                break;
            };
            tokio::time::sleep(wait).await;
        }
        chunk
    }

    fn wait(&self, error: &Error, attempts: u32) -> Option<Duration> {
        // An answer may refuse some documents for good and others for the moment.
        let passes = |errors: &ApiErrors| {
            let mut errors = errors.errors().iter();
            errors.any(|error| error.code.is_retryable())
        };
        if !error.is_retryable() && !error.api_errors().is_some_and(passes) {
            return None;
        }
        let wait = self.policy.wait(&FailedAttempt {
            error,
            attempts,
            is_idempotent: true,
        })?;
        // Without a limit for the whole, each request has its own.
        let left = self.deadline.for_request().remaining();
        left.is_none_or(|left| wait < left).then_some(wait)
    }

    /// Sends what is open once. Answers why something may still be open.
    async fn send(&self, chunk: &mut Chunk) -> Option<Error> {
        let (places, documents) = chunk.open();
        let sent = match call(&self.collection, &documents, false) {
            Ok(call) => {
                let deadline = self.deadline.for_request();
                self.collection.send(call, &self.once, &deadline).await
            }
            Err(error) => Err(error),
        };
        let (said, cause) = (self.kind.said)(sent, places.len());
        if cause.as_ref().is_some_and(is_refused_as_a_whole) {
            return cause;
        }
        let mut taken = Vec::new();
        for (place, said) in places.into_iter().zip(said) {
            match said {
                Said::Stored => chunk.settle(place, Fate::Inserted),
                Said::Refused(error) if error.code == ErrorCode::DocumentAlreadyExists => {
                    taken.push((place, error));
                }
                Said::Refused(error) => chunk.settle(place, refused(error)),
                Said::Unknown if !self.can_be_sent_again(chunk.document(place)) => {
                    chunk.settle(place, Fate::Rejected(RejectionReason::OutcomeUnknown));
                }
                Said::NotStored | Said::Unknown => {}
            }
        }
        let settled = if taken.is_empty() {
            Ok(())
        } else if self.upsert {
            self.replace(chunk, taken).await
        } else {
            self.compare(chunk, taken).await
        };
        settled.err().or(cause)
    }

    fn can_be_sent_again(&self, document: Option<&RawValue>) -> bool {
        let is_stored_once = || document.is_some_and(self.kind.is_stored_once);
        self.options.idempotent.unwrap_or_else(is_stored_once)
    }

    /// Replaces the documents that have these `_id`s.
    async fn replace(&self, chunk: &mut Chunk, taken: Vec<(usize, ApiError)>) -> Result<()> {
        for (place, error) in taken {
            let Some((id, document)) = chunk
                .document(place)
                .and_then(|document| Some((id_of(document)?, document)))
            else {
                chunk.settle(place, refused(error));
                continue;
            };
            let replaced = ReplaceOne::new(self.collection.clone(), ById { id }, &document)
                .upsert(true)
                .with_options(|_| Options::clone(&self.options).idempotent(true))
                .await;
            match replaced {
                Ok(_) => chunk.settle(place, Fate::Replaced),
                Err(error) if error.is_retryable() || is_refused_as_a_whole(&error) => {
                    return Err(error);
                }
                Err(error) => match error.api() {
                    Some(refusal) => chunk.settle(place, refused(refusal.clone())),
                    None => return Err(error),
                },
            }
        }
        Ok(())
    }

    /// Tells documents that are stored already from others with their `_id`s.
    async fn compare(&self, chunk: &mut Chunk, taken: Vec<(usize, ApiError)>) -> Result<()> {
        let documents: Vec<&RawValue> = taken
            .iter()
            .filter_map(|(place, _)| chunk.document(*place))
            .collect();
        let there = same_document::are_there(&self.collection, &self.options, &documents).await?;
        for ((place, error), is_there) in taken.into_iter().zip(there) {
            let fate = if is_there {
                Fate::AlreadyStored
            } else {
                refused(error)
            };
            chunk.settle(place, fate);
        }
        Ok(())
    }
}

fn refused(error: ApiError) -> Fate {
    Fate::Rejected(RejectionReason::Refused(error))
}

/// Whether no document of any chunk would be taken: the token or the collection is wrong.
fn is_refused_as_a_whole(error: &Error) -> bool {
    error.is_unauthorized() || error.is_not_found()
}

#[derive(Serialize, Deserialize)]
struct ById<'a> {
    #[serde(rename = "_id", borrow)]
    id: &'a RawValue,
}

fn id_of(document: &RawValue) -> Option<&RawValue> {
    let ById { id } = serde_json::from_str(document.get()).ok()?;
    Some(id)
}
