//! Rows as the server sends them, without their empty columns, made whole again.

use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeOwned, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::call_info::CallInfo;
use crate::command::decode_document;
use crate::error::Fitted;
use crate::schema::{ColumnType, Columns};
use crate::value::Vector;

/// The `status` of a command that reads rows.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RowStatus {
    /// Every column that was asked for; there even where there is no row.
    #[serde(default)]
    pub(crate) projection_schema: Columns,
    pub(crate) sort_vector: Option<Vector>,
}

/// Reads a row at `place` in the answer with every column of the schema: one that the server left
/// out is an empty list, set or map, else `null`.
pub(crate) fn read<R: DeserializeOwned>(
    row: &RawValue,
    schema: &Columns,
    place: impl FnOnce() -> String,
    call: &CallInfo,
) -> Fitted<R> {
    let read = |text: &str| decode_document(text, row, place, call);
    let Ok(names) = serde_json::from_str::<Names>(row.get()) else {
        return read(row.get());
    };
    let missing: Vec<(&str, &'static str)> = schema
        .iter()
        .filter(|(name, _)| !names.0.contains(*name))
        .map(|(name, column)| (name, empty(&column.kind)))
        .collect();
    match row.get().trim_end().strip_suffix('}') {
        Some(fields) if !missing.is_empty() => {
            read(&completed(fields, names.0.is_empty(), &missing))
        }
        _ => read(row.get()),
    }
}

/// The value of a column that has none.
fn empty(kind: &ColumnType) -> &'static str {
    match kind {
        ColumnType::List(_) | ColumnType::Set(_) => "[]",
        ColumnType::Map(..) => "{}",
        _ => "null",
    }
}

/// An object with more fields, of its text without the closing brace.
fn completed(fields: &str, none_yet: bool, missing: &[(&str, &str)]) -> String {
    let mut text = fields.to_owned();
    for (index, (name, value)) in missing.iter().enumerate() {
        if index > 0 || !none_yet {
            text.push(',');
        }
        text.push_str(&serde_json::Value::from(*name).to_string());
        text.push(':');
        text.push_str(value);
    }
    text.push('}');
    text
}

/// The names of an object's fields.
struct Names(HashSet<String>);

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;

        impl<'de> Visitor<'de> for Fields {
            type Value = Names;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a row")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Names, A::Error> {
                let mut names = HashSet::new();
                while let Some((name, IgnoredAny)) = fields.next_entry()? {
                    names.insert(name);
                }
                Ok(Names(names))
            }
        }

        deserializer.deserialize_map(Fields)
    }
}
