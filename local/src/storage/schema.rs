//! The stamp of the file and the tables that are there from the start.

use rusqlite::Connection;

use super::error::OpenError;
use super::migrations;

/// "AsDB": marks the file as ours (<https://www.sqlite.org/pragma.html#pragma_application_id>).
const APPLICATION: i64 = 0x4173_4442;

/// The layout of the first format; the steps of `migrations.rs` have changed it since. Documents, vectors and index entries have tables of their own per collection, see `keyspaces.rs`; so have the rows
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

/// Makes a new file ours and one of an earlier format one of the newest; refuses those of other programs and newer versions.
pub(super) fn prepare(connection: &Connection) -> Result<(), OpenError> {
    match stamp(connection)? {
        Stamp::New => Ok(create(connection)?),
        Stamp::Ours(found) => migrations::run(connection, found, migrations::STEPS),
    }
}

/// What a file says about itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stamp {
    /// It is empty.
    New,
    /// It is ours, in this format.
    Ours(i64),
}

impl Stamp {
    /// The stamp of a file that this version has made or migrated.
    pub(super) fn newest() -> Self {
        Self::Ours(migrations::format_after(migrations::STEPS))
    }
}

/// Reads the stamp of a file.
///
/// # Errors
///
/// If the file is of another program or of a newer version.
pub(super) fn stamp(connection: &Connection) -> Result<Stamp, OpenError> {
    let number = |sql| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
    let application = number("PRAGMA application_id")?;
    let found = number("PRAGMA user_version")?;
    let tables = number("SELECT count(*) FROM sqlite_schema")?;
    let supported = migrations::format_after(migrations::STEPS);
    match (application, found) {
        (0, 0) if tables == 0 => Ok(Stamp::New),
        (APPLICATION, found) if (1..=supported).contains(&found) => Ok(Stamp::Ours(found)),
        (APPLICATION, found) => Err(OpenError::NewerFormat {
            found,
            supported,
            version: migrations::version_of(connection, found),
        }),
        _ => Err(OpenError::ForeignFile),
    }
}

fn create(connection: &Connection) -> rusqlite::Result<()> {
    let transaction = connection.unchecked_transaction()?;
    transaction.execute_batch(TABLES)?;
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    migrations::run_all(&transaction)?;
    transaction.commit()
}
