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
mod locks;
mod maintenance;
mod migrations;
mod path_numbers;
mod pool;
mod reader;
mod repair;
mod reserve;
pub(crate) mod rows;
mod schema;
mod space;
mod table;
mod tables;
mod trouble;
mod trouble_log;
mod uncommitted;
mod vector_cache;
mod vectors;
mod writer;

use std::path::Path;
use std::sync::{Arc, RwLock};

use rusqlite::Connection;

pub use self::backup::{Backup, Overwrite, backup, restore};
pub(crate) use self::catalogue::Catalogue;
pub use self::check::{Check, Problem, check};
pub(crate) use self::collection::Collection;
use self::commit::{Committer, Published};
pub use self::connection::DiskUsage;
use self::connection::Location;
pub use self::error::OpenError;
pub(crate) use self::error::{Failure, StorageError};
use self::lock::DirectoryLock;
pub use self::maintenance::MaintenanceError;
use self::pool::Pool;
pub(crate) use self::reader::Reader;
pub use self::repair::{Compaction, Repair, compact, repair};
use self::reserve::Reserve;
use self::space::Space;
pub(crate) use self::table::{RowKey, Table};
pub(crate) use self::tables::MAX_COLUMNS;
pub(crate) use self::trouble::Trouble;
use self::trouble_log::TroubleLog;
pub(crate) use self::vector_cache::VectorCache;
pub(crate) use self::writer::Writer;
use crate::table::column_type::ColumnType;

/// The database of one engine. Cheap to share behind an `Arc`; every method may be called from any thread.
#[derive(Debug)]
pub(crate) struct Storage {
    // Fields drop in this order: idle readers close, the writer finishes and closes, then the directory is let go.
    pool: Pool,
    committer: Committer,
    published: Published,
    location: Arc<Location>,
    troubles: TroubleLog,
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
        let reserve = Reserve::in_directory(directory);
        let location = Location::file(directory);
        let opened = match Opened::at(&location) {
            // There is no room for the log's index: opening needs the room that is kept for deleting.
            Err(error) if error.may_be_a_full_disk() => {
                reserve.release();
                Opened::at(&location)
            }
            opened => opened,
        };
        Self::start(location, opened?, Space::on_disk(reserve), Some(lock))
    }

    /// Opens an empty database that lives as long as this value and never touches the disk. `limit` is in bytes.
    pub(crate) fn in_memory(limit: u64) -> Result<Self, OpenError> {
        let location = Location::memory();
        let opened = Opened::at(&location)?;
        let page: i64 = opened
            .writer
            .query_row("PRAGMA page_size", [], |row| row.get(0))?;
        let pages = i64::try_from(limit).unwrap_or(i64::MAX) / page;
        opened
            .writer
            .pragma_update(None, "max_page_count", pages.max(1))?;
        Self::start(location, opened, Space::Memory(limit), None)
    }

    fn start(
        location: Location,
        opened: Opened,
        space: Space,
        lock: Option<DirectoryLock>,
    ) -> Result<Self, OpenError> {
        let location = Arc::new(location);
        let Opened { writer, catalogue } = opened;
        let published = Published::new(RwLock::new(Arc::new(catalogue)));
        Ok(Self {
            pool: Pool::new(Arc::clone(&location)),
            committer: Committer::start(
                Arc::clone(&location),
                writer,
                Arc::clone(&published),
                space,
            )?,
            published,
            location,
            troubles: TroubleLog::default(),
            _lock: lock,
        })
    }

    /// The keyspaces and collections as of the last commit.
    pub(crate) fn catalogue(&self) -> Arc<Catalogue> {
        Arc::clone(&*locks::unpoisoned(self.published.read()))
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
    pub(crate) fn read<T, E: Failure>(
        &self,
        job: impl FnOnce(&Reader<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let result = self.pool.snapshot(job);
        self.troubles.read(&result);
        result
    }

    /// Makes the index of the vectors of a collection, unless there is one or too little to be worth it. What is committed
    /// from then on is in it before it is acknowledged.
    pub(crate) fn index_vectors(&self, collection: &Collection) -> Result<(), StorageError> {
        let Some(rule) = collection.rules.vector else {
            return Ok(());
        };
        let vectors = &collection.vectors;
        if !vectors.is_absent() || self.read(|reader| reader.has_few_vectors(collection))? {
            return Ok(());
        }
        vectors.make(rule.dimension, |index| {
            self.read(|reader| reader.fill_index(collection, index))
        })
    }

    /// The same for the column of a table at a position.
    pub(crate) fn index_column(&self, table: &Table, position: usize) -> Result<(), StorageError> {
        let column = table.definition.columns().get(position);
        let (Some(vectors), Some(ColumnType::Vector(vector))) = (
            table.vectors_at(position),
            column.map(|column| &column.column_type),
        ) else {
            return Ok(());
        };
        if !vectors.is_absent() || self.read(|reader| reader.has_few_rows(table))? {
            return Ok(());
        }
        vectors.make(vector.dimension, |index| {
            self.read(|reader| reader.fill_index_of_rows(table, position, index))
        })
    }

    /// Runs `job` alone on the newest state and answers once its changes are durable. An `Err` undoes all it did.
    pub(crate) fn write<T, E>(
        &self,
        job: impl FnOnce(&mut Writer<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: Failure + Send + 'static,
    {
        let result = self.committer.run(job);
        self.troubles.wrote(&result);
        result
    }

    /// The same for what makes room: it runs on a full disk, too.
    pub(crate) fn free<T, E>(
        &self,
        job: impl Fn(&mut Writer<'_>) -> Result<T, E> + Send + Sync + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: Failure + Send + 'static,
    {
        let result = self.committer.free(job);
        self.troubles.read(&result);
        result
    }
}

/// What was read from a file, or made in one, when it was opened.
struct Opened {
    writer: Connection,
    catalogue: Catalogue,
}

impl Opened {
    fn at(location: &Location) -> Result<Self, OpenError> {
        let writer = location.connect_writer()?;
        schema::prepare(&writer)?;
        let catalogue = load::catalogue(&writer)?;
        Ok(Self { writer, catalogue })
    }
}

#[cfg(test)]
mod tests;
