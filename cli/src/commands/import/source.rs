//! The input: which format, from where, and what its records become.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use astra_db::schema::Columns;
use serde_json::value::RawValue;

use super::batch::{Batch, Position};
use super::json::{Layout, Values};
use super::lines::Lines;
use super::records::Records;
use super::{identity, input};
use crate::format::Format;
use crate::target::Target;

/// What a record becomes.
#[derive(Clone, Debug)]
pub(super) enum Shape {
    /// A document, whose `_id` is made of this name and the line if it has none.
    Document { file: String },
    /// A row of a table with these columns.
    Row { columns: Columns },
}

/// Gives batches until the input ends.
pub(super) struct Source(Box<dyn FnMut() -> anyhow::Result<Option<Batch>> + Send>);

impl Shape {
    /// What the records of a file become in a collection or a table.
    pub(super) fn of(target: &Target, path: Option<&Path>) -> Self {
        match target {
            Target::Collection(_) => Self::Document {
                file: name_of(path),
            },
            Target::Table(_, definition) => Self::Row {
                columns: definition.columns.clone(),
            },
        }
    }

    /// The JSON to be stored. `ordinal` tells records of the same text apart: the line, where each has one of its own.
    pub(super) fn json(&self, ordinal: u64, text: &str) -> Result<Box<RawValue>, String> {
        match self {
            Self::Document { file } => identity::identified(file, ordinal, text),
            Self::Row { .. } => identity::object(text),
        }
    }
}

impl Source {
    /// Reads a file from a position on, or standard input.
    pub(super) fn open(
        path: Option<&Path>,
        format: Format,
        shape: Shape,
        at: Position,
    ) -> anyhow::Result<Self> {
        let reading = || {
            let name = path.map_or("standard input".into(), Path::to_string_lossy);
            format!("reading {name}")
        };
        let begins = at == Position::default();
        if format == Format::Csv {
            let mut records = Records::begin(input::open(path, 0)?, shape).with_context(reading)?;
            if !begins {
                records.go_on(input::open(path, at.bytes)?, at);
            }
            return Ok(Self(Box::new(move || records.next_batch())));
        }
        let (layout, mut bytes) = Layout::of(input::open(path, 0)?).with_context(reading)?;
        if !begins {
            bytes = input::open(path, at.bytes)?;
        }
        if layout == Layout::Lines {
            let mut lines = Lines::new(bytes, shape, at);
            return Ok(Self(Box::new(move || Ok(lines.next_batch()?))));
        }
        let mut values = Values::new(bytes, layout, shape, at);
        Ok(Self(Box::new(move || values.next_batch())))
    }

    pub(super) fn next_batch(&mut self) -> anyhow::Result<Option<Batch>> {
        (self.0)()
    }
}

/// The name of the text in a file: without `.gz`.
pub(super) fn uncompressed(path: &Path) -> PathBuf {
    if path.extension() == Some("gz".as_ref()) {
        path.with_extension("")
    } else {
        path.to_owned()
    }
}

/// The name that goes into the `_id`s that are made: that of the file, wherever it lies, compressed or not.
fn name_of(path: Option<&Path>) -> String {
    let path = path.map(uncompressed);
    let name = path.as_deref().and_then(Path::file_name);
    name.map_or_else(
        || "-".to_owned(),
        |name| name.to_string_lossy().into_owned(),
    )
}
