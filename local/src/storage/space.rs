//! Whether there is room to write, and what is done when there is none.

use rusqlite::Connection;

use super::error::{Failure as _, StorageError};
use super::reserve::Reserve;
use super::trouble::Trouble;

/// Free pages inside the file, a megabyte of them, from which on a full disk may be written to again.
const FREE_PAGES: i64 = 256;

/// The room of one database.
#[derive(Debug)]
pub(super) enum Space {
    /// On a disk, with a reserve for deleting when it is full. `ran_out` since it was.
    Disk { reserve: Reserve, ran_out: bool },
    /// In memory, with a limit in bytes.
    Memory(u64),
}

impl Space {
    /// The room on the disk of a reserve.
    pub(super) fn on_disk(reserve: Reserve) -> Self {
        Self::Disk {
            reserve,
            ran_out: false,
        }
    }

    /// Whether more may be written than what makes room. After the disk was full: once there is room for the reserve again,
    /// or inside the file.
    pub(super) fn has_room(&mut self, connection: &Connection) -> bool {
        match self {
            Self::Disk { reserve, ran_out } if *ran_out => {
                *ran_out = reserve.keep().is_err();
                !*ran_out || has_free_pages(connection)
            }
            _ => true,
        }
    }

    /// Makes room for deleting: gives up the reserve and shortens the log.
    pub(super) fn ran_out(&mut self, connection: &Connection) {
        if let Self::Disk { reserve, ran_out } = self {
            reserve.release();
            *ran_out = true;
            // If this fails as well, the next write says so.
            let _ = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
        }
    }

    /// The error of what found no room.
    pub(super) fn full(&self) -> StorageError {
        match self {
            Self::Disk { .. } => StorageError::Trouble(Trouble::DiskFull, String::new()),
            Self::Memory(limit) => {
                let limit = format!("{} MB", limit / 1_000_000);
                StorageError::Trouble(Trouble::MemoryFull, limit)
            }
        }
    }

    /// The same error, as that of this database if there was no room.
    pub(super) fn named(&self, error: StorageError) -> StorageError {
        if error.trouble() == Some(Trouble::DiskFull) {
            self.full()
        } else {
            error
        }
    }
}

fn has_free_pages(connection: &Connection) -> bool {
    let free = connection.query_row("PRAGMA freelist_count", [], |row| row.get::<_, i64>(0));
    free.is_ok_and(|free| free >= FREE_PAGES)
}
