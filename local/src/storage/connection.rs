//! Where the database lies and how connections to it are set up.

use std::path::{Path, PathBuf};
use std::sync::{OnceLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use rusqlite::{Connection, OpenFlags};
use uuid::Uuid;

use super::error::StorageError;
use super::trouble::Trouble;

/// Prepared statements kept per connection: some fifteen per collection, for the collections in use.
const STATEMENTS: usize = 256;

/// Bytes that the log keeps on disk once it was written back.
const LOG: i64 = 16 * 1024 * 1024;

/// Bytes that a database has on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DiskUsage {
    /// The database file.
    pub database: u64,
    /// Its write-ahead log, which is written back into the file now and then.
    pub log: u64,
}

/// Which file lies at a path; none where there is none. Only Unix numbers its files.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Identity(Option<(u64, u64)>);

impl Identity {
    fn of(path: &Path) -> Self {
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt as _;
            Self(
                std::fs::metadata(path)
                    .ok()
                    .map(|file| (file.dev(), file.ino())),
            )
        }
        #[cfg(not(unix))]
        {
            Self(path.exists().then_some((0, 0)))
        }
    }
}

#[derive(Debug)]
pub(super) enum Location {
    /// A file with a write-ahead log: readers never wait for the writer. Which one it was is known once it was opened.
    File {
        path: PathBuf,
        identity: OnceLock<Identity>,
    },
    /// SQLite's shared `memdb`. It has no log, a reader would see `SQLITE_BUSY` during a commit, so the gate lets
    /// readers in together and the writer alone.
    Memory { uri: String, gate: RwLock<()> },
}

impl Location {
    pub(super) fn file(directory: &Path) -> Self {
        Self::File {
            path: Self::path_in(directory),
            identity: OnceLock::new(),
        }
    }

    /// The file of the database in a directory.
    pub(super) fn path_in(directory: &Path) -> PathBuf {
        directory.join("astra.db")
    }

    pub(super) fn memory() -> Self {
        // The leading slash is what makes the database visible to other connections of this process.
        let uri = format!("file:/astra-{}?vfs=memdb", Uuid::new_v4());
        Self::Memory {
            uri,
            gate: RwLock::new(()),
        }
    }

    pub(super) fn disk_usage(&self) -> Option<DiskUsage> {
        let Self::File { path, .. } = self else {
            return None;
        };
        let mut log = path.clone().into_os_string();
        log.push("-wal");
        // A file that is not there has no bytes: the log is made with the first write.
        let bytes = |path: &Path| std::fs::metadata(path).map_or(0, |file| file.len());
        Some(DiskUsage {
            database: bytes(path),
            log: bytes(Path::new(&log)),
        })
    }

    /// Waits until reading is allowed; hold the guard while a statement runs.
    pub(super) fn enter_shared(&self) -> Option<RwLockReadGuard<'_, ()>> {
        match self {
            Self::File { .. } => None,
            Self::Memory { gate, .. } => Some(gate.read().unwrap_or_else(PoisonError::into_inner)),
        }
    }

    /// Waits until writing is allowed; hold the guard from begin to commit.
    pub(super) fn enter_alone(&self) -> Option<RwLockWriteGuard<'_, ()>> {
        match self {
            Self::File { .. } => None,
            Self::Memory { gate, .. } => Some(gate.write().unwrap_or_else(PoisonError::into_inner)),
        }
    }

    /// Fails if the file that was opened is no longer where it was: what is written to it then would be lost.
    pub(super) fn require_in_place(&self) -> Result<(), StorageError> {
        match self {
            Self::File { path, identity } if identity.get() != Some(&Identity::of(path)) => {
                Err(StorageError::Trouble(Trouble::Moved, String::new()))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn connect_writer(&self) -> rusqlite::Result<Connection> {
        let connection = self.connect(OpenFlags::SQLITE_OPEN_CREATE)?;
        match self {
            Self::File { path, identity } => {
                connection.pragma_update(None, "journal_mode", "wal")?;
                // FULL syncs the log at each commit: what was acknowledged survives a power cut.
                connection.pragma_update(None, "synchronous", "full")?;
                // What a long read or a backup has made it grow by is given back.
                connection.pragma_update(None, "journal_size_limit", LOG)?;
                // What is opened again is the same file, or writing is refused.
                let _ = identity.set(Identity::of(path));
            }
            Self::Memory { .. } => connection.pragma_update(None, "journal_mode", "memory")?,
        }
        connection.pragma_update(None, "cache_size", -16_000)?;
        Ok(connection)
    }

    pub(super) fn connect_reader(&self) -> rusqlite::Result<Connection> {
        // A file that was removed is not made anew by those that read it.
        let connection = self.connect(OpenFlags::empty())?;
        connection.pragma_update(None, "query_only", true)?;
        // Room for the inner pages of the trees of a million documents. Memory is taken as it is used.
        connection.pragma_update(None, "cache_size", -8000)?;
        Ok(connection)
    }

    fn connect(&self, creating: OpenFlags) -> rusqlite::Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | creating;
        let connection = match self {
            Self::File { path, .. } => Connection::open_with_flags(path, flags)?,
            Self::Memory { uri, .. } => {
                Connection::open_with_flags(uri, flags | OpenFlags::SQLITE_OPEN_URI)?
            }
        };
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        connection.pragma_update(None, "temp_store", "memory")?;
        Ok(connection)
    }
}
