//! Making everything anew that can be made from documents and rows, and giving space back.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use rusqlite::Connection;

use super::backup::settle;
use super::catalogue::Catalogue;
use super::check::{Check, check_open};
use super::collection::Collection;
use super::connection::Location;
use super::load;
use super::lock::DirectoryLock;
use super::maintenance::{self, MaintenanceError, Partial};
use super::path_numbers::PathNumbers;
use super::reader::Reader;
use super::schema;
use super::writer::Writer;
use crate::document::derived::derive;

/// Tables that are made anew from the documents, by the beginnings of their names.
const DERIVED: [&str; 3] = ["entries_", "vectors_", "paths"];

/// What a repair has found and done.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Repair {
    /// What was wrong before.
    pub before: Check,
    /// What is still wrong. It needs a backup. None where nothing was wrong.
    pub after: Option<Check>,
}

/// What compaction has done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Compaction {
    /// Bytes of the file and its log before.
    pub before: u64,
    /// Bytes of the file after.
    pub after: u64,
    /// Paths that no document uses.
    pub paths: usize,
}

/// Checks the database of a directory and, if something is wrong, writes a new file from its documents and rows with all
/// indexes made anew, and puts it in the place of the old one, which is kept as `astra.db.damaged`.
///
/// # Errors
///
/// If the directory is in use, or a document or row cannot be read: nothing is thrown away silently.
pub fn repair(directory: &Path) -> Result<Repair, MaintenanceError> {
    let (_lock, connection) = open_alone(directory)?;
    let before = check_open(&connection)?;
    if before.problems.is_empty() {
        let after = None;
        return Ok(Repair { before, after });
    }
    let target = Location::path_in(directory);
    let partial = Partial::beside(&target)?;
    let after = rebuild(&connection, partial.path())?;
    connection.close().map_err(|(_, error)| error)?;
    settle(&target)?;
    let kept = target.with_extension("db.damaged");
    // A second name for the old file: there is one under the first name at every moment.
    let _ = fs::remove_file(&kept);
    fs::hard_link(&target, &kept).map_err(|error| partial.failed(error))?;
    partial.persist()?;
    let after = Some(after);
    Ok(Repair { before, after })
}

/// Removes paths that no document has and writes the file anew without the space that deleted data has left.
///
/// # Errors
///
/// If the directory is in use, or there is no room for a second copy of the file.
pub fn compact(directory: &Path) -> Result<Compaction, MaintenanceError> {
    let (_lock, connection) = open_alone(directory)?;
    let bytes = || {
        let usage = Location::file(directory).disk_usage();
        usage.map_or(0, |usage| usage.database + usage.log)
    };
    let before = bytes();
    let catalogue = load::catalogue(&connection)?;
    let paths = remove_unused_paths(&connection, &catalogue)?;
    connection.execute_batch("VACUUM; PRAGMA wal_checkpoint(TRUNCATE);")?;
    connection.close().map_err(|(_, error)| error)?;
    Ok(Compaction {
        before,
        after: bytes(),
        paths,
    })
}

/// Opens a database that no other process has open, in the newest format.
fn open_alone(directory: &Path) -> Result<(DirectoryLock, Connection), MaintenanceError> {
    maintenance::require(directory)?;
    let lock = DirectoryLock::take(directory)?;
    let connection = Location::file(directory).connect_writer()?;
    schema::prepare(&connection)?;
    Ok((lock, connection))
}

fn remove_unused_paths(connection: &Connection, catalogue: &Catalogue) -> rusqlite::Result<usize> {
    let transaction = connection.unchecked_transaction()?;
    transaction.execute_batch("CREATE TEMP TABLE used (path INTEGER PRIMARY KEY)")?;
    for collection in collections(catalogue) {
        let id = collection.id;
        // Each step looks for the next path behind the last one, so it costs the paths and not the entries.
        transaction.execute_batch(&format!(
            "INSERT OR IGNORE INTO used
             WITH RECURSIVE next (path) AS (
                 SELECT min(path) FROM entries_{id}
                 UNION ALL
                 SELECT (SELECT min(path) FROM entries_{id} WHERE path > next.path) FROM next WHERE path IS NOT NULL
             ) SELECT path FROM next WHERE path IS NOT NULL"
        ))?;
    }
    let removed = transaction.execute("DELETE FROM paths WHERE id NOT IN used", [])?;
    transaction.execute_batch("DROP TABLE used")?;
    transaction.commit()?;
    Ok(removed)
}

