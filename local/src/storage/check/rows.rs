//! Rows, and whether they are filed under their own keys.

use rusqlite::{Connection, Row};

use super::{Check, Found};
use crate::storage::rows::read_columns;
use crate::storage::table::Table;
use crate::table::row::key_bytes;
use crate::table::value::CqlValue;

/// Checks a table. An error is one of reading.
pub(super) fn check(
    check: &mut Check,
    connection: &Connection,
    table: &Table,
    place: &str,
) -> rusqlite::Result<()> {
    let mut statement = connection.prepare(&table.sql.select)?;
    let mut rows = statement.query([])?;
    let mut wrong = Found::default();
    let mut number = 0;
    while let Some(row) = rows.next()? {
        number += 1;
        if let Some(problem) = problem_of(row, table) {
            wrong.add(|| format!("row {number} in the order of keys {problem}"));
        }
    }
    check.rows += number;
    wrong.report(check, place, false);
    Ok(())
}

fn problem_of(row: &Row<'_>, table: &Table) -> Option<&'static str> {
    let all = vec![true; table.definition.columns().len()];
    let Ok(read) = read_columns(row, &table.definition, &all) else {
        return Some("has a value that cannot be read");
    };
    let keys = 0..table.definition.key_columns().len();
    let key: Option<Vec<CqlValue>> = keys.map(|position| read.value(position).cloned()).collect();
    let stored = row.get_ref(0).ok().and_then(|key| key.as_blob().ok());
    match (key, stored) {
        (Some(key), Some(stored)) if key_bytes(&key, &table.definition) == stored => None,
        _ => Some("is filed under another key than its own"),
    }
}
