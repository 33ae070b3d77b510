//! Copies of a database that is in use, and putting them back.
//!
//! A backup reads one snapshot by SQLite's online backup. It needs no lock on the directory, so another process may serve
//! the database meanwhile, and writers do not wait for it: what they write goes to the write-ahead log, which cannot be
//! shortened until the backup has ended.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::backup::{Backup as Copier, StepResult};
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::connection::Location;
use super::load;
use super::lock::DirectoryLock;
use super::maintenance::{self, MaintenanceError, Partial};
use super::schema::{self, Stamp};

/// Pages copied at a stretch: a megabyte.
const PAGES: i32 = 256;
/// How long to wait where SQLite has to wait itself, and how often.
const BUSY: Duration = Duration::from_millis(50);
const ATTEMPTS: u32 = 200;

/// What was copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backup {
    /// Bytes of the copy.
    pub bytes: u64,
    /// How long copying and verifying took.
    pub took: Duration,
}

/// Whether an existing file may be overwritten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overwrite {
    /// An existing file is an error.
    Never,
    /// An existing file is replaced once the new one is complete.
    Replace,
}

/// Copies the database of a directory into a file, also while another process serves it, and verifies the copy.
///
/// The copy is one moment of the database. It appears under its name once it is complete, verified and on disk. Copying
/// rests as long as it works, to leave others half of the disk.
///
/// # Errors
///
/// If there is no database, the file exists and is not to be overwritten, cannot be written, or the copy is damaged.
pub fn backup(
    directory: &Path,
    file: &Path,
    overwrite: Overwrite,
) -> Result<Backup, MaintenanceError> {
    let source = maintenance::open_reader(directory)?;
    copy_to(&source, file, overwrite)
}

/// Puts a backup in the place of the database of a directory, which is created when missing.
///
/// # Errors
///
/// If the directory is in use, has a database that is not to be overwritten, or the backup is damaged. The directory is as
/// before then.
pub fn restore(
    file: &Path,
    directory: &Path,
    overwrite: Overwrite,
) -> Result<Backup, MaintenanceError> {
    let started = Instant::now();
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let source = Connection::open_with_flags(file, flags)?;
    let _lock = DirectoryLock::take(directory)?;
    let target = Location::path_in(directory);
    refuse_existing(&target, overwrite)?;
    let (copy, bytes) = copy(&source, &target)?;
    drop(source);
    settle(&target)?;
    copy.persist()?;
    Ok(Backup {
        bytes,
        took: started.elapsed(),
    })
}

/// Copies an open database into a file.
pub(super) fn copy_to(
    source: &Connection,
    file: &Path,
    overwrite: Overwrite,
) -> Result<Backup, MaintenanceError> {
    let started = Instant::now();
    refuse_existing(file, overwrite)?;
    let (copy, bytes) = copy(source, file)?;
    copy.persist()?;
    Ok(Backup {
        bytes,
        took: started.elapsed(),
    })
}

fn refuse_existing(file: &Path, overwrite: Overwrite) -> Result<(), MaintenanceError> {
    if overwrite == Overwrite::Never && file.exists() {
        return Err(MaintenanceError::Exists {
            file: file.to_owned(),
        });
    }
    Ok(())
}

/// Writes a verified copy beside `target`.
fn copy(source: &Connection, target: &Path) -> Result<(Partial, u64), MaintenanceError> {
    let partial = Partial::beside(target)?;
    // Holding the snapshot keeps SQLite from beginning anew whenever somebody writes.
    let snapshot = source.unchecked_transaction()?;
    schema::stamp(&snapshot)?;
    copy_pages(&snapshot, partial.path())?;
    drop(snapshot);
    let mut copy = Connection::open(partial.path())?;
    // A file that needs no log beside it.
    copy.pragma_update(None, "journal_mode", "delete")?;
    verify(&mut copy, target)?;
    copy.close().map_err(|(_, error)| error)?;
    let bytes = fs::metadata(partial.path()).map_err(|error| partial.failed(error))?;
    Ok((partial, bytes.len()))
}

fn copy_pages(source: &Connection, file: &Path) -> Result<(), MaintenanceError> {
    let mut copy = Connection::open(file)?;
    // A copy that is interrupted is thrown away.
    copy.pragma_update(None, "journal_mode", "off")?;
    copy.pragma_update(None, "synchronous", "off")?;
    let copier = Copier::new(source, &mut copy)?;
    let mut refused = 0;
    loop {
        let started = Instant::now();
        match copier.step(PAGES)? {
            StepResult::Done => return Ok(()),
            StepResult::More => thread::sleep(started.elapsed()),
            _ if refused < ATTEMPTS => {
                refused += 1;
                thread::sleep(BUSY);
            }
            _ => return Err(busy()),
        }
    }
}

fn busy() -> MaintenanceError {
    let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_BUSY);
    rusqlite::Error::SqliteFailure(code, None).into()
}

/// Fails unless all pages are whole, and the definitions can be read.
fn verify(copy: &mut Connection, file: &Path) -> Result<(), MaintenanceError> {
    if let Some(problem) = maintenance::integrity(copy, 1)?.into_iter().next() {
        return Err(MaintenanceError::Damaged {
            file: file.to_owned(),
            problem,
        });
    }
    if schema::stamp(copy)? == Stamp::newest() {
        load::catalogue(copy)?;
    }
    Ok(())
}

/// Leaves all of an old database in its one file, so that another can take its place in one step.
pub(super) fn settle(file: &Path) -> Result<(), MaintenanceError> {
    if !file.exists() {
        return Ok(());
    }
    let settled = Connection::open(file).and_then(|old| {
        old.pragma_update(None, "journal_mode", "delete")?;
        old.close().map_err(|(_, error)| error)
    });
    match settled {
        Err(error) if is_damaged(&error) => remove_log(file),
        settled => Ok(settled?),
    }
}

fn is_damaged(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
    )
}

/// The log of a damaged file must not be taken for that of the file in its place.
fn remove_log(file: &Path) -> Result<(), MaintenanceError> {
    for suffix in ["-wal", "-shm"] {
        let mut path = file.to_owned().into_os_string();
        path.push(suffix);
        let path = PathBuf::from(path);
        match fs::remove_file(&path) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                return Err(MaintenanceError::Write { file: path, source });
            }
            _ => {}
        }
    }
    Ok(())
}
