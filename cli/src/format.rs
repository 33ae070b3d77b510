//! The formats of files with documents or rows.

use std::path::Path;

use crate::output::misused;

/// A format of import and export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// One JSON object a line
    Jsonl,
    /// A first line with names, then one record each
    Csv,
}

impl Format {
    /// The format by the end of a file's name, unless it is said.
    pub(crate) fn of(said: Option<Self>, path: Option<&Path>) -> anyhow::Result<Self> {
        if let Some(format) = said {
            return Ok(format);
        }
        let Some(path) = path else {
            return Ok(Self::Jsonl);
        };
        let end = path.extension().and_then(|end| end.to_str());
        match end.unwrap_or_default().to_ascii_lowercase().as_str() {
            "jsonl" | "ndjson" | "json" => Ok(Self::Jsonl),
            "csv" | "tsv" => Ok(Self::Csv),
            _ => Err(misused(
                format!("the name of {} does not tell its format", path.display()),
                "give --format jsonl or --format csv",
            )),
        }
    }
}
