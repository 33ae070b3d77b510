//! What the server answers for something it stored.

use std::fmt;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::column_value::Row;
use crate::schema::{Column, ColumnType, Columns};
use crate::value::{Binary, DocumentId, Value};

/// What identifies something that was stored: the [`DocumentId`] of a document, or the primary key
/// of a row, a [`Row`] of its columns. Not for others to implement.
pub trait InsertedId: sealed::InsertedId + fmt::Debug + Send + 'static {}

impl InsertedId for DocumentId {}
impl InsertedId for Row {}

mod sealed {
    use super::{Columns, RawValue, Value};

    pub trait InsertedId: Sized {
        /// What was stored, for messages.
        const ITEMS: &'static str;

        /// Reads what the server wrote for one; `None` if it does not fit the key's columns.
        fn read(written: Value, key: &Columns) -> Option<Self>;

        /// Whether storing it again can be told from storing it once.
        fn may_be_repeated(item: &RawValue) -> bool;

        /// Whether storing it again leaves what storing it once does, if nobody else writes it.
        fn is_stored_once(item: &RawValue) -> bool;
    }
}

impl sealed::InsertedId for DocumentId {
    const ITEMS: &'static str = "documents";

    fn read(written: Value, _: &Columns) -> Option<Self> {
        Some(written.into())
    }

    fn may_be_repeated(document: &RawValue) -> bool {
        brings_id(document)
    }

    fn is_stored_once(document: &RawValue) -> bool {
        brings_id(document)
    }
}

impl sealed::InsertedId for Row {
    const ITEMS: &'static str = "rows";

    /// The values of the key's columns in their order. A blob among them is bare base64, unlike
    /// anywhere else.
    fn read(written: Value, key: &Columns) -> Option<Self> {
        let Value::Array(values) = written else {
            return None;
        };
        if values.len() != key.len() {
            return None;
        }
        let column = |((name, column), value): ((&str, &Column), Value)| match value {
            Value::String(text) if column.kind == ColumnType::Blob => {
                Some((name.to_owned(), Binary::from_base64(&text)?.into()))
            }
            other => Some((name.to_owned(), other)),
        };
        key.iter().zip(values).map(column).collect()
    }

    /// Never without being asked: what somebody else wrote in between would be overwritten.
    fn may_be_repeated(_: &RawValue) -> bool {
        false
    }

    /// A row always has a key.
    fn is_stored_once(_: &RawValue) -> bool {
        true
    }
}

/// Whether a document has an `_id` of its own. One that is `null` is counted out: it is a valid id,
/// but some serializers write it for "none".
fn brings_id(document: &RawValue) -> bool {
    #[derive(Deserialize)]
    struct Id<'a> {
        #[serde(rename = "_id", borrow)]
        id: Option<&'a RawValue>,
    }
    // Where it mostly stands; a `n` would be the beginning of `null`.
    if let Some(id) = document.get().strip_prefix(r#"{"_id":"#) {
        return !id.starts_with('n');
    }
    serde_json::from_str(document.get()).is_ok_and(|Id { id }| id.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_seen_wherever_it_stands_and_null_is_none() {
        for (document, expected) in [
            (r#"{"_id":"a","b":1}"#, true),
            (r#"{"b":{"c":[1]},"_id":0}"#, true),
            (r#"{"b":{"_id":1}}"#, false),
            (r#"{"_id":null}"#, false),
        ] {
            let raw = RawValue::from_string(document.to_owned()).expect("JSON");
            assert_eq!(brings_id(&raw), expected, "{document}");
        }
    }
}
