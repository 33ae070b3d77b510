//! How far an export has come, in a file beside it.

use serde::{Deserialize, Serialize};

use crate::checkpoint_file::CheckpointFile;
use crate::output::hinted;

/// How far an export has come.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Checkpoint {
    /// What is exported, and how.
    pub(super) job: String,
    /// Where the next page begins.
    pub(super) page_state: String,
    /// How much of the file is complete.
    pub(super) bytes: u64,
    pub(super) exported: u64,
}

impl Checkpoint {
    /// The checkpoint of this job, if there is one.
    pub(super) fn read(file: &CheckpointFile, job: &str) -> anyhow::Result<Option<Self>> {
        let again = "leave --resume out to begin again";
        match file.read::<Self>(again)? {
            Some(other) if other.job != job => Err(hinted(
                format!("the unfinished export was of {}, not of {job}", other.job),
                again,
            )),
            own => Ok(own),
        }
    }
}
