//! Everything that is kept: one SQLite file, its catalogue of keyspaces, and the documents with their index entries.
//!
//! This module and the files below it are the only ones that speak SQL. One thread owns the writing connection and
//! commits the jobs that wait for it together, so many writers share one `fsync`; readers take connections from a pool
//! and see committed snapshots (write-ahead log). A job that returned `Ok` is durable.

pub(crate) mod catalogue;
mod commit;
mod connection;
pub(crate) mod documents;
pub(crate) mod entries;
mod error;
mod keyspaces;
mod lock;
mod pool;
mod schema;
mod vectors;

use std::path::Path;
use std::sync::{Arc, RwLock};

pub(crate) use self::catalogue::{Catalogue, Collection, Keyspace};
pub(crate) use self::commit::Writer;
use self::commit::{Committer, Published};
use self::connection::Location;
pub(crate) use self::documents::Reader;
pub use self::error::OpenError;
pub(crate) use self::error::StorageError;
use self::lock::DirectoryLock;
use self::pool::Pool;

/// The database of one engine. Cheap to share behind an `Arc`; every method may be called from any thread.
#[derive(Debug)]
pub(crate) struct Storage {
    // Fields drop in this order: idle readers close, the writer finishes and closes, then the directory is let go.
    pool: Pool,
    committer: Committer,
    published: Published,
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
        let catalogue = catalogue::load(&writer)?;
        let published = Published::new(RwLock::new(Arc::new(catalogue)));
        Ok(Self {
            pool: Pool::new(Arc::clone(&location)),
            committer: Committer::start(location, writer, Arc::clone(&published))?,
            published,
            _lock: lock,
        })
    }

    /// The keyspaces and collections as of the last commit.
    pub(crate) fn catalogue(&self) -> Arc<Catalogue> {
        Arc::clone(&*commit::unpoisoned(self.published.read()))
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
mod tests {
    use super::documents::Written;
    use super::entries::EntryRange;
    use super::*;
    use crate::definition::CollectionDefinition;
    use crate::document::entries::IndexEntry;

    type Outcome<T = ()> = Result<T, StorageError>;

    fn written(json: &str) -> Written {
        let entry = IndexEntry {
            path: "n".to_owned(),
            bytes: json.as_bytes().to_vec(),
        };
        Written {
            json: json.to_owned(),
            vector: Some(vec![1.0, 2.0]),
            entries: vec![entry],
        }
    }

    fn with_collection(storage: &Storage) -> Arc<Collection> {
        let made: Outcome<_> = storage.write(|writer| {
            writer.create_keyspace("shop", "{}")?;
            writer.create_collection("shop", "carts", CollectionDefinition::default())
        });
        made.expect("a collection")
    }

    #[test]
    fn what_was_written_is_read_after_opening_again() -> Result<(), Box<dyn std::error::Error>> {
        let directory = tempfile::tempdir()?;
        let storage = Storage::open(directory.path())?;
        let collection = with_collection(&storage);
        storage.write(move |writer| {
            writer
                .insert_document(&collection, b"k", &written("1"))
                .map(drop)
        })?;
        drop(storage);

        let storage = Storage::open(directory.path())?;
        let catalogue = storage.catalogue();
        let collection = catalogue
            .collection("shop", "carts")
            .ok_or("no collection")?;
        let found: Outcome<_> = storage.read(|reader| {
            let path = reader
                .path_number("n")?
                .ok_or(StorageError::CollectionGone)?;
            Ok((
                reader.document_by_key(collection, b"k")?,
                reader.documents_at(
                    collection,
                    &EntryRange {
                        path,
                        from: b"1".to_vec(),
                        until: b"2".to_vec(),
                    },
                    0,
                    10,
                )?,
                reader.vector(collection, 1)?,
            ))
        });
        let (document, by_entry, vector) = found?;
        assert_eq!(document.map(|found| found.json).as_deref(), Some("1"));
        assert_eq!(by_entry, [1]);
        assert_eq!(vector, Some(vec![1.0, 2.0]));
        Ok(())
    }

    #[test]
    fn a_job_that_fails_leaves_no_trace_and_others_stand() -> Result<(), Box<dyn std::error::Error>>
    {
        for storage in [
            Storage::in_memory()?,
            Storage::open(tempfile::tempdir()?.path())?,
        ] {
            let collection = with_collection(&storage);
            let failing = Arc::clone(&collection);
            let failed: Outcome = storage.write(move |writer| {
                writer.create_collection("shop", "orders", CollectionDefinition::default())?;
                writer.insert_document(&failing, b"lost", &written("0"))?;
                Err(StorageError::Closed)
            });
            assert!(matches!(failed, Err(StorageError::Closed)));
            let panicking: Outcome = storage.write(|_| panic!("a job that panics on purpose"));
            assert!(matches!(panicking, Err(StorageError::Panicked)));
            let kept = Arc::clone(&collection);
            storage.write(move |writer| {
                writer
                    .insert_document(&kept, b"kept", &written("7"))
                    .map(drop)
            })?;
            assert!(storage.catalogue().collection("shop", "orders").is_none());
            let hits: Outcome<_> = storage.read(|reader| {
                let path = reader
                    .path_number("n")?
                    .ok_or(StorageError::CollectionGone)?;
                let range = EntryRange {
                    path,
                    from: vec![],
                    until: vec![0xff],
                };
                reader.count_entries(&collection, &range, 10)
            });
            assert_eq!(hits?, 1);
        }
        Ok(())
    }

    #[test]
    fn readers_never_see_half_of_a_job() -> Result<(), Box<dyn std::error::Error>> {
        for storage in [
            Storage::in_memory()?,
            Storage::open(tempfile::tempdir()?.path())?,
        ] {
            let collection = with_collection(&storage);
            std::thread::scope(|scope| {
                for thread in 0..4_u8 {
                    let (storage, collection) = (&storage, &collection);
                    scope.spawn(move || {
                        for n in 0..50_u8 {
                            let collection = Arc::clone(collection);
                            let both: Outcome = storage.write(move |writer| {
                                writer.insert_document(
                                    &collection,
                                    &[thread, n, 0],
                                    &written("1"),
                                )?;
                                writer.insert_document(
                                    &collection,
                                    &[thread, n, 1],
                                    &written("2"),
                                )?;
                                Ok(())
                            });
                            both.expect("a durable write");
                        }
                    });
                    scope.spawn(move || {
                        for _ in 0..200 {
                            let count: Outcome<_> =
                                storage.read(|reader| reader.count_documents(collection));
                            assert_eq!(count.expect("a count") % 2, 0);
                        }
                    });
                }
            });
            let count: Outcome<_> = storage.read(|reader| reader.count_documents(&collection));
            assert_eq!(count?, 400);
        }
        Ok(())
    }

    #[test]
    fn one_directory_serves_one_process() -> Result<(), Box<dyn std::error::Error>> {
        let directory = tempfile::tempdir()?;
        let first = Storage::open(directory.path())?;
        assert!(matches!(
            Storage::open(directory.path()),
            Err(OpenError::InUse { .. })
        ));
        drop(first);
        Storage::open(directory.path())?;
        Ok(())
    }

    #[test]
    fn files_of_a_newer_version_or_another_program_are_refused()
    -> Result<(), Box<dyn std::error::Error>> {
        let directory = tempfile::tempdir()?;
        drop(Storage::open(directory.path())?);
        let file = rusqlite::Connection::open(directory.path().join("astra.db"))?;
        file.pragma_update(None, "user_version", 99)?;
        assert!(matches!(
            Storage::open(directory.path()),
            Err(OpenError::NewerFormat { found: 99, .. })
        ));
        file.pragma_update(None, "application_id", 5)?;
        assert!(matches!(
            Storage::open(directory.path()),
            Err(OpenError::ForeignFile)
        ));
        Ok(())
    }

    #[test]
    fn a_dropped_collection_is_gone_for_commands_under_way()
    -> Result<(), Box<dyn std::error::Error>> {
        let storage = Storage::in_memory()?;
        let collection = with_collection(&storage);
        let dropped: Outcome<_> = storage.write(|writer| {
            writer.drop_collection("shop", "carts")?;
            writer.create_collection("shop", "carts", CollectionDefinition::default())
        });
        dropped?;
        let late: Outcome = storage.write(move |writer| writer.require(&collection));
        assert!(matches!(late, Err(StorageError::CollectionGone)));
        Ok(())
    }
}
