//! The account of an import: what was stored, what was there, what was refused and why.

use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use serde::Serialize;
use serde_json::value::RawValue;

use super::batch::Position;
use super::checkpoint::{Checkpoint, InputCheckpoint};
use super::sink::{Done, Fate, Rejection};
use super::tally::Tally;

/// Between two checkpoints: this much is sent again after a crash.
const INTERVAL: Duration = Duration::from_millis(500);

/// The account of one run, and of those it goes on from.
pub(super) struct Ledger {
    pub(super) tally: Tally,
    pub(super) position: Position,
    target: String,
    checkpoint: Option<InputCheckpoint>,
    rejected: Rejected,
    saved: Instant,
}

/// A line of the report of what was rejected.
#[derive(Serialize)]
struct Entry<'a> {
    line: u64,
    error: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
    /// As it was to be stored.
    #[serde(skip_serializing_if = "Option::is_none")]
    document: Option<&'a RawValue>,
    /// As it stood in the file, if it could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
}

/// The file with what was rejected; it is made with the first entry.
struct Rejected {
    path: PathBuf,
    file: Option<BufWriter<File>>,
    bytes: u64,
}

impl Ledger {
    /// An account that begins, or goes on where the checkpoint says.
    pub(super) fn open(
        target: String,
        rejected: PathBuf,
        checkpoint: Option<InputCheckpoint>,
        resumed: Option<&Checkpoint>,
    ) -> anyhow::Result<Self> {
        let bytes = resumed.map_or(0, |resumed| resumed.rejected_bytes);
        Ok(Self {
            tally: resumed.map(|resumed| resumed.tally).unwrap_or_default(),
            position: resumed.map(|resumed| resumed.position).unwrap_or_default(),
            target,
            checkpoint,
            rejected: Rejected::open(rejected, bytes)?,
            saved: Instant::now(),
        })
    }

    /// Enters a batch; batches come in the order of the file.
    pub(super) fn enter(&mut self, done: &Done) -> anyhow::Result<()> {
        for settled in &done.settled {
            match &settled.fate {
                Fate::Stored => self.tally.stored += 1,
                Fate::Present => self.tally.present += 1,
                Fate::Rejected(rejection) => {
                    self.tally.rejected += 1;
                    self.rejected.write(settled.line, rejection)?;
                }
            }
        }
        self.position = done.end;
        if self.saved.elapsed() > INTERVAL {
            self.save()?;
        }
        Ok(())
    }

    /// Writes the checkpoint; what it tells of the rejected is on disk before it.
    pub(super) fn save(&mut self) -> anyhow::Result<()> {
        self.rejected.sync()?;
        if let Some(file) = &self.checkpoint {
            file.write(&self.target, self.position, self.tally, self.rejected.bytes)?;
        }
        self.saved = Instant::now();
        Ok(())
    }

    /// The import has come to its end: nothing is left to go on with.
    pub(super) fn finish(&mut self) -> anyhow::Result<()> {
        self.rejected.sync()?;
        match &self.checkpoint {
            Some(file) => file.remove(),
            None => Ok(()),
        }
    }

    /// Where the rejected are told of, if there are any.
    pub(super) fn rejected_path(&self) -> Option<&Path> {
        (self.tally.rejected > 0).then_some(&self.rejected.path)
    }

    pub(super) fn checkpoint_path(&self) -> Option<&Path> {
        self.checkpoint.as_ref().map(InputCheckpoint::path)
    }
}

impl Rejected {
    /// Keeps the first `bytes` of what an earlier run wrote, and drops the rest: its documents are tried again.
    fn open(path: PathBuf, bytes: u64) -> anyhow::Result<Self> {
        let rejected = Self {
            path,
            file: None,
            bytes,
        };
        if bytes > 0 || rejected.path.exists() {
            let file = rejected.make()?;
            file.set_len(bytes).with_context(|| rejected.writing())?;
        }
        Ok(rejected)
    }

    fn writing(&self) -> String {
        format!("writing {}", self.path.display())
    }

    fn make(&self) -> anyhow::Result<File> {
        let mut options = OpenOptions::new();
        let file = options
            .create(true)
            .truncate(false)
            .write(true)
            .open(&self.path);
        file.with_context(|| self.writing())
    }

    fn write(&mut self, line: u64, rejection: &Rejection) -> anyhow::Result<()> {
        let document = rejection.document.as_deref();
        let mut line = serde_json::to_vec(&Entry {
            line,
            error: &rejection.reason,
            code: rejection.code.as_deref(),
            document: document.map(serde_json::from_str).transpose()?,
            text: rejection.text.as_deref(),
        })?;
        line.push(b'\n');
        let writing = self.writing();
        if self.file.is_none() {
            let mut file = self.make()?;
            file.seek(SeekFrom::Start(self.bytes))
                .with_context(|| writing.clone())?;
            self.file = Some(BufWriter::new(file));
        }
        if let Some(file) = &mut self.file {
            file.write_all(&line).context(writing)?;
        }
        self.bytes += line.len() as u64;
        Ok(())
    }

    fn sync(&mut self) -> anyhow::Result<()> {
        let writing = self.writing();
        if let Some(file) = &mut self.file {
            file.flush()
                .and_then(|()| file.get_ref().sync_data())
                .context(writing)?;
        }
        Ok(())
    }
}
