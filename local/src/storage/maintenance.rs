//! What backups, restores, checks, repairs and compaction share.

use std::error::Error;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::connection::Location;
use super::error::{OpenError, StorageError};
use super::migrations;
use super::schema::{self, Stamp};

/// Why a backup, restore, check, repair or compaction did not take place. The database is as it was before.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MaintenanceError {
    /// The directory holds no database.
    #[error("there is no database in {}; name the directory that holds astra.db", directory.display())]
    NoDatabase {
        /// The directory that was given.
        directory: PathBuf,
    },
    /// The file that would be overwritten exists.
    #[error("{} exists and is not overwritten; remove it, or choose another place", file.display())]
    Exists {
        /// That file.
        file: PathBuf,
    },
    /// The database was last opened by an earlier version.
    #[error(
        "the database has format {found} and this version works on format {newest}; start this version on it once, which migrates it"
    )]
    OlderFormat {
        /// The format of the file.
        found: i64,
        /// The format of this version.
        newest: i64,
    },
    /// The database or the backup cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// A file cannot be written.
    #[error("cannot write {}", file.display())]
    Write {
        /// That file.
        file: PathBuf,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },
    /// A file is damaged.
    #[error("{} is damaged: {problem}", file.display())]
    Damaged {
        /// That file.
        file: PathBuf,
        /// The first problem that was found.
        problem: String,
    },
    /// SQLite cannot read or write.
    #[error("the database cannot be read or written")]
    Database(#[source] Box<dyn Error + Send + Sync>),
}

impl From<rusqlite::Error> for MaintenanceError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(Box::new(error))
    }
}

impl From<StorageError> for MaintenanceError {
    fn from(error: StorageError) -> Self {
        Self::Database(Box::new(error))
    }
}

/// Opens the database of a directory for reading, also while another process has it open.
pub(super) fn open_reader(directory: &Path) -> Result<Connection, MaintenanceError> {
    require(directory)?;
    Ok(Location::file(directory).connect_reader()?)
}

/// The file of a database that exists.
pub(super) fn require(directory: &Path) -> Result<PathBuf, MaintenanceError> {
    let file = Location::path_in(directory);
    if file.exists() {
        return Ok(file);
    }
    let directory = directory.to_owned();
    Err(MaintenanceError::NoDatabase { directory })
}

/// Fails unless the file is ours and of the newest format.
pub(super) fn require_newest(connection: &Connection) -> Result<(), MaintenanceError> {
    let newest = migrations::format_after(migrations::STEPS);
    match schema::stamp(connection)? {
        Stamp::Ours(found) if found == newest => Ok(()),
        Stamp::Ours(found) => Err(MaintenanceError::OlderFormat { found, newest }),
        Stamp::New => Err(OpenError::ForeignFile.into()),
    }
}

/// What SQLite finds wrong with the pages, tables and indexes of a file, up to `most` problems.
pub(super) fn integrity(connection: &Connection, most: usize) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare(&format!("PRAGMA integrity_check({most})"))?;
    let found = statement.query_map([], |row| row.get::<_, String>(0))?;
    let mut found: Vec<String> = found.collect::<rusqlite::Result<_>>()?;
    found.retain(|problem| problem != "ok");
    Ok(found)
}

/// A file that is being written beside the one it is to become. It is removed unless it is put in its place.
#[derive(Debug)]
pub(super) struct Partial {
    path: PathBuf,
    target: PathBuf,
}

impl Partial {
    /// Begins a file that is to become `target`. What an interrupted attempt left is removed.
    pub(super) fn beside(target: &Path) -> Result<Self, MaintenanceError> {
        let mut name = target.file_name().unwrap_or_default().to_owned();
        name.push(".partial");
        let partial = Self {
            path: target.with_file_name(name),
            target: target.to_owned(),
        };
        match std::fs::remove_file(&partial.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(partial.failed(error)),
            _ => Ok(partial),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Makes the file durable and puts it in the place of the target in one step.
    pub(super) fn persist(self) -> Result<(), MaintenanceError> {
        let moved = File::open(&self.path)
            .and_then(|file| file.sync_all())
            .and_then(|()| std::fs::rename(&self.path, &self.target))
            .and_then(|()| sync_directory(&self.target));
        moved.map_err(|error| self.failed(error))
    }

    pub(super) fn failed(&self, source: io::Error) -> MaintenanceError {
        MaintenanceError::Write {
            file: self.target.clone(),
            source,
        }
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        // After `persist` it is no longer there.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Makes the name of a file durable. Windows has no such call, and does so by itself.
fn sync_directory(file: &Path) -> io::Result<()> {
    if !cfg!(unix) {
        return Ok(());
    }
    let directory = file.parent().filter(|parent| *parent != Path::new(""));
    File::open(directory.unwrap_or(Path::new(".")))?.sync_all()
}
