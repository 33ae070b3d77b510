//! One process per data directory.

use std::fs::{self, File, TryLockError};
use std::path::Path;

use super::error::OpenError;

/// Held while a data directory is open. The operating system lets go of it however the process ends, so a crash
/// leaves nothing to clean up.
#[derive(Debug)]
pub(super) struct DirectoryLock {
    _file: File,
}

impl DirectoryLock {
    // SQLite's own locks would let two processes share the file, but each caches the catalogue and the path numbers.
    pub(super) fn take(directory: &Path) -> Result<Self, OpenError> {
        let failed = |source| OpenError::Directory {
            directory: directory.to_owned(),
            source,
        };
        fs::create_dir_all(directory).map_err(failed)?;
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(directory.join("astra-local.lock"))
            .map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(OpenError::InUse {
                directory: directory.to_owned(),
            }),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }
}
