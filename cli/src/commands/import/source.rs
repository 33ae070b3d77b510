//! The input: which format, from where, and what its records become.

use std::fs::File;
use std::io::{self, BufReader, Read as _, Seek as _, SeekFrom};
use std::path::Path;

use anyhow::Context as _;
use astra_db::schema::Columns;
use serde_json::value::RawValue;

use super::batch::{Batch, Position};
use super::identity;
use super::lines::Lines;
use super::records::Records;
use crate::format::Format;
use crate::output::hinted;
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
pub(super) struct Source(Box<dyn FnMut() -> io::Result<Option<Batch>> + Send>);

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

    pub(super) fn json(&self, line: u64, text: &str) -> Result<Box<RawValue>, String> {
        match self {
            Self::Document { file } => identity::identified(file, line, text),
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
        let Some(path) = path else {
            return Self::standard_input(format, shape);
        };
        let reading = || format!("reading {}", path.display());
        let mut file = File::open(path).with_context(reading)?;
        Ok(match format {
            Format::Jsonl => {
                if is_list(&mut file).with_context(reading)? {
                    return Err(hinted(
                        format!("{} is one JSON list, not a document a line", path.display()),
                        "jq -c '.[]' FILE > FILE.jsonl puts each on a line of its own",
                    ));
                }
                file.seek(SeekFrom::Start(at.bytes)).with_context(reading)?;
                let mut lines = Lines::new(BufReader::with_capacity(1 << 16, file), shape, at);
                Self(Box::new(move || lines.next_batch()))
            }
            Format::Csv => {
                let mut records = Records::new(file, shape).with_context(reading)?;
                if at != Position::default() {
                    records.seek(at).with_context(reading)?;
                }
                Self(Box::new(move || records.next_batch()))
            }
        })
    }

    fn standard_input(format: Format, shape: Shape) -> anyhow::Result<Self> {
        let input = BufReader::new(io::stdin());
        Ok(match format {
            Format::Jsonl => {
                let mut lines = Lines::new(input, shape, Position::default());
                Self(Box::new(move || lines.next_batch()))
            }
            Format::Csv => {
                let mut records = Records::new(input, shape).context("reading standard input")?;
                Self(Box::new(move || records.next_batch()))
            }
        })
    }

    pub(super) fn next_batch(&mut self) -> io::Result<Option<Batch>> {
        (self.0)()
    }
}

/// Whether a file begins with a JSON list. Each of its lines would be refused, which would tell nobody why.
fn is_list(file: &mut File) -> io::Result<bool> {
    let mut beginning = Vec::new();
    file.take(4096).read_to_end(&mut beginning)?;
    Ok(beginning.trim_ascii_start().starts_with(b"["))
}

/// The name that goes into the `_id`s that are made: that of the file, wherever it lies.
fn name_of(path: Option<&Path>) -> String {
    let name = path.and_then(Path::file_name);
    name.map_or_else(
        || "-".to_owned(),
        |name| name.to_string_lossy().into_owned(),
    )
}
