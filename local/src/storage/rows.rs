//! Rows of tables as they lie in the file: in order of their keys, each column in a column of its own.

use std::ops::ControlFlow;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{OptionalExtension, ToSql, params, params_from_iter};

use super::error::StorageError;
use super::reader::Reader;
use super::table::Table;
use super::writer::Writer;
use crate::table::column_type::{ColumnType, Scalar};
use crate::table::definition::{Column, TableDefinition};
use crate::table::filter::KeyRange;
use crate::table::row::Row;
use crate::table::value::CqlValue;

/// A row, and whether it is there without any value beside its key.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct StoredRow {
    pub(crate) row: Row,
    pub(crate) marked: bool,
}

/// What is done with each row and its key: whether to go on.
pub(crate) type Visit<'v, E> = dyn FnMut(&[u8], Row) -> Result<ControlFlow<()>, E> + 'v;

/// In which order rows are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    Forwards,
    Backwards,
}

impl Reader<'_> {
    /// The row of a key.
    pub(crate) fn row(&self, table: &Table, key: &[u8]) -> Result<Option<StoredRow>, StorageError> {
        self.row_as(table, key, |row| {
            let all = vec![true; table.definition.columns().len()];
            Ok(StoredRow {
                row: read_columns(row, &table.definition, &all)?,
                marked: row.get(1)?,
            })
        })
    }

    /// The row of a key with the columns that are not masked.
    pub(crate) fn columns_of_row(
        &self,
        table: &Table,
        key: &[u8],
        mask: &[bool],
    ) -> Result<Option<Row>, StorageError> {
        self.row_as(table, key, |row| read_columns(row, &table.definition, mask))
    }

    fn row_as<T>(
        &self,
        table: &Table,
        key: &[u8],
        read: impl FnOnce(&rusqlite::Row<'_>) -> Result<T, StorageError>,
    ) -> Result<Option<T>, StorageError> {
        let mut statement = self.connection.prepare_cached(&table.sql.by_key)?;
        let found = statement.query_row([key], |row| Ok(read(row))).optional()?;
        found.transpose()
    }

    /// Shows the rows of a range with their keys until `visit` breaks. Returns whether it did. `mask` says of each column
    /// whether it is read at all.
    pub(crate) fn rows<E: From<StorageError>>(
        &self,
        table: &Table,
        range: &KeyRange,
        reading: Reading,
        mask: &[bool],
        visit: &mut Visit<'_, E>,
    ) -> Result<ControlFlow<()>, E> {
        let sql = match (reading, &range.until) {
            (Reading::Forwards, Some(_)) => &table.sql.forwards,
            (Reading::Forwards, None) => &table.sql.forwards_to_end,
            (Reading::Backwards, Some(_)) => &table.sql.backwards,
            (Reading::Backwards, None) => &table.sql.backwards_from_end,
        };
        let mut statement = self
            .connection
            .prepare_cached(sql)
            .map_err(StorageError::from)?;
        let bounds = std::iter::once(&range.from).chain(&range.until);
        let rows = statement
            .query(params_from_iter(bounds))
            .map_err(StorageError::from)?;
        show(rows, &table.definition, mask, visit)
    }

    /// Shows the rows that have one of some values in a column, after a key if one is given, in order of their keys.
    /// The column has a look-up. Rows are read backwards inside a partition only, where no look-up is needed.
    pub(crate) fn rows_with<E: From<StorageError>>(
        &self,
        table: &Table,
        column: &Column,
        values: &[&CqlValue],
        after: Option<&[u8]>,
        mask: &[bool],
        visit: &mut Visit<'_, E>,
    ) -> Result<(), E> {
        let places = vec!["?"; values.len()].join(", ");
        // Without the hint, SQLite prefers to walk the whole table in the order asked for.
        let (id, number) = (table.id, column.number);
        let sql = format!(
            "{} INDEXED BY rows_{id}_c{number} WHERE c{number} IN ({places}) AND key > ? ORDER BY key",
            table.sql.select
        );
        let mut statement = self
            .connection
            .prepare_cached(&sql)
            .map_err(StorageError::from)?;
        for (number, value) in values.iter().enumerate() {
            let value = SqlValue(Some(value));
            statement
                .raw_bind_parameter(number + 1, value)
                .map_err(StorageError::from)?;
        }
        let after = after.unwrap_or_default();
        statement
            .raw_bind_parameter(values.len() + 1, after)
            .map_err(StorageError::from)?;
        show(statement.raw_query(), &table.definition, mask, visit).map(drop)
    }
}

