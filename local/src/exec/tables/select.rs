//! Reading the rows a condition selects.

use std::ops::ControlFlow;

use super::page_state::PageState;
use crate::error::ApiError;
use crate::exec::Room;
use crate::storage::rows::{Reading, Visit};
use crate::storage::{Reader, Table};
use crate::table::filter::{Condition, KeyRange, Place, place};
use crate::table::row::Row;

/// Which rows, and what of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Selection<'s> {
    pub(super) condition: &'s Condition,
    /// The positions of the columns that are wanted. All others may look as if they had no value: reading a large one
    /// that nobody asked for is what a projection is to save.
    pub(super) columns: &'s [usize],
}

impl Selection<'_> {
    /// For each column of a table whether it has to be read.
    pub(super) fn mask(&self, table: &Table) -> Vec<bool> {
        let mut mask = vec![false; table.definition.columns().len()];
        let mut set = |position: usize| {
            if let Some(place) = mask.get_mut(position) {
                *place = true;
            }
        };
        self.columns.iter().copied().for_each(&mut set);
        self.condition.columns(&mut set);
        mask
    }
}

/// Shows the rows of a selection with their keys, in order of the keys, until `visit` breaks.
pub(super) fn each_row(
    reader: &Reader<'_>,
    table: &Table,
    selection: Selection<'_>,
    reading: Reading,
    after: Option<&[u8]>,
    visit: &mut Visit<'_, ApiError>,
) -> Result<(), ApiError> {
    let Selection { condition, .. } = selection;
    let mask = selection.mask(table);
    let mut selected = |key: &[u8], row: Row| {
        if condition.holds(&row) {
            visit(key, row)
        } else {
            Ok(ControlFlow::Continue(()))
        }
    };
    let mut ranges = match place(condition, &table.definition) {
        Place::Ranges(ranges) => ranges,
        Place::Lookup(position, values) => {
            let column = &table.definition.columns()[position];
            return reader.rows_with(table, column, &values, after, &mask, &mut selected);
        }
    };
    if reading == Reading::Backwards {
        ranges.reverse();
    }
    if let Some(after) = after {
        ranges = rest_of(ranges, reading, after);
    }
    for range in ranges {
        if reader
            .rows(table, &range, reading, &mask, &mut selected)?
            .is_break()
        {
            break;
        }
    }
    Ok(())
}

/// What of some ranges comes after a key that was read in one of them.
fn rest_of(ranges: Vec<KeyRange>, reading: Reading, after: &[u8]) -> Vec<KeyRange> {
    let mut rest: Vec<_> = ranges
        .into_iter()
        .skip_while(|range| !range.contains(after))
        .collect();
    if let Some(first) = rest.first_mut() {
        match reading {
            Reading::Forwards => first.from = [after, &[0]].concat(),
            Reading::Backwards => first.until = Some(after.to_vec()),
        }
    }
    rest
}

/// Reads a page of at most `size` rows, and where the next one begins if there are more.
pub(super) fn page(
    reader: &Reader<'_>,
    table: &Table,
    selection: Selection<'_>,
    reading: Reading,
    size: usize,
    start: &Start,
    mut room: Room,
) -> Result<(Vec<Row>, Option<PageState>), ApiError> {
    let left = start.remaining.map_or(usize::MAX, |left| {
        usize::try_from(left).unwrap_or(usize::MAX)
    });
    let wanted = size.min(left);
    let (mut rows, mut last, mut more) = (Vec::new(), Vec::new(), false);
    each_row(
        reader,
        table,
        selection,
        reading,
        start.after.as_deref(),
        &mut |key, row| {
            if rows.len() == wanted {
                more = true;
                return Ok(ControlFlow::Break(()));
            }
            room.take(row.bytes())?;
            rows.push(row);
            last.clear();
            last.extend_from_slice(key);
            // With the limit reached, nobody asks whether there are more.
            let done = rows.len() == wanted && wanted == left;
            Ok(if done {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            })
        },
    )?;
    let remaining = start
        .remaining
        .map(|left| left.saturating_sub(rows.len() as u64));
    let next = more.then_some(PageState {
        after: last,
        remaining,
    });
    Ok((rows, next))
}

/// The rows of some keys, each with what its key came with.
pub(super) fn rows_of<T>(
    reader: &Reader<'_>,
    table: &Table,
    selection: Selection<'_>,
    keys: impl Iterator<Item = (impl AsRef<[u8]>, T)>,
    mut room: Room,
) -> Result<Vec<(Row, T)>, ApiError> {
    let mask = selection.mask(table);
    let mut rows = Vec::new();
    for (key, with) in keys {
        if let Some(row) = reader.columns_of_row(table, key.as_ref(), &mask)? {
            room.take(row.bytes())?;
            rows.push((row, with));
        }
    }
    Ok(rows)
}

/// Where a page begins, and how many rows are left to answer in all.
#[derive(Debug, Default)]
pub(super) struct Start {
    pub(super) after: Option<Vec<u8>>,
    pub(super) remaining: Option<u64>,
}
