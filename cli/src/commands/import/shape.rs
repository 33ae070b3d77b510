//! What the records of a file become: documents or rows.

use std::path::{Path, PathBuf};

use astra_db::schema::Columns;
use serde_json::value::RawValue;

use super::identity;
use crate::target::Target;

/// What a record becomes.
#[derive(Clone, Debug)]
pub(super) enum Shape {
    /// A document, whose `_id` is made of this name and the line if it has none.
    Document { file: String },
    /// A row of a table with these columns.
    Row { columns: Columns },
}

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
