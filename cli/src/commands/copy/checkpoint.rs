//! How far a copy has come, in a file in the current folder.
//!
//! It tells only of what the target has acknowledged. What was acknowledged beyond it is sent again, and is the same then.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::checkpoint_file::CheckpointFile;
use crate::output::hinted;

/// The name of the file, before its ending.
const NAME: &str = "astra-dev-copy";

/// How far a copy has come.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Checkpoint {
    /// From where to where, and whether it overwrites.
    job: String,
    /// By the name of the collection or table.
    pub(super) parts: BTreeMap<String, Position>,
}

/// How far a collection or table has come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Position {
    #[serde(flatten)]
    pub(super) tally: Tally,
    /// Where the next page begins.
    pub(super) page_state: Option<String>,
    pub(super) finished: bool,
}

/// What became of the documents or rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Tally {
    pub(super) copied: u64,
    /// Not copied: refused, or there with other content.
    pub(super) rejected: u64,
}

impl Tally {
    pub(super) fn total(self) -> u64 {
        self.copied + self.rejected
    }
}

/// The checkpoint and its file.
#[derive(Debug)]
pub(super) struct Ledger {
    file: CheckpointFile,
    pub(super) checkpoint: Checkpoint,
}

impl Ledger {
    /// The ledger of this copy: a new one, or that of the interrupted copy that is resumed.
    pub(super) fn open(job: String, resume: bool, restart: bool) -> anyhow::Result<(Self, bool)> {
        let file = CheckpointFile::beside(Path::new(NAME));
        if restart {
            file.remove()?;
        }
        let again = "--restart forgets it and begins again";
        let found = file.read::<Checkpoint>(again)?;
        let is_resumed = found.is_some();
        let checkpoint = match found {
            Some(_) if !resume => {
                return Err(hinted(
                    format!("a copy was interrupted here: {}", file.path().display()),
                    "--resume goes on where it stopped, --restart forgets it and begins again",
                ));
            }
            Some(other) if other.job != job => {
                return Err(hinted(
                    format!("the interrupted copy was {}, not {job}", other.job),
                    again,
                ));
            }
            Some(own) => own,
            None => Checkpoint {
                job,
                parts: BTreeMap::new(),
            },
        };
        Ok((Self { file, checkpoint }, is_resumed))
    }

    pub(super) fn knows(&self, name: &str) -> bool {
        self.checkpoint.parts.contains_key(name)
    }

    pub(super) fn position(&self, name: &str) -> Position {
        self.checkpoint.parts.get(name).cloned().unwrap_or_default()
    }

    /// Enters a position, and brings it to the disk.
    pub(super) fn save(&mut self, name: &str, position: Position) -> anyhow::Result<()> {
        self.checkpoint.parts.insert(name.to_owned(), position);
        self.file.write(&self.checkpoint)
    }

    /// The copy is complete.
    pub(super) fn finish(&self) -> anyhow::Result<()> {
        self.file.remove()
    }
}
