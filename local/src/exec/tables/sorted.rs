//! Rows sorted in memory.

use std::ops::ControlFlow;

use super::select::{Selection, each_row};
use crate::error::{ApiError, sort};
use crate::exec::Room;
use crate::storage::rows::Reading;
use crate::storage::{Reader, Table};
use crate::table::definition::Direction;
use crate::table::filter::Condition;
use crate::table::sort::sort_rows;

/// Rows that are sorted in memory at most.
const MAX_SORTED: usize = 10_000;

/// The keys of all rows that a condition selects, in order of some of their columns.
pub(super) fn in_order(
    reader: &Reader<'_>,
    table: &Table,
    condition: &Condition,
    columns: &[(usize, Direction)],
    mut room: Room,
) -> Result<Vec<Vec<u8>>, ApiError> {
    let positions: Vec<_> = columns.iter().map(|(position, _)| *position).collect();
    let selection = Selection {
        condition,
        columns: &positions,
    };
    let mut rows = Vec::new();
    each_row(
        reader,
        table,
        selection,
        Reading::Forwards,
        None,
        &mut |key, row| {
            if rows.len() == MAX_SORTED {
                return Err(sort::OVERLOADED_SORT_ROW_LIMIT.because(format!(
                "More than {MAX_SORTED} rows would have to be sorted in memory. Filter further, or sort by clustering columns inside a partition."
            )));
            }
            room.take(row.bytes() + key.len())?;
            rows.push((row, key.to_vec()));
            Ok(ControlFlow::Continue(()))
        },
    )?;
    sort_rows(&mut rows, |(row, _)| row, columns, &table.definition)?;
    Ok(rows.into_iter().map(|(_, key)| key).collect())
}
