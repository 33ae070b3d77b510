//! Rows sorted in memory: nothing comes before everything, and some types have an order of their own here.
//!
//! The real server sorts with the comparisons of its language, not with those of its database.

use std::cmp::Ordering;

use crate::error::{ApiError, database};
use crate::table::column_type::{ColumnType, Scalar};
use crate::table::definition::{Direction, TableDefinition};
use crate::table::row::Row;
use crate::table::value::CqlValue;

/// Whether the columns have an order in memory. Those of lists, sets, maps, user-defined types, durations and addresses
/// have none in the real server's language.
pub(crate) fn check_sortable(
    columns: &[(usize, Direction)],
    table: &TableDefinition,
) -> Result<(), ApiError> {
    let has_order = |column_type: &ColumnType| {
        let scalar = column_type.scalar();
        scalar.is_some_and(|scalar| !matches!(scalar, Scalar::Duration | Scalar::Inet))
    };
    let mut sorted = columns
        .iter()
        .map(|(position, _)| &table.columns()[*position]);
    match sorted.find(|column| !has_order(&column.column_type)) {
        None => Ok(()),
        Some(column) => Err(database::UNEXPECTED_DRIVER_ERROR.because(format!(
            "Rows cannot be sorted by the column '{}': values of type {} have no order in memory.",
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

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> TableDefinition {
        let column = |name: &str, scalar| (name.to_owned(), ColumnType::Scalar(scalar));
        TableDefinition::new(
            vec![column("id", Scalar::Text)],
            Vec::new(),
            vec![
                column("address", Scalar::Inet),
                column("uuid", Scalar::Uuid),
            ],
        )
    }

    fn row(id: &str, uuid: Option<&str>) -> Row {
        let mut row = Row::of_key(vec![CqlValue::Text(id.to_owned())], &table());
        row.set(
            2,
            uuid.map(|uuid| CqlValue::Uuid(uuid.parse().expect("a UUID"))),
        );
        row
    }

    #[test]
    fn rows_without_a_value_come_first_and_in_the_other_direction_last() {
        let (with, without) = (
            row("a", Some("00000000-0000-0000-0000-000000000001")),
            row("a", None),
        );
        let by = |direction| compare_rows(&[(2, direction)], &without, &with);
        assert_eq!(by(Direction::Ascending), Ordering::Less);
        assert_eq!(by(Direction::Descending), Ordering::Greater);
    }

    #[test]
    fn texts_compare_by_utf_16_and_uuids_as_signed_numbers() {
        let by_id = |one: &str, other: &str| {
            compare_rows(
                &[(0, Direction::Ascending)],
                &row(one, None),
                &row(other, None),
            )
        };
        assert_eq!(by_id("\u{10000}", "\u{ffff}"), Ordering::Less);
        assert_eq!(by_id("a", "b"), Ordering::Less);
        let high = row("a", Some("ffffffff-0000-0000-0000-000000000001"));
        let low = row("a", Some("00000000-0000-0000-0000-000000000001"));
        assert_eq!(
            compare_rows(&[(2, Direction::Ascending)], &high, &low),
            Ordering::Less
        );
    }

    #[test]
    fn the_next_column_decides_where_the_first_is_equal() {
        let (one, other) = (
            row("a", None),
            row("a", Some("00000000-0000-0000-0000-000000000001")),
        );
        let columns = [(0, Direction::Ascending), (2, Direction::Descending)];
        assert_eq!(compare_rows(&columns, &one, &other), Ordering::Greater);
    }

    #[test]
    fn addresses_cannot_be_sorted_in_memory() {
        assert!(check_sortable(&[(0, Direction::Ascending)], &table()).is_ok());
        let refused =
            check_sortable(&[(1, Direction::Ascending)], &table()).map_err(|error| error.kind);
        assert_eq!(refused, Err(&database::UNEXPECTED_DRIVER_ERROR));
    }
}
