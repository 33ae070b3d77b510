//! Documents, and whether index entries and vectors are those of the documents.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, Row, Statement, params};

use super::{Check, Found};
use crate::document::derived::{Derived, derive};
use crate::storage::collection::Collection;
use crate::storage::vectors;

/// Checks a collection. An error is one of reading.
pub(super) fn check(
    check: &mut Check,
    connection: &Connection,
    collection: &Collection,
    place: &str,
) -> rusqlite::Result<()> {
    let id = collection.id;
    let mut documents =
        connection.prepare(&format!("SELECT id, token, key, json FROM documents_{id}"))?;
    let mut lookup = Lookup::new(connection, id)?;
    let (mut unreadable, mut wrong) = (Found::default(), Found::default());
    let mut rows = documents.query([])?;
    let mut read = 0;
    while let Some(row) = rows.next()? {
        read += 1;
        match derived_of(row, collection)? {
            Err(problem) => {
                let number: i64 = row.get(0)?;
                unreadable.add(|| format!("document number {number} {problem}"));
            }
            Ok(derived) => lookup.compare(row.get(0)?, &derived, &mut wrong)?,
        }
    }
    let (entries, vectors) = (lookup.entries, lookup.vectors);
    let all = |table: &str| count(connection, &format!("{table}_{id}"));
    let strays = [
        ("index entries", all("entries")?, entries),
        ("vectors", all("vectors")?, vectors),
    ];
    for (what, all, found) in strays {
        if all > found {
            wrong.add(|| format!("{} {what} belong to no document that has them", all - found));
        }
    }
    check.documents += read;
    check.entries += entries;
    check.vectors += vectors;
    unreadable.report(check, place, false);
    wrong.report(check, place, true);
    Ok(())
}

/// What the text of a document says that its key, index entries and vector are, or what is wrong with the text.
fn derived_of(
    row: &Row<'_>,
    collection: &Collection,
) -> rusqlite::Result<Result<Derived, &'static str>> {
    let Ok(json) = row.get_ref(3)?.as_str() else {
        return Ok(Err("is not text"));
    };
    let Some(derived) = derive(json, &collection.rules) else {
        return Ok(Err("cannot be read"));
    };
    let (token, key): (i64, Vec<u8>) = (row.get(1)?, row.get(2)?);
    if token != derived.token || key != derived.key {
        return Ok(Err("is filed under another `_id` than its own"));
    }
    Ok(Ok(derived))
}

fn count(connection: &Connection, table: &str) -> rusqlite::Result<u64> {
    let sql = format!("SELECT count(*) FROM {table} NOT INDEXED");
    let count: i64 = connection.query_row(&sql, [], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

/// Looks for what a document is to have, and counts what is there.
struct Lookup<'c> {
    paths: HashMap<String, Option<i64>>,
    path: Statement<'c>,
    entry: Statement<'c>,
    vector: Statement<'c>,
    entries: u64,
    vectors: u64,
}

impl<'c> Lookup<'c> {
    fn new(connection: &'c Connection, id: i64) -> rusqlite::Result<Self> {
        Ok(Self {
            paths: HashMap::new(),
            path: connection.prepare("SELECT id FROM paths WHERE path = ?1")?,
            entry: connection.prepare(&format!(
                "SELECT 1 FROM entries_{id} WHERE path = ?1 AND entry = ?2 AND document = ?3"
            ))?,
            vector: connection.prepare(&format!(
                "SELECT vector FROM vectors_{id} WHERE document = ?1"
            ))?,
            entries: 0,
            vectors: 0,
        })
    }

    fn compare(
        &mut self,
        document: i64,
        derived: &Derived,
        wrong: &mut Found,
    ) -> rusqlite::Result<()> {
        for entry in &derived.entries {
            let is_there = match self.number_of(&entry.path)? {
                Some(path) => self.entry.exists(params![path, entry.bytes, document])?,
                None => false,
            };
            if is_there {
                self.entries += 1;
            } else {
                wrong.add(|| {
                    format!(
                        "document number {document} is not in the index by `{}`",
                        entry.path
                    )
                });
            }
        }
        let stored = self
            .vector
            .query_row([document], |row| row.get::<_, Vec<u8>>(0))
            .optional()?;
        self.vectors += u64::from(stored.is_some() && derived.vector.is_some());
        if derived.vector.is_some() && stored != derived.vector.as_deref().map(vectors::encode) {
            wrong.add(|| format!("the vector of document number {document} is not the one it has"));
        }
        Ok(())
    }

    fn number_of(&mut self, path: &str) -> rusqlite::Result<Option<i64>> {
        if let Some(number) = self.paths.get(path) {
            return Ok(*number);
        }
        let number = self.path.query_row([path], |row| row.get(0)).optional()?;
        if self.paths.len() >= super::super::path_numbers::REMEMBERED {
            self.paths.clear();
        }
        self.paths.insert(path.to_owned(), number);
        Ok(number)
    }
}
