//! Whether everything in a file is whole and agrees: pages, definitions, documents with their index entries and vectors,
//! rows with their keys.

mod documents;
mod rows;

use std::path::Path;

use rusqlite::Connection;

use super::catalogue::Catalogue;
use super::load;
use super::maintenance::{self, MaintenanceError};

/// Problems that are listed one by one for the file and each collection and table; further ones are counted.
const LISTED: usize = 20;

/// What a check has found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Check {
    /// Everything that is wrong.
    pub problems: Vec<Problem>,
    /// Documents that were read.
    pub documents: u64,
    /// Index entries that belong to a document.
    pub entries: u64,
    /// Vectors that belong to a document.
    pub vectors: u64,
    /// Rows that were read.
    pub rows: u64,
}

/// Something that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// The file, or the collection or table as `keyspace.name`.
    pub place: String,
    /// What is wrong there.
    pub what: String,
    /// Whether it is in what can be made anew from documents and rows.
    pub is_repairable: bool,
}

/// Reads everything in the database of a directory, also while another process serves it, and changes nothing.
///
/// # Errors
///
/// If there is no database, or it cannot be read at all.
pub fn check(directory: &Path) -> Result<Check, MaintenanceError> {
    let connection = maintenance::open_reader(directory)?;
    let snapshot = connection.unchecked_transaction()?;
    maintenance::require_newest(&snapshot)?;
    check_open(&snapshot)
}

/// Checks an open database of the newest format.
pub(super) fn check_open(connection: &Connection) -> Result<Check, MaintenanceError> {
    let mut check = Check::default();
    for problem in maintenance::integrity(connection, LISTED)? {
        check.report("file", problem, true);
    }
    check.catalogue(connection, &load::catalogue(connection)?);
    Ok(check)
}

impl Check {
    fn catalogue(&mut self, connection: &Connection, catalogue: &Catalogue) {
        for keyspace in catalogue.keyspaces() {
            for collection in keyspace.collections() {
                let place = format!("{}.{}", keyspace.name, collection.name);
                let checked = documents::check(self, connection, collection, &place);
                self.note_failure(&place, checked);
            }
            for table in keyspace.tables() {
                let place = format!("{}.{}", keyspace.name, table.name);
                let checked = rows::check(self, connection, table, &place);
                self.note_failure(&place, checked);
            }
        }
    }

    /// A read that fails is a problem of what is read, and no reason to leave the rest unchecked.
    fn note_failure(&mut self, place: &str, checked: rusqlite::Result<()>) {
        if let Err(error) = checked {
            self.report(place, format!("reading stopped: {error}"), false);
        }
    }

    fn report(&mut self, place: &str, what: String, is_repairable: bool) {
        self.problems.push(Problem {
            place: place.to_owned(),
            what,
            is_repairable,
        });
    }
}

/// Problems of one kind in one collection or table: the first are listed, the others counted.
#[derive(Debug, Default)]
struct Found {
    listed: Vec<String>,
    count: u64,
}

impl Found {
    fn add(&mut self, what: impl FnOnce() -> String) {
        self.count += 1;
        if self.listed.len() < LISTED {
            self.listed.push(what());
        }
    }

    fn report(self, check: &mut Check, place: &str, is_repairable: bool) {
        let further = self.count - self.listed.len() as u64;
        for what in self.listed {
            check.report(place, what, is_repairable);
        }
        if further > 0 {
            check.report(place, format!("{further} more of this kind"), is_repairable);
        }
    }
}
