//! How a file of an earlier format becomes one of the newest: one step per format, run when the file is opened.
//!
//! A step is one transaction together with the stamp of its format. A process that is killed leaves the file in the format
//! that the last complete step made, and the next opening goes on from there. To change what is stored, add a step to
//! [`STEPS`], and keep a file of the format before it in `tests/stored`.

use rusqlite::{Connection, params};

use super::error::OpenError;

/// Makes a file of the format before it one of its own. It runs inside a transaction, which it must not end.
pub(super) type Step = fn(&Connection) -> rusqlite::Result<()>;

/// The format of the file before any step.
const FIRST: i64 = 1;

/// The steps to formats 2, 3 and so on, in order. Steps that were released are never changed or removed.
pub(super) const STEPS: &[Step] = &[note_versions, index_words];

/// The format that some steps lead to.
pub(super) fn format_after(steps: &[Step]) -> i64 {
    FIRST + i64::try_from(steps.len()).unwrap_or(0)
}

/// Runs the steps that a file of format `found` still needs, each in a transaction of its own.
pub(super) fn run(connection: &Connection, found: i64, steps: &[Step]) -> Result<(), OpenError> {
    let done = usize::try_from(found - FIRST).unwrap_or(0);
    for (step, format) in steps.iter().zip(FIRST + 1..).skip(done) {
        let failed = |source: rusqlite::Error| OpenError::Migration {
            format,
            source: Box::new(source),
        };
        let transaction = connection.unchecked_transaction().map_err(failed)?;
        advance(&transaction, *step, format).map_err(failed)?;
        transaction.commit().map_err(failed)?;
        tracing::info!(format, "migrated the database to a newer format");
    }
    Ok(())
}

/// Runs all steps inside the transaction that makes a new file.
pub(super) fn run_all(connection: &Connection) -> rusqlite::Result<()> {
    let mut steps = STEPS.iter().zip(FIRST + 1..);
    steps.try_for_each(|(step, format)| advance(connection, *step, format))
}

fn advance(connection: &Connection, step: Step, format: i64) -> rusqlite::Result<()> {
    step(connection)?;
    connection.execute(
        "INSERT INTO versions (format, version) VALUES (?1, ?2)",
        params![format, env!("CARGO_PKG_VERSION")],
    )?;
    connection.pragma_update(None, "user_version", format)
}

/// The version of this crate that brought a file to a format, if the file says so.
pub(super) fn version_of(connection: &Connection, format: i64) -> Option<String> {
    let sql = "SELECT version FROM versions WHERE format = ?1";
    connection.query_row(sql, [format], |row| row.get(0)).ok()
}

/// Format 2 records which version of this crate made each format, so that an older one can name the version it needs.
fn note_versions(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(
        "CREATE TABLE versions (format INTEGER PRIMARY KEY, version TEXT NOT NULL) STRICT;",
    )
}

/// Format 3 has index entries for the words of `$lexical`. Collections of earlier formats have no lexical search and keep it
/// so; the format only keeps versions that know nothing of such entries from writing documents without them.
#[expect(
    clippy::unnecessary_wraps,
    reason = "a step can fail; this one has nothing to do"
)]
fn index_words(_: &Connection) -> rusqlite::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests;
