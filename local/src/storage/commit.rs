//! The writing thread: it runs jobs one after the other and commits those that waited together.

use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, PoisonError, RwLock};
use std::thread::{self, JoinHandle};

use rusqlite::Connection;

use super::catalogue::Catalogue;
use super::connection::Location;
use super::error::{OpenError, StorageError};
use super::path_numbers::PathNumbers;
use super::reader::Reader;
use super::writer::Writer;

/// Jobs that share one commit at most, so that the first of them does not wait for ever under load.
const BATCH: usize = 256;

/// The catalogue as readers see it.
pub(super) type Published = Arc<RwLock<Arc<Catalogue>>>;
/// Runs in the writing thread inside its own savepoint; what it returns runs once the fate of the commit is known.
type Job = Box<dyn FnOnce(Result<&mut Writer<'_>, StorageError>) -> Reply + Send>;
type Reply = Box<dyn FnOnce(Result<(), StorageError>) + Send>;

/// A lock that a panicking holder left behind protects nothing half-done here: values are replaced whole.
pub(super) fn unpoisoned<T>(lock: Result<T, PoisonError<T>>) -> T {
    lock.unwrap_or_else(PoisonError::into_inner)
}

/// The door to the writing thread.
#[derive(Debug)]
pub(super) struct Committer {
    jobs: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Committer {
    pub(super) fn start(
        location: Arc<Location>,
        connection: Connection,
        published: Published,
    ) -> Result<Self, OpenError> {
        let (jobs, waiting) = mpsc::channel();
        let thread = thread::Builder::new()
            .name("astra-local writer".to_owned())
            .spawn(move || work(&location, &connection, &published, &waiting))
            .map_err(OpenError::Thread)?;
        Ok(Self {
            jobs: Some(jobs),
            thread: Some(thread),
        })
    }

    pub(super) fn run<T, E>(
        &self,
        job: impl FnOnce(&mut Writer<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
    {
        let (answer, outcome) = mpsc::sync_channel(1);
        let job: Job = Box::new(move |writer| {
            let result = writer
                .map_err(E::from)
                .and_then(|writer| writer.attempt(job));
            Box::new(move |committed: Result<(), StorageError>| {
                // Nobody is left to be told when the caller's thread died; the work stands as committed.
                let _ = answer.send(committed.map_err(E::from).and(result));
            })
        });
        let jobs = self.jobs.as_ref().ok_or(StorageError::Closed)?;
        jobs.send(job).map_err(|_| StorageError::Closed)?;
        outcome.recv().map_err(|_| StorageError::Closed)?
    }
}

impl Drop for Committer {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            // The thread catches the panics of jobs, and a panic of its own was already printed.
            let _ = thread.join();
        }
    }
}

fn work(
    location: &Location,
    connection: &Connection,
    published: &Published,
    waiting: &Receiver<Job>,
) {
    let mut paths = PathNumbers::default();
    while let Ok(first) = waiting.recv() {
        let before = Arc::clone(&*unpoisoned(published.read()));
        let mut writer = Writer {
            reader: Reader::new(connection),
            catalogue: Arc::clone(&before),
            paths: &mut paths,
        };
        let mut replies = Vec::new();
        let gate = location.enter_alone();
        let outcome = commit_together(&mut writer, first, waiting, &mut replies);
        if outcome.is_err() {
            writer.undo();
        } else if !Arc::ptr_eq(&before, &writer.catalogue) {
            *unpoisoned(published.write()) = writer.catalogue;
        }
        drop(gate);
        for reply in replies {
            reply(outcome.clone());
        }
    }
}

fn commit_together(
    writer: &mut Writer<'_>,
    first: Job,
    waiting: &Receiver<Job>,
    replies: &mut Vec<Reply>,
) -> Result<(), StorageError> {
    if let Err(error) = writer.execute("BEGIN IMMEDIATE") {
        replies.push(first(Err(error.clone())));
        return Err(error);
    }
    let mut next = Some(first);
    while let Some(job) = next {
        replies.push(job(Ok(writer)));
        // SQLite ends the transaction by itself when the disk is full or fails: then none of the jobs took place.
        if writer.connection.is_autocommit() {
            return Err(StorageError::Aborted);
        }
        next = if replies.len() < BATCH {
            waiting.try_recv().ok()
        } else {
            None
        };
    }
    writer.execute("COMMIT")?;
    writer.paths.settle();
    Ok(())
}
