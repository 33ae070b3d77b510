//! Rows of a table in memory.

use crate::document::token;
use crate::error::{ApiError, database};
use crate::json::Object;
use crate::number;
use crate::table::definition::{Column, TableDefinition};
use crate::table::value::CqlValue;
use crate::table::value::partition::partition_key;

/// The values of a row, in the order of the table's columns.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    values: Vec<Option<CqlValue>>,
}

impl Row {
    /// `values` has one value for each column.
    pub(crate) fn new(values: Vec<Option<CqlValue>>) -> Self {
        Self { values }
    }

    /// A row with its key and nothing else.
    pub(crate) fn of_key(key: Vec<CqlValue>, table: &TableDefinition) -> Self {
        let mut values: Vec<_> = key.into_iter().map(Some).collect();
        values.resize(table.columns().len(), None);
        Self { values }
    }

    pub(crate) fn value(&self, position: usize) -> Option<&CqlValue> {
        self.values.get(position)?.as_ref()
    }

    pub(crate) fn set(&mut self, position: usize, value: Option<CqlValue>) {
        if let Some(place) = self.values.get_mut(position) {
            *place = value;
        }
    }

    /// About how many bytes the row takes in an answer.
    pub(crate) fn bytes(&self) -> usize {
        self.values.iter().flatten().map(CqlValue::bytes).sum()
    }

    /// Whether there is a value beside the first so many, which are the key.
    pub(crate) fn has_values_beside(&self, key: usize) -> bool {
        self.values.iter().skip(key).any(Option::is_some)
    }

    /// The row as the API shows it: columns without a value are left out.
    pub(crate) fn to_object<'t>(
        &self,
        selected: impl IntoIterator<Item = (usize, &'t Column)>,
    ) -> Object {
        let shown = |(position, column): (usize, &Column)| {
            let value = self.value(position)?;
            Some((column.name.clone(), value.to_json(&column.column_type)))
        };
        selected.into_iter().filter_map(shown).collect()
    }
}

/// The bytes that order rows: by the token of the partition as in the real database, then by partition columns, then by
/// clustering columns in their directions. No key's bytes begin with those of another, and equal leading columns make
/// equal leading bytes.
pub(crate) fn key_bytes(key: &[CqlValue], table: &TableDefinition) -> Vec<u8> {
    let (partition, clustering) = key.split_at(table.partition_columns().len().min(key.len()));
    let mut bytes = partition_bytes(&partition.iter().collect::<Vec<_>>(), table);
    for (number, value) in clustering.iter().enumerate() {
        value.encode_ordered(is_descending(partition.len() + number, table), &mut bytes);
    }
    bytes
}

/// The bytes with which the keys of a partition begin.
pub(crate) fn partition_bytes(values: &[&CqlValue], table: &TableDefinition) -> Vec<u8> {
    let columns = table.partition_columns().iter();
    let typed: Vec<_> = values
        .iter()
        .copied()
        .zip(columns.map(|column| column.column_type.scalar()))
        .collect();
    let token = token::of_partition(&partition_key(&typed));
    let mut bytes = number::ordered(token).to_vec();
    for value in values {
        value.encode_ordered(false, &mut bytes);
    }
    bytes
}

/// Whether the key column at a position orders rows against its values.
pub(crate) fn is_descending(position: usize, table: &TableDefinition) -> bool {
    let clustering = position.checked_sub(table.partition_columns().len());
    let direction = clustering.and_then(|position| table.clustering().get(position));
    direction.is_some_and(|direction| direction.is_descending())
}

/// Bytes of all partition columns of a key as the database writes them, and of all its clustering columns.
pub(crate) const MAX_KEY_BYTES: usize = 65_535;

/// What the database asks of a key: it is not too long, and a partition key of one column is not empty.
pub(crate) fn check_key(key: &[CqlValue], table: &TableDefinition) -> Result<(), ApiError> {
    let empty = |value: &CqlValue| match value {
        CqlValue::Text(text) => text.is_empty(),
        CqlValue::Blob(bytes) => bytes.is_empty(),
        _ => false,
    };
    if let ([_], Some(sole)) = (table.partition_columns(), key.first())
        && empty(sole)
    {
        return Err(database::INVALID_DATABASE_QUERY.because(format!(
            "The partition key '{}' must not be empty.",
            table.columns()[0].name
        )));
    }
    let (partition, clustering) = key.split_at(table.partition_columns().len().min(key.len()));
    let scalars = table
        .key_columns()
        .iter()
        .map(|column| column.column_type.scalar());
    let typed: Vec<_> = partition.iter().zip(scalars.clone()).collect();
    let sorted = clustering.iter().zip(scalars.skip(partition.len()));
    let sorted: usize = sorted
        .map(|(value, scalar)| value.serialized(scalar).len())
        .sum();
    if partition_key(&typed).len().max(sorted) > MAX_KEY_BYTES {
        return Err(database::INVALID_DATABASE_QUERY.because(format!(
            "The primary key is too long: its partition columns and its clustering columns can have {MAX_KEY_BYTES} bytes each."
        )));
    }
    Ok(())
}
