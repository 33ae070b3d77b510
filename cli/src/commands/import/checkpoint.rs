//! How far an import has come, in a file beside the input.
//!
//! It tells only of what the database has acknowledged, so an import that goes on from it loses nothing. What had been
//! acknowledged beyond it is sent again; the `_id`s make that harmless.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::batch::Position;
use super::input;
use super::tally::Tally;
use crate::checkpoint_file::CheckpointFile;
use crate::output::hinted;

/// How much of the input before the position is compared.
const COMPARED: u64 = 65_536;

/// How far an import has come.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Checkpoint {
    /// Where the documents go: endpoint, keyspace, name.
    pub(super) target: String,
    /// Everything before it is acknowledged or reported.
    pub(super) position: Position,
    pub(super) tally: Tally,
    /// How much of the report of rejected documents belongs to what is before the position.
    pub(super) rejected_bytes: u64,
    /// Of the input just before the position: tells another file of the same name.
    fingerprint: String,
}

/// The file it is kept in.
#[derive(Debug)]
pub(super) struct InputCheckpoint {
    file: CheckpointFile,
    input: PathBuf,
}

impl InputCheckpoint {
    pub(super) fn beside(input: &Path) -> Self {
        Self {
            file: CheckpointFile::beside(input),
            input: input.to_owned(),
        }
    }

    pub(super) fn path(&self) -> &Path {
        self.file.path()
    }

    /// The checkpoint, if there is one; checked against the input and the target.
    pub(super) fn read(&self, target: &str) -> anyhow::Result<Option<Checkpoint>> {
        let again = "--restart begins again; documents that are there already are not stored twice";
        let Some(checkpoint) = self.file.read::<Checkpoint>(again)? else {
            return Ok(None);
        };
        if checkpoint.target != target {
            let other = &checkpoint.target;
            return Err(hinted(
                format!("the unfinished import of this file went to {other}, not to {target}"),
                again,
            ));
        }
        if checkpoint.fingerprint != self.fingerprint(checkpoint.position.bytes)? {
            let input = self.input.display();
            return Err(hinted(
                format!("{input} has changed since its import was interrupted"),
                again,
            ));
        }
        Ok(Some(checkpoint))
    }

    /// Replaces the checkpoint in one step.
    pub(super) fn write(
        &self,
        target: &str,
        position: Position,
        tally: Tally,
        rejected_bytes: u64,
    ) -> anyhow::Result<()> {
        self.file.write(&Checkpoint {
            target: target.to_owned(),
            position,
            tally,
            rejected_bytes,
            fingerprint: self.fingerprint(position.bytes)?,
        })
    }

    pub(super) fn remove(&self) -> anyhow::Result<()> {
        self.file.remove()
    }

    fn fingerprint(&self, end: u64) -> anyhow::Result<String> {
        let reading = || format!("reading {}", self.input.display());
        let mut file = File::open(&self.input).with_context(reading)?;
        // A gzip file ends with the checksum and the length of its text: the end stands for all of it.
        let end = if input::is_gzip(&self.input).with_context(reading)? {
            file.metadata().with_context(reading)?.len()
        } else {
            end
        };
        let start = end.saturating_sub(COMPARED);
        file.seek(SeekFrom::Start(start)).with_context(reading)?;
        let mut bytes = Vec::new();
        file.take(end - start)
            .read_to_end(&mut bytes)
            .with_context(reading)?;
        let mut hash = Sha256::new();
        hash.update(end.to_be_bytes());
        hash.update(&bytes);
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hash.finalize()[..16]);
        Ok(format!("{:032x}", u128::from_be_bytes(bytes)))
    }
}
