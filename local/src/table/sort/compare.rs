//! Rows sorted in memory: nothing comes before everything, and some types have an order of their own here.
//!
//! The real server sorts with the comparisons of its language, not with those of its database.

use std::cmp::Ordering;

use crate::error::{ApiError, database};
use crate::table::column_type::{ColumnType, Scalar};
use crate::table::definition::{Column, Direction, TableDefinition};
use crate::table::row::Row;
use crate::table::value::CqlValue;
use crate::utf16;

/// Sorts what holds rows by some of their columns.
///
/// # Errors
///
/// If two values must be compared that have no order in the real server's language: those of lists, sets, maps,
/// user-defined types, durations and addresses. Whichever way rows are sorted, neighbors are compared; so there is an
/// error if and only if two rows are equal in the columns before and both have such a value.
pub(crate) fn sort_rows<T>(
    rows: &mut [T],
    row: impl Fn(&T) -> &Row,
    columns: &[(usize, Direction)],
    table: &TableDefinition,
) -> Result<(), ApiError> {
    let mut unordered = None;
    rows.sort_by(|one, other| {
        compare_rows(columns, table, row(one), row(other)).unwrap_or_else(|column| {
            unordered = Some(column);
            Ordering::Equal
        })
    });
    match unordered {
        None => Ok(()),
        Some(column) => Err(database::UNEXPECTED_DRIVER_ERROR.because(format!(
            "Rows cannot be sorted by the column '{}': values of type {} have no order in memory. Sort by another column, or filter so that no two such values are left.",
            column.name,
            column.column_type.in_cql()
        ))),
    }
}

/// The order of two rows, or the column that would have to decide and cannot.
fn compare_rows<'t>(
    columns: &[(usize, Direction)],
    table: &'t TableDefinition,
    one: &Row,
    other: &Row,
) -> Result<Ordering, &'t Column> {
    for (position, direction) in columns {
        let column = &table.columns()[*position];
        let (one, other) = (one.value(*position), other.value(*position));
        if must_compare_without_order(&column.column_type, one, other) {
            return Err(column);
        }
        let order = compare(one, other);
        if order.is_ne() {
            return Ok(if direction.is_descending() {
                order.reverse()
            } else {
                order
            });
        }
    }
    Ok(Ordering::Equal)
}

/// Whether two values are to be compared whose type has no order. A list, set or map without elements is a value, though
/// it looks as if there were none.
fn must_compare_without_order(
    column_type: &ColumnType,
    one: Option<&CqlValue>,
    other: Option<&CqlValue>,
) -> bool {
    match column_type {
        ColumnType::List(_) | ColumnType::Set(_) | ColumnType::Map(..) => true,
        ColumnType::UserType(_) | ColumnType::Scalar(Scalar::Duration | Scalar::Inet) => {
            one.is_some() && other.is_some()
        }
        ColumnType::Scalar(_) | ColumnType::Vector(_) => false,
    }
}

fn compare(one: Option<&CqlValue>, other: Option<&CqlValue>) -> Ordering {
    match (one, other) {
        (Some(CqlValue::Text(one)), Some(CqlValue::Text(other))) => utf16::compare(one, other),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::column_type::Element;

    fn table() -> TableDefinition {
        let column = |name: &str, column_type| (name.to_owned(), column_type);
        TableDefinition::new(
            vec![column("id", ColumnType::Scalar(Scalar::Text))],
            Vec::new(),
            vec![
                column("address", ColumnType::Scalar(Scalar::Inet)),
                column("list", ColumnType::List(Element::Scalar(Scalar::Int))),
                column("uuid", ColumnType::Scalar(Scalar::Uuid)),
            ],
        )
    }

    fn row(id: &str, values: &[(usize, CqlValue)]) -> Row {
        let mut row = Row::of_key(vec![CqlValue::Text(id.to_owned())], &table());
        for (position, value) in values {
            row.set(*position, Some(value.clone()));
        }
        row
    }

    fn uuid(text: &str) -> CqlValue {
        CqlValue::Uuid(text.parse().expect("a UUID"))
    }

    fn by(columns: &[(usize, Direction)], one: &Row, other: &Row) -> Option<Ordering> {
        compare_rows(columns, &table(), one, other).ok()
    }

    #[test]
    fn rows_without_a_value_come_first_and_in_the_other_direction_last() {
        let with = row("a", &[(3, uuid("00000000-0000-0000-0000-000000000001"))]);
        let by = |direction| by(&[(3, direction)], &row("a", &[]), &with);
        assert_eq!(by(Direction::Ascending), Some(Ordering::Less));
        assert_eq!(by(Direction::Descending), Some(Ordering::Greater));
    }

    #[test]
    fn texts_compare_by_utf_16_and_uuids_as_signed_numbers() {
        let by_id = |one: &str, other: &str| {
            by(
                &[(0, Direction::Ascending)],
                &row(one, &[]),
                &row(other, &[]),
            )
        };
        assert_eq!(by_id("\u{10000}", "\u{ffff}"), Some(Ordering::Less));
        assert_eq!(by_id("a", "b"), Some(Ordering::Less));
        let high = row("a", &[(3, uuid("ffffffff-0000-0000-0000-000000000001"))]);
        let low = row("a", &[(3, uuid("00000000-0000-0000-0000-000000000001"))]);
        assert_eq!(
            by(&[(3, Direction::Ascending)], &high, &low),
            Some(Ordering::Less)
        );
    }

    #[test]
    fn the_next_column_decides_where_the_first_is_equal() {
        let other = row("a", &[(3, uuid("00000000-0000-0000-0000-000000000001"))]);
        let columns = [(0, Direction::Ascending), (3, Direction::Descending)];
        assert_eq!(
            by(&columns, &row("a", &[]), &other),
            Some(Ordering::Greater)
        );
    }

    #[test]
    fn values_without_an_order_are_refused_only_where_two_must_be_compared() {
        let address = |last: u8| (1, CqlValue::Inet([10, 0, 0, last].into()));
        let list = (2, CqlValue::List(vec![CqlValue::Int(1)]));
        let sorted = |columns: &[usize], rows: &[Row]| {
            let columns: Vec<_> = columns
                .iter()
                .map(|column| (*column, Direction::Ascending))
                .collect();
            let sorted = sort_rows(&mut rows.to_vec(), |row| row, &columns, &table());
            sorted.map_err(|error| error.kind)
        };
        let none = row("a", &[]);
        let (one, other) = (row("b", &[address(1)]), row("c", &[address(2)]));
        let (full, fuller) = (row("b", std::slice::from_ref(&list)), row("b", &[list]));
        let refused = Err(&database::UNEXPECTED_DRIVER_ERROR);
        for (columns, rows, expected) in [
            (&[1][..], vec![one.clone()], Ok(())),
            (&[1], vec![one.clone(), none.clone(), none.clone()], Ok(())),
            (
                &[1],
                vec![other.clone(), none.clone(), one.clone()],
                refused,
            ),
            (&[0, 1], vec![one.clone(), other.clone()], Ok(())),
            (&[0, 1], vec![one.clone(), one.clone()], refused),
            (&[2], vec![full.clone()], Ok(())),
            (&[2], vec![none.clone(), none.clone()], refused),
            (&[2], vec![none.clone(), full.clone()], refused),
            (&[0, 2], vec![none, full.clone()], Ok(())),
            (&[0, 2], vec![full, fuller], refused),
        ] {
            assert_eq!(sorted(columns, &rows), expected, "{columns:?}: {rows:?}");
        }
    }
}
