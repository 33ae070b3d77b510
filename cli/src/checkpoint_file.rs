//! The file beside another one that tells how far an import or export of it has come.

use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::atomic_write::{self, with_suffix};
use crate::output::hinted;

/// `FILE.checkpoint`, replaced in one step.
#[derive(Debug)]
pub(crate) struct CheckpointFile(PathBuf);

impl CheckpointFile {
    pub(crate) fn beside(file: &Path) -> Self {
        Self(with_suffix(file, ".checkpoint"))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// The checkpoint, if there is one; `again` says how to begin without it. The error names the place only, since what is
    /// there can be of any length.
    pub(crate) fn read<T: DeserializeOwned>(&self, again: &str) -> anyhow::Result<Option<T>> {
        let path = self.0.display();
        let text = match atomic_write::read(&self.0) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            text => text.with_context(|| format!("reading {path}"))?,
        };
        serde_json::from_str(&text).map(Some).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            hinted(
                format!("the checkpoint {path} is damaged at line {line} column {column}"),
                again,
            )
        })
    }

    pub(crate) fn write(&self, checkpoint: &impl Serialize) -> anyhow::Result<()> {
        atomic_write::replace(&self.0, &serde_json::to_vec_pretty(checkpoint)?)
            .with_context(|| format!("writing {}", self.0.display()))
    }

    pub(crate) fn remove(&self) -> anyhow::Result<()> {
        atomic_write::remove(&self.0).with_context(|| format!("removing {}", self.0.display()))
    }
}
