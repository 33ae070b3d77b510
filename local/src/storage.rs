//! Everything that is kept: one SQLite file, its catalogue of keyspaces, and the documents with their index entries.
//!
//! This module and the files below it are the only ones that speak SQL. One thread owns the writing connection and
//! commits the jobs that wait for it together, so many writers share one `fsync`; readers take connections from a pool
//! and see committed snapshots (write-ahead log). A job that returned `Ok` is durable.

mod backup;
pub(crate) mod catalogue;
mod check;
mod collection;
mod commit;
mod connection;
pub(crate) mod documents;
pub(crate) mod entries;
mod error;
mod keyspaces;
mod load;
mod lock;
mod maintenance;
mod migrations;
mod path_numbers;
mod pool;
mod reader;
mod repair;
pub(crate) mod rows;
mod schema;
mod table;
mod tables;
mod vectors;
mod writer;

use std::path::Path;
use std::sync::{Arc, RwLock};

pub use self::backup::{Backup, Overwrite, backup, restore};
pub(crate) use self::catalogue::Catalogue;
pub use self::check::{Check, Problem, check};
pub(crate) use self::collection::Collection;
use self::commit::{Committer, Published};
pub use self::connection::DiskUsage;
use self::connection::Location;
pub use self::error::OpenError;
pub(crate) use self::error::StorageError;
use self::lock::DirectoryLock;
pub use self::maintenance::MaintenanceError;
use self::pool::Pool;
pub(crate) use self::reader::Reader;
pub use self::repair::{Compaction, Repair, compact, repair};
pub(crate) use self::table::Table;
pub(crate) use self::tables::MAX_COLUMNS;
pub(crate) use self::writer::Writer;

/// The database of one engine. Cheap to share behind an `Arc`; every method may be called from any thread.
#[derive(Debug)]
pub(crate) struct Storage {
    // Fields drop in this order: idle readers close, the writer finishes and closes, then the directory is let go.
    pool: Pool,
    committer: Committer,
    published: Published,
    location: Arc<Location>,
    _lock: Option<DirectoryLock>,
}

impl Storage {
    /// Opens the database in `directory`, which is created when missing.
    ///
    /// # Errors
    ///
    /// The directory is in use by another process, cannot be written, or holds a file this version cannot read.
    pub(crate) fn open(directory: &Path) -> Result<Self, OpenError> {
        let lock = DirectoryLock::take(directory)?;
        Self::start(Location::file(directory), Some(lock))
    }

    /// Opens an empty database that lives as long as this value and never touches the disk.
    pub(crate) fn in_memory() -> Result<Self, OpenError> {
        Self::start(Location::memory(), None)
    }

    fn start(location: Location, lock: Option<DirectoryLock>) -> Result<Self, OpenError> {
        let location = Arc::new(location);
        let writer = location.connect_writer()?;
        schema::prepare(&writer)?;
        let catalogue = load::catalogue(&writer)?;
        let published = Published::new(RwLock::new(Arc::new(catalogue)));
        Ok(Self {
            pool: Pool::new(Arc::clone(&location)),
            committer: Committer::start(Arc::clone(&location), writer, Arc::clone(&published))?,
            published,
            location,
            _lock: lock,
        })
    }

    /// The keyspaces and collections as of the last commit.
    pub(crate) fn catalogue(&self) -> Arc<Catalogue> {
        Arc::clone(&*commit::unpoisoned(self.published.read()))
    }

    /// Bytes on disk; none for a database in memory.
    pub(crate) fn disk_usage(&self) -> Option<DiskUsage> {
        self.location.disk_usage()
    }

    /// Copies the database into a file while it is in use, and verifies the copy.
    pub(crate) fn backup(
        &self,
        file: &Path,
        overwrite: Overwrite,
    ) -> Result<Backup, MaintenanceError> {
        let source = self.location.connect_reader()?;
        let _gate = self.location.enter_shared();
        backup::copy_to(&source, file, overwrite)
    }

    /// Runs `job` on one consistent, committed snapshot.
    pub(crate) fn read<T, E>(&self, job: impl FnOnce(&Reader<'_>) -> Result<T, E>) -> Result<T, E>
    where
        E: From<StorageError>,
    {
        self.pool.snapshot(job)
    }

    /// Runs `job` alone on the newest state and answers once its changes are durable. An `Err` undoes all it did.
    pub(crate) fn write<T, E>(
        &self,
        job: impl FnOnce(&mut Writer<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
    {
        self.committer.run(job)
    }
}

#[cfg(test)]
mod tests;
