//! What can go wrong between the engine and its file.

use std::path::PathBuf;
use std::sync::Arc;

use super::trouble::Trouble;

use crate::error::{ApiError, database, schema, server};

/// Why a data directory could not be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Another process has the directory open.
    #[error(
        "the data directory {} is in use by another process; stop it, or give this one a directory of its own",
        directory.display()
    )]
    InUse {
        /// The directory that was asked for.
        directory: PathBuf,
    },
    /// The file was written by a newer version of this crate.
    #[error(
        "the database has format {found} and this version reads up to {supported}; run {}",
        needed(version.as_deref())
    )]
    NewerFormat {
        /// The format the file is stamped with.
        found: i64,
        /// The newest format this version reads.
        supported: i64,
        /// The version that made this format, if the file says so.
        version: Option<String>,
    },
    /// The file of an earlier version could not be brought to a format of this one. It is as it was before that step.
    #[error(
        "the database cannot be migrated to format {format}; it is unchanged. Remove the cause and start again"
    )]
    Migration {
        /// The format of the step that failed.
        format: i64,
        /// Why it failed.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The file is an SQLite database of some other program.
    #[error("the database file belongs to another program; choose a different data directory")]
    ForeignFile,
    /// The directory or its lock file cannot be used.
    #[error("cannot use the data directory {}; check that it exists and may be written", directory.display())]
    Directory {
        /// The directory that was asked for.
        directory: PathBuf,
        /// What the operating system said.
        #[source]
        source: std::io::Error,
    },
    /// The definition of a collection cannot be made sense of.
    #[error(
        "the definition of collection {collection} in keyspace {keyspace} cannot be read; the file is damaged"
    )]
    UnreadableDefinition {
        /// The keyspace of the collection.
        keyspace: String,
        /// The name of the collection.
        collection: String,
    },
    /// The definition of a table or of a user-defined type cannot be made sense of.
    #[error("the definition of {name} in keyspace {keyspace} cannot be read; the file is damaged")]
    UnreadableSchema {
        /// The keyspace of the table or type.
        keyspace: String,
        /// The name of the table or type.
        name: String,
    },
    /// The writer thread could not be started.
    #[error("cannot start the writer thread")]
    Thread(#[source] std::io::Error),
    /// The file is damaged.
    #[error(
        "the database file is damaged; run `astra-dev check`, and restore a backup if it cannot be repaired"
    )]
    Damaged(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// There is no room on the disk.
    #[error("the disk is full and the database cannot be opened; free space on it")]
    DiskFull(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The file may not be written.
    #[error("the database file is read-only; make it and its directory writable")]
    ReadOnly(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// SQLite could not open the file.
    #[error("the database cannot be opened")]
    Database(#[source] Box<dyn std::error::Error + Send + Sync>),
}

fn needed(version: Option<&str>) -> String {
    match version {
        Some(version) => format!("version {version} of astra-local or a newer one"),
        None => "the newer version that wrote it".to_owned(),
    }
}

impl From<rusqlite::Error> for OpenError {
    fn from(error: rusqlite::Error) -> Self {
        match Trouble::of(&error) {
            Some(Trouble::Damaged) => Self::Damaged(Box::new(error)),
            Some(Trouble::DiskFull) => Self::DiskFull(Box::new(error)),
            Some(Trouble::ReadOnly) => Self::ReadOnly(Box::new(error)),
            _ => Self::Database(Box::new(error)),
        }
    }
}

impl OpenError {
    /// Whether room on the disk could help. SQLite does not always tell a full disk from a failing one.
    pub(super) fn may_be_a_full_disk(&self) -> bool {
        matches!(
            self,
            Self::DiskFull(_) | Self::Database(_) | Self::Migration { .. }
        )
    }
}

/// Why a read or write of an open database failed. Shared by all jobs of a commit that failed, hence `Clone`.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum StorageError {
    /// The file, the disk or the memory does not let it, with what SQLite said or the limit that was reached.
    #[error("{}", .0.message(.1))]
    Trouble(Trouble, String),
    /// SQLite refused or failed in another way.
    #[error("the database failed: {0}")]
    Sqlite(Arc<rusqlite::Error>),
    /// The collection was dropped after the command had looked it up.
    #[error("the collection was dropped while the command ran")]
    CollectionGone,
    /// The table was dropped after the command had looked it up.
    #[error("the table was dropped while the command ran")]
    TableGone,
    /// The table was altered after the command had looked it up.
    #[error(
        "the table was altered while the command ran, and nothing was written; send the command again"
    )]
    TableChanged,
    /// A stored value is not what this version writes.
    #[error("the database holds an unreadable {0}")]
    Damaged(&'static str),
    /// The job failed unexpectedly; its changes were undone.
    #[error("the command failed unexpectedly and was undone")]
    Panicked,
    /// SQLite gave up the whole transaction, as it does when the disk fails.
    #[error("the transaction was given up and nothing was written; the disk may be failing")]
    Aborted,
    /// The engine is shutting down.
    #[error("the database is closed")]
    Closed,
}

impl From<rusqlite::Error> for StorageError {
    fn from(error: rusqlite::Error) -> Self {
        match Trouble::of(&error) {
            Some(trouble) => Self::Trouble(trouble, error.to_string()),
            None => Self::Sqlite(Arc::new(error)),
        }
    }
}

impl From<StorageError> for ApiError {
    fn from(error: StorageError) -> Self {
        let message = format!("{}.", capitalised(&error.to_string()));
        match error {
            StorageError::CollectionGone | StorageError::TableGone => {
                schema::UNKNOWN_COLLECTION_OR_TABLE.because(message)
            }
            StorageError::TableChanged => database::FAILED_CONCURRENT_OPERATIONS.because(message),
            StorageError::Trouble(trouble, _) => trouble.kind().because(message),
            StorageError::Damaged(_) => database::DOCUMENT_FROM_DB_UNPARSEABLE.because(message),
            StorageError::Sqlite(_) | StorageError::Aborted | StorageError::Closed => {
                database::UNAVAILABLE_DATABASE.because(message)
            }
            StorageError::Panicked => server::UNEXPECTED_SERVER_ERROR.because(message),
        }
    }
}

/// What a job on the storage fails with.
pub(crate) trait Failure: From<StorageError> {
    /// The trouble it is about, if it is about any.
    fn trouble(&self) -> Option<Trouble>;

    /// What happened and what to do, for the log.
    fn message(&self) -> String;
}

impl Failure for StorageError {
    fn trouble(&self) -> Option<Trouble> {
        match self {
            Self::Trouble(trouble, _) => Some(*trouble),
            _ => None,
        }
    }

    fn message(&self) -> String {
        self.to_string()
    }
}

impl Failure for ApiError {
    fn trouble(&self) -> Option<Trouble> {
        let mut all = Trouble::ALL.into_iter();
        all.find(|trouble| std::ptr::eq(trouble.kind(), self.kind))
    }

    fn message(&self) -> String {
        self.message.clone()
    }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}
