//! What can happen to the file or the disk while a database is open, and what to do about it.

use rusqlite::ErrorCode;

use crate::error::{Kind, storage};

/// A condition outside of the database that fails commands until somebody removes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// There is no room on the disk.
    DiskFull,
    /// A database in memory has reached its limit.
    MemoryFull,
    /// The file or its disk became read-only.
    ReadOnly,
    /// Pages of the file are not what they should be.
    Damaged,
    /// The directory or file was removed or replaced while it was open.
    Moved,
    /// The file cannot be opened.
    Unreachable,
    /// The operating system failed to read or write.
    Failing,
}

impl Trouble {
    pub(super) const ALL: [Self; 7] = [
        Self::DiskFull,
        Self::MemoryFull,
        Self::ReadOnly,
        Self::Damaged,
        Self::Moved,
        Self::Unreachable,
        Self::Failing,
    ];

    /// The trouble behind an error of SQLite, if it is any.
    pub(super) fn of(error: &rusqlite::Error) -> Option<Self> {
        Some(match error.sqlite_error_code()? {
            ErrorCode::DiskFull => Self::DiskFull,
            ErrorCode::ReadOnly => Self::ReadOnly,
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Self::Damaged,
            ErrorCode::CannotOpen | ErrorCode::PermissionDenied => Self::Unreachable,
            ErrorCode::SystemIoFailure => Self::Failing,
            _ => return None,
        })
    }

    /// What is answered: an error of the real server, with a title of its own by which it is known here.
    pub(super) fn kind(self) -> &'static Kind {
        match self {
            Self::DiskFull => &storage::DISK_FULL,
            Self::MemoryFull => &storage::MEMORY_FULL,
            Self::ReadOnly => &storage::READ_ONLY,
            Self::Damaged => &storage::DAMAGED,
            Self::Moved => &storage::MOVED,
            Self::Unreachable => &storage::UNREACHABLE,
            Self::Failing => &storage::FAILING,
        }
    }

    /// What happened and what to do. `said` is what SQLite said, or the limit that was reached.
    pub(super) fn message(self, said: &str) -> String {
        match self {
            Self::DiskFull => "the disk is full and nothing was written; delete documents, which works on a full disk, or free \
                 space on it"
                .to_owned(),
            Self::MemoryFull => format!(
                "the database in memory has reached its limit of {said} and nothing was written; delete documents, or start \
                 with a higher limit (`--memory-limit`) or with a directory"
            ),
            Self::ReadOnly => "the database file has become read-only and nothing was written; make its directory and disk \
                 writable again"
                .to_owned(),
            Self::Damaged => format!(
                "the database file is damaged ({said}); stop the server, run `astra-dev check`, and restore a backup if it \
                 cannot be repaired"
            ),
            Self::Moved => "the data directory was removed or replaced while the database was open, and nothing was written; put \
                 it back, or start the server again"
                .to_owned(),
            Self::Unreachable => "the database file cannot be opened; make its directory readable and writable again"
                .to_owned(),
            Self::Failing => format!(
                "the disk failed ({said}); look into the log of the operating system, and restore a backup to another disk"
            ),
        }
    }
}