fn show<E: From<StorageError>>(
    mut rows: rusqlite::Rows<'_>,
    definition: &TableDefinition,
    mask: &[bool],
    visit: &mut Visit<'_, E>,
) -> Result<ControlFlow<()>, E> {
    while let Some(row) = rows.next().map_err(StorageError::from)? {
        let found = read_columns(row, definition, mask)?;
        let key = row.get_ref(0).map_err(StorageError::from)?;
        let key = key.as_blob().map_err(|_| StorageError::Damaged("key"))?;
        if visit(key, found)?.is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
    Ok(ControlFlow::Continue(()))
}

impl Writer<'_> {
    /// Puts a row in the place of the one of its key, if there is one.
    pub(crate) fn put_row(
        &mut self,
        table: &Table,
        key: &[u8],
        stored: &StoredRow,
    ) -> Result<(), StorageError> {
        let mut statement = self.connection.prepare_cached(&table.sql.put)?;
        let columns = (0..table.definition.columns().len())
            .map(|position| SqlValue(stored.row.value(position)));
        statement.raw_bind_parameter(1, key)?;
        statement.raw_bind_parameter(2, stored.marked)?;
        for (number, value) in columns.enumerate() {
            statement.raw_bind_parameter(number + 3, value)?;
        }
        statement.raw_execute()?;
        self.row_changed(table, key, Some(&stored.row));
        Ok(())
    }

    /// Removes the row of a key, if there is one.
    pub(crate) fn delete_row(&mut self, table: &Table, key: &[u8]) -> Result<(), StorageError> {
        self.connection
            .prepare_cached(&table.sql.delete)?
            .execute(params![key])?;
        self.row_changed(table, key, None);
        Ok(())
    }

    /// Removes all rows.
    pub(crate) fn truncate_table(&mut self, table: &Table) -> Result<(), StorageError> {
        self.connection
            .prepare_cached(&table.sql.truncate)?
            .execute([])?;
        self.rows_removed(table);
        Ok(())
    }
}

/// A value on its way into the file: texts and whole numbers as such, all others as bytes, so that nothing is rounded.
struct SqlValue<'v>(Option<&'v CqlValue>);

impl ToSql for SqlValue<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        use rusqlite::types::Value;
        Ok(match self.0 {
            None => ToSqlOutput::Owned(Value::Null),
            Some(CqlValue::Text(text)) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Some(CqlValue::Int(number) | CqlValue::Time(number) | CqlValue::Timestamp(number)) => {
                ToSqlOutput::Owned(Value::Integer(*number))
            }
            Some(CqlValue::Date(days)) => ToSqlOutput::Owned(Value::Integer(i64::from(*days))),
            Some(CqlValue::Boolean(value)) => ToSqlOutput::Owned(Value::Integer(i64::from(*value))),
            Some(other) => ToSqlOutput::Owned(Value::Blob(other.to_bytes())),
        })
    }
}

/// Reads the columns that are not masked: they follow the key and the mark in the order of the definition.
pub(super) fn read_columns(
    row: &rusqlite::Row<'_>,
    definition: &TableDefinition,
    mask: &[bool],
) -> Result<Row, StorageError> {
    let mut values = Vec::with_capacity(definition.columns().len());
    for ((position, column), wanted) in definition.columns().iter().enumerate().zip(mask) {
        if !wanted {
            values.push(None);
            continue;
        }
        let value = match row.get_ref(position + 2)? {
            ValueRef::Null => None,
            value => {
                Some(read_value(&column.column_type, value).ok_or(StorageError::Damaged("value"))?)
            }
        };
        values.push(value);
    }
    Ok(Row::new(values))
}

fn read_value(column_type: &ColumnType, value: ValueRef<'_>) -> Option<CqlValue> {
    match value {
        ValueRef::Text(text) => std::str::from_utf8(text)
            .ok()
            .map(|text| CqlValue::Text(text.to_owned())),
        ValueRef::Integer(number) => match column_type.scalar()? {
            Scalar::Boolean => Some(CqlValue::Boolean(number != 0)),
            Scalar::Date => i32::try_from(number).ok().map(CqlValue::Date),
            Scalar::Time => Some(CqlValue::Time(number)),
            Scalar::Timestamp => Some(CqlValue::Timestamp(number)),
            _ => Some(CqlValue::Int(number)),
        },
        ValueRef::Blob(bytes) => CqlValue::from_bytes(column_type, bytes),
        ValueRef::Null | ValueRef::Real(_) => None,
    }
}
