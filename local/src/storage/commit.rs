//! The writing thread: it runs jobs one after the other and commits those that waited together.

use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, RwLock};
use std::thread::{self, JoinHandle};

use rusqlite::Connection;

use super::catalogue::Catalogue;
use super::connection::Location;
use super::error::{Failure, OpenError, StorageError};
use super::locks::unpoisoned;
use super::path_numbers::PathNumbers;
use super::reader::Reader;
use super::space::Space;
use super::trouble::Trouble;
use super::writer::Writer;

/// Jobs that share one commit at most, so that the first of them does not wait for ever under load.
const BATCH: usize = 256;

/// The catalogue as readers see it.
pub(super) type Published = Arc<RwLock<Arc<Catalogue>>>;

/// What is to be done in the writing thread.
struct Job {
    run: Box<Run>,
    /// Whether it makes room, so that it runs on a full disk too.
    frees: bool,
}

type Run = dyn FnOnce(Result<&mut Writer<'_>, StorageError>) -> Ran + Send;

/// A job that has run inside its own savepoint. The reply is sent once the fate of the commit is known.
struct Ran {
    reply: Reply,
    trouble: Option<Trouble>,
}

type Reply = Box<dyn FnOnce(Result<(), StorageError>) + Send>;

/// The way to the writing thread.
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
        space: Space,
    ) -> Result<Self, OpenError> {
        let (jobs, waiting) = mpsc::channel();
        let thread = thread::Builder::new()
            .name("astra-local writer".to_owned())
            .spawn(move || work(&location, &connection, &published, &waiting, space))
            .map_err(OpenError::Thread)?;
        Ok(Self {
            jobs: Some(jobs),
            thread: Some(thread),
        })
    }

    /// Runs a job that writes.
    pub(super) fn run<T, E>(
        &self,
        job: impl FnOnce(&mut Writer<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: Failure + Send + 'static,
    {
        self.send(job, false)
    }

    /// Runs a job that makes room. Where the disk turns out to be full, it runs again with the room that is kept for it.
    pub(super) fn free<T, E>(
        &self,
        job: impl Fn(&mut Writer<'_>) -> Result<T, E> + Send + Sync + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: Failure + Send + 'static,
    {
        let job = Arc::new(job);
        let again = Arc::clone(&job);
        match self.send(move |writer| job(writer), true) {
            Err(error) if error.trouble() == Some(Trouble::DiskFull) => {
                self.send(move |writer| again(writer), true)
            }
            done => done,
        }
    }

    fn send<T, E>(
        &self,
        job: impl FnOnce(&mut Writer<'_>) -> Result<T, E> + Send + 'static,
        frees: bool,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: Failure + Send + 'static,
    {
        let (answer, outcome) = mpsc::sync_channel(1);
        let run = move |writer: Result<&mut Writer<'_>, StorageError>| {
            let result = writer
                .map_err(E::from)
                .and_then(|writer| writer.attempt(job));
            let trouble = result.as_ref().err().and_then(E::trouble);
            let reply = move |committed: Result<(), StorageError>| {
                // Nobody is left to be told when the caller's thread died; the work stands as committed.
                let _ = answer.send(committed.map_err(E::from).and(result));
            };
            Ran {
                reply: Box::new(reply),
                trouble,
            }
        };
        let jobs = self.jobs.as_ref().ok_or(StorageError::Closed)?;
        let run = Box::new(run);
        jobs.send(Job { run, frees })
            .map_err(|_| StorageError::Closed)?;
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
    mut space: Space,
) {
    let mut paths = PathNumbers::default();
    while let Ok(first) = waiting.recv() {
        let mut writer = Writer {
            reader: Reader::new(connection),
            catalogue: Arc::clone(&*unpoisoned(published.read())),
            paths: &mut paths,
        };
        let mut batch = Batch {
            waiting,
            replies: Vec::new(),
        };
        let gate = location.enter_alone();
        let outcome = batch
            .run_all(&mut writer, first, location, &mut space)
            .and_then(|()| commit(&mut writer, published, &space));
        if let Err(error) = &outcome {
            writer.undo();
            if error.trouble() == Some(Trouble::DiskFull) {
                space.ran_out(connection);
            }
        }
        drop(gate);
        for reply in batch.replies {
            reply(outcome.clone());
        }
    }
}

/// Commits, and publishes the catalogue if it changed. Its lock is taken first: whoever meets data of this commit and
/// then reads the catalogue finds that of this commit, too.
fn commit(
    writer: &mut Writer<'_>,
    published: &Published,
    space: &Space,
) -> Result<(), StorageError> {
    let is_new = !Arc::ptr_eq(&*unpoisoned(published.read()), &writer.catalogue);
    let shown = is_new.then(|| unpoisoned(published.write()));
    writer
        .execute("COMMIT")
        .map_err(|error| space.named(error))?;
    writer.paths.settle();
    for change in writer.uncommitted.take() {
        change.apply();
    }
    if let Some(mut shown) = shown {
        *shown = Arc::clone(&writer.catalogue);
    }
    Ok(())
}

/// Jobs that are committed together.
struct Batch<'w> {
    waiting: &'w Receiver<Job>,
    replies: Vec<Reply>,
}

impl Batch<'_> {
    fn run_all(
        &mut self,
        writer: &mut Writer<'_>,
        first: Job,
        location: &Location,
        space: &mut Space,
    ) -> Result<(), StorageError> {
        let begun = location
            .require_in_place()
            .and_then(|()| writer.execute("BEGIN IMMEDIATE"));
        if let Err(error) = begun {
            self.run(first, Err(error.clone()));
            return Err(error);
        }
        let has_room = space.has_room(writer.connection);
        let mut next = Some(first);
        while let Some(job) = next {
            let trouble = if has_room || job.frees {
                self.run(job, Ok(writer))
            } else {
                self.run(job, Err(space.full()));
                None
            };
            if trouble == Some(Trouble::DiskFull) {
                return Err(space.full());
            }
            // SQLite ends the transaction by itself when the disk fails: then none of the jobs took place.
            if writer.connection.is_autocommit() {
                return Err(StorageError::Aborted);
            }
            next = if self.replies.len() < BATCH {
                self.waiting.try_recv().ok()
            } else {
                None
            };
        }
        Ok(())
    }

    fn run(&mut self, job: Job, writer: Result<&mut Writer<'_>, StorageError>) -> Option<Trouble> {
        let ran = (job.run)(writer);
        self.replies.push(ran.reply);
        ran.trouble
    }
}
