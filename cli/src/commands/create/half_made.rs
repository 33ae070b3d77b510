//! A project that is not complete yet.

use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{fs, io, thread};

use anyhow::Context as _;

use crate::output;

/// How often a folder is removed that somebody still writes to.
const ATTEMPTS: u32 = 50;
const PAUSE: Duration = Duration::from_millis(20);

/// A folder beside the place of a project, removed when dropped unless it has been moved there.
pub(super) struct HalfMade {
    path: PathBuf,
    is_placed: bool,
}

impl HalfMade {
    pub(super) fn beside(parent: &Path, name: &str) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix(&format!(".{name}-"))
            .tempdir_in(parent)
            .with_context(|| format!("writing in {}", parent.display()))?;
        Ok(Self {
            // Removing it takes longer than a temporary folder tries.
            path: folder.keep(),
            is_placed: false,
        })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Moves the complete project to its place, in one step. An empty folder that is there makes way.
    pub(super) fn place(mut self, folder: &Path) -> anyhow::Result<()> {
        let placing = || format!("moving the project to {}", folder.display());
        open_to_others(&self.path).with_context(placing)?;
        fs::rename(&self.path, folder).with_context(placing)?;
        self.is_placed = true;
        Ok(())
    }
}

impl Drop for HalfMade {
    fn drop(&mut self) {
        if self.is_placed {
            return;
        }
        if let Err(error) = removed(&self.path) {
            let path = self.path.display();
            output::note(&format!(
                "{path} could not be removed ({error}): remove it yourself"
            ));
        }
    }
}

/// A compiler that was told to end may write a last file meanwhile, and a folder with a new file is not empty.
fn removed(path: &Path) -> io::Result<()> {
    let mut result = Ok(());
    for _ in 0..ATTEMPTS {
        result = fs::remove_dir_all(path);
        match &result {
            Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => thread::sleep(PAUSE),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            _ => break,
        }
    }
    result
}

/// A temporary folder is its owner's alone; a project is as open as any other folder.
#[cfg(unix)]
fn open_to_others(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn open_to_others(_: &Path) -> io::Result<()> {
    Ok(())
}
