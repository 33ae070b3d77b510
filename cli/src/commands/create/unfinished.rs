//! A project that is not complete yet.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{fs, io, thread};

use anyhow::Context as _;

use crate::output;
use crate::scaffold::Written;

/// How often a folder is removed that somebody still writes to.
const ATTEMPTS: u32 = 50;
const PAUSE: Duration = Duration::from_millis(20);
/// What cargo and git add to what is written.
const ADDED: [&str; 2] = ["target", ".git"];

/// A project in its place, taken away again when dropped unless it was finished. It is built where it will stay: programs
/// and tests know the folders they were built in.
pub(super) struct Unfinished {
    folder: PathBuf,
    /// An empty folder that was there stays.
    was_there: bool,
    entries: BTreeSet<OsString>,
    is_finished: bool,
}

impl Unfinished {
    /// Writes the files of a project. What others put into the folder is theirs.
    pub(super) fn write(folder: &Path, files: &[Written]) -> anyhow::Result<Self> {
        let writing = || format!("writing in {}", folder.display());
        let was_there = match fs::create_dir(folder) {
            Ok(()) => false,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => true,
            Err(error) => return Err(error).with_context(writing),
        };
        let tops = files.iter().filter_map(|file| file.path.split('/').next());
        let unfinished = Self {
            // The command may be run in the folder, or in a folder above that is moved.
            folder: fs::canonicalize(folder).with_context(writing)?,
            was_there,
            entries: tops.chain(ADDED).map(OsString::from).collect(),
            is_finished: false,
        };
        for file in files {
            write(&unfinished.folder.join(&file.path), file).with_context(writing)?;
        }
        Ok(unfinished)
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn finish(mut self) {
        self.is_finished = true;
    }

    fn remove(&self) -> io::Result<()> {
        for entry in &self.entries {
            removed(&self.folder.join(entry))?;
        }
        if self.was_there {
            return Ok(());
        }
        match fs::remove_dir(&self.folder) {
            Err(error) if error.kind() != io::ErrorKind::DirectoryNotEmpty => Err(error),
            _ => Ok(()),
        }
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if self.is_finished {
            return;
        }
        if let Err(error) = self.remove() {
            let folder = self.folder.display();
            output::note(&format!(
                "{folder} could not be removed ({error}): remove it yourself"
            ));
        }
    }
}

fn write(path: &Path, file: &Written) -> io::Result<()> {
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory)?;
    }
    fs::write(path, &file.bytes)?;
    if file.executable {
        make_executable(path)?;
    }
    Ok(())
}

#[cfg(unix)]
fn make_executable(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn make_executable(_: &Path) -> io::Result<()> {
    Ok(())
}

/// A compiler that was told to end may write a last file meanwhile, and a folder with a new file is not empty.
fn removed(path: &Path) -> io::Result<()> {
    let mut result = Ok(());
    for _ in 0..ATTEMPTS {
        result = match fs::remove_dir_all(path) {
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => fs::remove_file(path),
            result => result,
        };
        match &result {
            Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => thread::sleep(PAUSE),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            _ => break,
        }
    }
    result
}
