//! What the server answers for something it stored.

use std::fmt;

use serde_json::value::RawValue;

use super::insert_many::InsertManyError;
use crate::error::Error;
use crate::schema::{Column, ColumnType, Columns};
use crate::table::Row;
use crate::value::{Binary, DocumentId, Value};

/// What identifies something that was stored: the [`DocumentId`] of a document, or the primary key
/// of a row, a [`Row`] of its columns. Not for others to implement.
pub trait InsertedId: sealed::InsertedId + fmt::Debug + Send + 'static {}

impl InsertedId for DocumentId {}
impl InsertedId for Row {}

mod sealed {
    use super::{Columns, Error, InsertManyError, RawValue, Value};

    pub trait InsertedId: Sized {
        /// What was stored, for messages.
        const ITEMS: &'static str;

        /// Reads what the server wrote for one; `None` if it does not fit the key's columns.
        fn read(written: Value, key: &Columns) -> Option<Self>;

        /// Whether storing it again can be told from storing it once.
        fn may_be_repeated(item: &RawValue) -> bool;

        fn error(error: InsertManyError<Self>) -> Error;
    }
}

impl sealed::InsertedId for DocumentId {
    const ITEMS: &'static str = "documents";

    fn read(written: Value, _: &Columns) -> Option<Self> {
        Some(written.into())
    }

    fn may_be_repeated(document: &RawValue) -> bool {
        super::insert_one::brings_id(document)
    }

    fn error(error: InsertManyError<Self>) -> Error {
        Error::InsertMany(Box::new(error))
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

    fn error(error: InsertManyError<Self>) -> Error {
        Error::InsertManyRows(Box::new(error))
    }
}
