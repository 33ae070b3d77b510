//! Rows sorted in memory.

use std::ops::ControlFlow;

use super::select::{Selection, each_row};
use crate::error::{ApiError, sort};
use crate::storage::rows::Reading;
use crate::storage::{Reader, Table};
use crate::table::definition::Direction;
use crate::table::row::Row;
use crate::table::sort::sort_rows;

/// Rows that are sorted in memory at most.
const MAX_SORTED: usize = 10_000;

/// All rows of a selection, in order of some of its columns.
pub(super) fn in_order(
    reader: &Reader<'_>,
    table: &Table,
    selection: Selection<'_>,
    columns: &[(usize, Direction)],
) -> Result<Vec<Row>, ApiError> {
    let mut rows = Vec::new();
    each_row(
        reader,
        table,
        selection,
        Reading::Forwards,
        None,
        &mut |_, row| {
            if rows.len() == MAX_SORTED {
                return Err(sort::OVERLOADED_SORT_ROW_LIMIT.because(format!(
                "More than {MAX_SORTED} rows would have to be sorted in memory. Filter further, or sort by clustering columns inside a partition."
            )));
            }
            rows.push(row);
            Ok(ControlFlow::Continue(()))
        },
    )?;
    sort_rows(&mut rows, columns, &table.definition)?;
    Ok(rows)
}
