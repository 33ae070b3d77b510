//! The stamp of the file and the tables that are there from the start.

use rusqlite::Connection;

use super::error::OpenError;

/// "AsDB": marks the file as ours (<https://www.sqlite.org/pragma.html#pragma_application_id>).
const APPLICATION: i64 = 0x4173_4442;
/// The layout below and the form of index entries. Raise it whenever either changes, and migrate in [`prepare`].
const FORMAT: i64 = 1;

/// Documents, vectors and index entries have tables of their own per collection, see `keyspaces.rs`; so have the rows
/// of each table, see `tables.rs`.
const TABLES: &str = "
    CREATE TABLE keyspaces (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        definition TEXT NOT NULL
    ) STRICT;
    CREATE TABLE collections (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        keyspace INTEGER NOT NULL REFERENCES keyspaces (id),
        name TEXT NOT NULL,
        definition TEXT NOT NULL,
        UNIQUE (keyspace, name)
    ) STRICT;
    CREATE TABLE tables (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        keyspace INTEGER NOT NULL REFERENCES keyspaces (id),
        name TEXT NOT NULL,
        definition TEXT NOT NULL,
        UNIQUE (keyspace, name)
    ) STRICT;
    CREATE TABLE types (
        keyspace INTEGER NOT NULL REFERENCES keyspaces (id),
        name TEXT NOT NULL,
        fields TEXT NOT NULL,
        PRIMARY KEY (keyspace, name)
    ) STRICT;
    CREATE TABLE paths (
        id INTEGER PRIMARY KEY,
        path TEXT NOT NULL UNIQUE
    ) STRICT;";

/// Makes a new file ours; refuses one that is not, or that a newer version wrote.
pub(super) fn prepare(connection: &Connection) -> Result<(), OpenError> {
    let application: i64 = connection.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    let found: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    match (application, found) {
        (0, 0) if tables == 0 => create(connection),
        (APPLICATION, FORMAT) => Ok(()),
        (APPLICATION, found) => Err(OpenError::NewerFormat {
            found,
            supported: FORMAT,
        }),
        _ => Err(OpenError::ForeignFile),
    }
}

fn create(connection: &Connection) -> Result<(), OpenError> {
    connection.execute_batch(&format!(
        "BEGIN IMMEDIATE; {TABLES} PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {FORMAT}; COMMIT;"
    ))?;
    Ok(())
}
