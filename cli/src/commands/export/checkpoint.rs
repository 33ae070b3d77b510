//! How far an export has come, in a file beside it.

use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use astra_db::PageState;
use serde::{Deserialize, Serialize};

use crate::atomic_write::{self, with_suffix};
use crate::output::hinted;

/// How far an export has come.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Checkpoint {
    /// What is exported, and how.
    job: String,
    /// Where the next page begins.
    pub(super) page_state: String,
    /// How much of the file is complete.
    pub(super) bytes: u64,
    pub(super) exported: u64,
}

/// The file it is kept in.
#[derive(Debug)]
pub(super) struct CheckpointFile {
    path: PathBuf,
}

impl CheckpointFile {
    pub(super) fn beside(output: &Path) -> Self {
        Self {
            path: with_suffix(output, ".checkpoint"),
        }
    }

    pub(super) fn read(&self, job: &str) -> anyhow::Result<Option<Checkpoint>> {
        let shown = self.path.display();
        let text = match atomic_write::read(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            text => text.with_context(|| format!("reading {shown}"))?,
        };
        let again = "leave --resume out to begin again";
        let checkpoint: Checkpoint = atomic_write::parse(&self.path, &text, again)?;
        if checkpoint.job != job {
            return Err(hinted(
                format!(
                    "the unfinished export was of {}, not of {job}",
                    checkpoint.job
                ),
                again,
            ));
        }
        Ok(Some(checkpoint))
    }

    pub(super) fn write(
        &self,
        job: &str,
        next: &PageState,
        bytes: u64,
        exported: u64,
    ) -> anyhow::Result<()> {
        let checkpoint = Checkpoint {
            job: job.to_owned(),
            page_state: next.as_str().to_owned(),
            bytes,
            exported,
        };
        atomic_write::replace(&self.path, &serde_json::to_vec_pretty(&checkpoint)?)
            .with_context(|| format!("writing {}", self.path.display()))
    }

    pub(super) fn remove(&self) -> anyhow::Result<()> {
        atomic_write::remove(&self.path)
            .with_context(|| format!("removing {}", self.path.display()))
    }
}
