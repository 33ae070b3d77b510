//! Values given to columns: rows to insert, and the arguments of `$set`.

use crate::error::{ApiError, Kind, document, update};
use crate::json::{Object, Value};
use crate::table::column_type::ColumnType;
use crate::table::definition::{Column, TableDefinition, quoted};
use crate::table::value::{CqlValue, Unreadable};

/// A column by its position, and its new value or none.
pub(crate) type Assignment = (usize, Option<CqlValue>);

/// Values for columns, and texts that the vectors of others are to be made of.
#[derive(Debug, Default)]
pub(crate) struct Assignments {
    pub(crate) values: Vec<Assignment>,
    /// Columns by their positions.
    pub(crate) texts: Vec<(usize, String)>,
}

/// The codes under which values that do not fit are told.
#[derive(Debug)]
pub(crate) struct Codes {
    pub(crate) unknown_column: &'static Kind,
    pub(crate) bad_value: &'static Kind,
    pub(crate) no_service: &'static Kind,
}

pub(crate) const INSERT: Codes = Codes {
    unknown_column: &document::UNKNOWN_TABLE_COLUMNS,
    bad_value: &document::INVALID_COLUMN_VALUES,
    no_service: &document::UNSUPPORTED_VECTORIZE_WHEN_MISSING_VECTORIZE_DEFINITION,
};

pub(crate) const UPDATE: Codes = Codes {
    unknown_column: &update::UNKNOWN_TABLE_COLUMNS,
    bad_value: &update::INVALID_UPDATE_COLUMN_VALUES,
    no_service: &update::UNSUPPORTED_VECTORIZE_WHEN_MISSING_VECTORIZE_DEFINITION,
};

/// Finds the columns of an object of values. All that do not exist are told in one error.
pub(crate) fn positions<'v>(
    values: &'v Object,
    table: &TableDefinition,
    codes: &Codes,
) -> Result<Vec<(usize, &'v Value)>, ApiError> {
    let unknown = values
        .keys()
        .map(String::as_str)
        .filter(|name| table.column(name).is_none());
    let unknown = quoted(unknown);
    if !unknown.is_empty() {
        return Err(codes.unknown_column.because(format!(
            "The table has no columns {unknown}. It has: {}.",
            table.names()
        )));
    }
    let found = values
        .iter()
        .filter_map(|(name, value)| Some((table.position(name)?, value)));
    Ok(found.collect())
}

/// Reads values for columns. All that do not fit are told in one error.
pub(crate) fn read(
    values: &Object,
    table: &TableDefinition,
    codes: &Codes,
) -> Result<Assignments, ApiError> {
    let mut reading = Reading::new(codes);
    for (position, value) in positions(values, table, codes)? {
        let column = &table.columns()[position];
        reading.take(column, position, column.column_type.read(value));
    }
    reading.finish()
}

/// Values read one after the other, with what was wrong.
#[derive(Debug)]
pub(crate) struct Reading<'c> {
    codes: &'c Codes,
    assignments: Assignments,
    bad: Vec<String>,
    texts_without_service: Vec<String>,
}

impl<'c> Reading<'c> {
    pub(crate) fn new(codes: &'c Codes) -> Self {
        Self {
            codes,
            assignments: Assignments::default(),
            bad: Vec::new(),
            texts_without_service: Vec::new(),
        }
    }

    pub(crate) fn take(
        &mut self,
        column: &Column,
        position: usize,
        value: Result<Option<CqlValue>, Unreadable>,
    ) {
        match value {
            Ok(value) => self
                .assignments
                .values
                .push((position, value.filter(|value| !value.is_nothing()))),
            Err(Unreadable::Mismatch(mismatch)) => self.bad.push(format!(
                "'{}' of type {} ({})",
                column.name,
                column.column_type.in_cql(),
                mismatch.phrase()
            )),
            Err(Unreadable::NoService) => self.texts_without_service.push(column.name.clone()),
            Err(Unreadable::Text(text)) => self.assignments.texts.push((position, text)),
        }
    }

    pub(crate) fn finish(self) -> Result<Assignments, ApiError> {
        if !self.bad.is_empty() {
            let bad = self.bad.join(", ");
            return Err(self
                .codes
                .bad_value
                .because(format!("Values do not fit their columns: {bad}.")));
        }
        if !self.texts_without_service.is_empty() {
            let columns = quoted(self.texts_without_service.iter().map(String::as_str));
            return Err(self.codes.no_service.because(format!(
                "There is no embedding service to make vectors from the texts given for {columns}. Give vectors."
            )));
        }
        Ok(self.assignments)
    }
}

/// Reads a row to insert into assignments that have its whole key.
pub(crate) fn read_row(row: &Value, table: &TableDefinition) -> Result<Assignments, ApiError> {
    let none = Object::new();
    let assignments = read(row.as_object().unwrap_or(&none), table, &INSERT)?;
    let given = |position: usize| {
        assignments
            .values
            .iter()
            .any(|(given, value)| *given == position && value.is_some())
    };
    let key = table.key_columns().iter().enumerate();
    let missing = quoted(
        key.filter(|(position, _)| !given(*position))
            .map(|(_, column)| column.name.as_str()),
    );
    if missing.is_empty() {
        return Ok(assignments);
    }
    Err(document::MISSING_PRIMARY_KEY_COLUMNS.because(format!(
        "The row lacks values for columns of the primary key: {missing}. Give every one of them a value."
    )))
}

/// Whether the type is a list, set or map.
pub(crate) fn is_container(column_type: &ColumnType) -> bool {
    matches!(
        column_type,
        ColumnType::List(_) | ColumnType::Set(_) | ColumnType::Map(..)
    )
}
