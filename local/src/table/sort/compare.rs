//! Rows sorted in memory: nothing comes before everything, and some types have an order of their own here.
//!
//! The real server sorts with the comparisons of its language, not with those of its database.

use std::cmp::Ordering;

use crate::error::{ApiError, database};
use crate::table::column_type::ColumnType;
use crate::table::column_type::Scalar;
use crate::table::definition::{Direction, TableDefinition};
use crate::table::row::Row;
use crate::table::value::CqlValue;

/// Whether the columns have an order in memory.
pub(crate) fn check_sortable(
    columns: &[(usize, Direction)],
    table: &TableDefinition,
) -> Result<(), ApiError> {
    let sortable = |column_type: &ColumnType| matches!(column_type, ColumnType::Scalar(scalar) if *scalar != Scalar::Duration);
    let unsortable = columns
        .iter()
        .map(|(position, _)| &table.columns()[*position]);
    match unsortable
        .into_iter()
        .find(|column| !sortable(&column.column_type))
    {
        None => Ok(()),
        Some(column) => Err(database::UNEXPECTED_DRIVER_ERROR.because(format!(
            "Rows cannot be sorted by the column '{}': values of type {} have no order.",
            column.name,
            column.column_type.in_cql()
        ))),
    }
}

pub(crate) fn compare_rows(columns: &[(usize, Direction)], one: &Row, other: &Row) -> Ordering {
    let orders = columns.iter().map(|(position, direction)| {
        let order = compare(one.value(*position), other.value(*position));
        if direction.is_descending() {
            order.reverse()
        } else {
            order
        }
    });
    orders.fold(Ordering::Equal, Ordering::then)
}

fn compare(one: Option<&CqlValue>, other: Option<&CqlValue>) -> Ordering {
    match (one, other) {
        (Some(CqlValue::Text(one)), Some(CqlValue::Text(other))) => {
            one.encode_utf16().cmp(other.encode_utf16())
        }
        (Some(CqlValue::Uuid(one)), Some(CqlValue::Uuid(other))) => {
            let halves = |uuid: &uuid::Uuid| {
                let (high, low) = uuid.as_u64_pair();
                (high.cast_signed(), low.cast_signed())
            };
            halves(one).cmp(&halves(other))
        }
        (Some(CqlValue::Blob(one)), Some(CqlValue::Blob(other))) => {
            let signed = |bytes: &[u8]| {
                bytes
                    .iter()
                    .map(|byte| byte.cast_signed())
                    .collect::<Vec<_>>()
            };
            signed(one).cmp(&signed(other))
        }
        (Some(one), Some(other)) => one.compare(other),
        (one, other) => one.is_some().cmp(&other.is_some()),
    }
}
