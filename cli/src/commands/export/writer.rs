//! Writing documents, as JSON Lines or CSV, to standard output or to a file that appears when it is complete.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, BufWriter, Seek as _, SeekFrom, Write};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use astra_db::Document;
use indexmap::IndexSet;
use serde_json::value::RawValue;

use crate::atomic_write::with_suffix;
use crate::cell;
use crate::format::Format;

/// Where documents are written to.
///
/// They are collected as JSON Lines first in any case. The first line of a CSV file names the fields, which are known only
/// when the last document has been seen; a table's columns and chosen fields are known, but a second way is not worth it.
pub(super) struct Writer {
    spool: Spool,
    form: Form,
    output: Option<PathBuf>,
    bytes: u64,
}

/// What the export becomes when it is complete.
enum Form {
    Lines,
    /// With these columns, or with all fields there are.
    Csv(Option<Vec<Column>>),
}

/// A column of a CSV file.
pub(super) struct Column {
    pub(super) name: String,
    /// Whether its values are text whatever they look like.
    pub(super) is_text: bool,
}

enum Spool {
    StandardOutput(BufWriter<io::Stdout>),
    /// Of a CSV file that goes to standard output.
    Unnamed(BufWriter<File>),
    Named(PathBuf, BufWriter<File>),
}

impl Writer {
    /// Begins, or goes on after what an earlier run had written. `columns` are those of a CSV file if they are known.
    pub(super) fn open(
        output: Option<&Path>,
        format: Format,
        columns: Option<Vec<Column>>,
        resumed: Option<u64>,
    ) -> anyhow::Result<Self> {
        let bytes = resumed.unwrap_or(0);
        let form = match format {
            Format::Jsonl => Form::Lines,
            Format::Csv => Form::Csv(columns),
        };
        let spool = match (output, &form) {
            (Some(output), _) => {
                let path = with_suffix(output, ".part");
                let file =
                    part(&path, bytes).with_context(|| format!("writing {}", path.display()))?;
                Spool::Named(path, BufWriter::new(file))
            }
            (None, Form::Csv(_)) => {
                let file = tempfile::tempfile().context("making a temporary file")?;
                Spool::Unnamed(BufWriter::new(file))
            }
            (None, Form::Lines) => Spool::StandardOutput(BufWriter::new(io::stdout())),
        };
        Ok(Self {
            spool,
            form,
            output: output.map(Path::to_owned),
            bytes,
        })
    }

    pub(super) fn write(&mut self, document: &RawValue) -> anyhow::Result<()> {
        let line = document.get();
        let file: &mut dyn Write = match &mut self.spool {
            Spool::StandardOutput(file) => file,
            Spool::Unnamed(file) | Spool::Named(_, file) => file,
        };
        file.write_all(line.as_bytes())
            .and_then(|()| file.write_all(b"\n"))
            .context("writing the export")?;
        self.bytes += line.len() as u64 + 1;
        Ok(())
    }

    /// Brings everything to the disk and tells how much it is.
    pub(super) fn sync(&mut self) -> anyhow::Result<u64> {
        if let Spool::Named(path, file) = &mut self.spool {
            file.flush()
                .and_then(|()| file.get_ref().sync_data())
                .with_context(|| format!("writing {}", path.display()))?;
        }
        Ok(self.bytes)
    }

    /// The export is complete: it gets its form and its name.
    pub(super) fn finish(mut self) -> anyhow::Result<()> {
        self.sync()?;
        match (self.spool, self.form, self.output) {
            (Spool::StandardOutput(mut file), _, _) => {
                file.flush().context("writing the export")?;
            }
            (Spool::Unnamed(file), form, _) => {
                let mut file = file.into_inner().context("writing a temporary file")?;
                file.rewind().context("reading a temporary file")?;
                let Form::Csv(columns) = form else {
                    return Ok(());
                };
                to_csv(&mut file, columns, io::stdout())?;
            }
            (Spool::Named(part, _), Form::Lines, Some(output)) => rename(&part, &output)?,
            (Spool::Named(part, _), Form::Csv(columns), Some(output)) => {
                let writing = || format!("writing {}", output.display());
                let mut file = File::open(&part).with_context(writing)?;
                let whole = with_suffix(&output, ".csv-part");
                let csv = File::create(&whole).with_context(writing)?;
                to_csv(&mut file, columns, &csv)?;
                csv.sync_data().with_context(writing)?;
                rename(&whole, &output)?;
                fs::remove_file(&part).with_context(writing)?;
            }
            (Spool::Named(..), _, None) => {}
        }
        Ok(())
    }
}

fn rename(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::rename(from, to).with_context(|| format!("writing {}", to.display()))
}

fn part(path: &Path, bytes: u64) -> io::Result<File> {
    let mut file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)?;
    // What came after the checkpoint is fetched again.
    file.set_len(bytes)?;
    file.seek(SeekFrom::End(0))?;
    Ok(file)
}

/// JSON Lines to CSV, in two passes if the columns are not known.
fn to_csv(
    lines: &mut File,
    columns: Option<Vec<Column>>,
    output: impl Write,
) -> anyhow::Result<()> {
    let columns = match columns {
        Some(columns) => columns,
        None => names_in(lines)?,
    };
    let mut csv = csv::Writer::from_writer(output);
    let header = columns.iter().map(|column| &column.name);
    csv.write_record(header).context("writing the export")?;
    for line in BufReader::new(lines).lines() {
        let document: Document = line?.parse().context("reading the export")?;
        let cells = columns.iter().map(|column| {
            let json = document.get(&column.name).map(ToString::to_string);
            let cell = if column.is_text {
                cell::from_text
            } else {
                cell::from_json
            };
            json.map_or_else(String::new, |json| cell(&json))
        });
        csv.write_record(cells).context("writing the export")?;
    }
    csv.flush().context("writing the export")
}

fn names_in(lines: &mut File) -> anyhow::Result<Vec<Column>> {
    let mut names = IndexSet::new();
    for line in BufReader::new(&mut *lines).lines() {
        let document: Document = line?.parse().context("reading the export")?;
        for (name, _) in document.iter() {
            if !names.contains(name) {
                names.insert(name.to_owned());
            }
        }
    }
    lines.rewind().context("reading the export")?;
    let column = |name| Column {
        name,
        is_text: false,
    };
    Ok(names.into_iter().map(column).collect())
}
