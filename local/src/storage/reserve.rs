//! Room on the disk that is kept for deleting when the disk is full.
//!
//! Deleting writes, too: to the log first, and from there into the file, which may have to grow for what was written before.
//! So a file of a fixed size is kept beside the database and given up when the disk is full. It is made again as soon as
//! there is room.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// Bytes of the reserve: the log is written back from 4 MB on, and the file grows by that much at a time.
const SIZE: u64 = 8 * 1024 * 1024;

#[derive(Debug)]
pub(super) struct Reserve {
    path: PathBuf,
}

impl Reserve {
    /// The reserve in a directory, made if it is missing and there is room.
    pub(super) fn in_directory(directory: &Path) -> Self {
        let reserve = Self {
            path: directory.join("astra.reserve"),
        };
        if let Err(error) = reserve.keep() {
            tracing::warn!(%error, "there is no room for the reserve that lets a full disk be cleared by deleting");
        }
        reserve
    }

    /// Takes the room for the reserve.
    pub(super) fn keep(&self) -> io::Result<()> {
        if fs::metadata(&self.path).is_ok_and(|file| file.len() == SIZE) {
            return Ok(());
        }
        let allocated = File::create(&self.path).and_then(|file| allocate(&file));
        allocated.inspect_err(|_| self.release())
    }

    /// Gives the room to the database.
    pub(super) fn release(&self) {
        // Where it cannot be removed, there is as much room as there was.
        let _ = fs::remove_file(&self.path);
    }
}

/// Gives a file its size on the disk, and not only in its name.
fn allocate(file: &File) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{FallocateFlags, fallocate};
        match fallocate(file, FallocateFlags::empty(), 0, SIZE) {
            Err(rustix::io::Errno::OPNOTSUPP) => {}
            allocated => return Ok(allocated?),
        }
    }
    write_zeros(file)
}

fn write_zeros(mut file: &File) -> io::Result<()> {
    let zeros = vec![0; 64 * 1024];
    for _ in 0..SIZE / zeros.len() as u64 {
        io::Write::write_all(&mut file, &zeros)?;
    }
    file.sync_data()
}