fn collections(catalogue: &Catalogue) -> impl Iterator<Item = &Arc<Collection>> {
    let keyspaces = catalogue.keyspaces();
    keyspaces.flat_map(|keyspace| keyspace.collections())
}

/// Writes a new file from what is in an open one, and checks it.
fn rebuild(old: &Connection, file: &Path) -> Result<Check, MaintenanceError> {
    let new = Connection::open(file)?;
    new.pragma_update(None, "journal_mode", "off")?;
    new.pragma_update(None, "synchronous", "off")?;
    for stamp in ["application_id", "user_version"] {
        let value: i64 = old.query_row(&format!("PRAGMA {stamp}"), [], |row| row.get(0))?;
        new.pragma_update(None, stamp, value)?;
    }
    let indexes = copy_tables(old, &new)?;
    let catalogue = Arc::new(load::catalogue(&new)?);
    let mut writer = Writer {
        reader: Reader::new(&new),
        catalogue: Arc::clone(&catalogue),
        paths: &mut PathNumbers::default(),
    };
    writer.execute("BEGIN")?;
    for collection in collections(&catalogue) {
        derive_all(&mut writer, collection)?;
    }
    writer.execute("COMMIT")?;
    for index in indexes {
        new.execute_batch(&index)?;
    }
    let check = check_open(&new)?;
    new.close().map_err(|(_, error)| error)?;
    Ok(check)
}

/// Makes all tables, and fills those that are not derived from others. Returns the SQL of the indexes.
fn copy_tables(old: &Connection, new: &Connection) -> Result<Vec<String>, MaintenanceError> {
    let mut indexes = Vec::new();
    let mut schema = old.prepare(
        "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
    )?;
    let mut rows = schema.query([])?;
    let path = old.path().unwrap_or_default().to_owned();
    new.execute("ATTACH DATABASE ?1 AS old", [path])?;
    while let Some(row) = rows.next()? {
        let (kind, name, sql): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        if kind == "index" {
            indexes.push(sql);
            continue;
        }
        new.execute_batch(&sql)?;
        if !DERIVED.iter().any(|prefix| name.starts_with(prefix)) {
            new.execute_batch(&format!(
                "INSERT INTO main.{name} SELECT * FROM old.{name} NOT INDEXED"
            ))?;
        }
    }
    // Numbers of dropped collections and tables are not given out again.
    new.execute_batch(
        "DELETE FROM main.sqlite_sequence;
         INSERT INTO main.sqlite_sequence SELECT * FROM old.sqlite_sequence; DETACH DATABASE old;",
    )?;
    Ok(indexes)
}

/// Makes the index entries and vectors of a collection. Documents that cannot be read get none; the check names them.
fn derive_all(writer: &mut Writer<'_>, collection: &Collection) -> Result<(), MaintenanceError> {
    let connection = writer.connection;
    let id = collection.id;
    let mut documents = connection.prepare(&format!("SELECT id, json FROM documents_{id}"))?;
    let mut rows = documents.query([])?;
    while let Some(row) = rows.next()? {
        let number: i64 = row.get(0)?;
        let json = row.get_ref(1)?.as_str().ok();
        let Some(derived) = json.and_then(|json| derive(json, &collection.rules)) else {
            continue;
        };
        if let Some(vector) = &derived.vector {
            writer.set_vector(collection, number, vector)?;
        }
        writer.change_entries(collection, number, &[], &derived.entries)?;
    }
    Ok(())
}
