//! The index: under which (path, value) each document can be found, and the numbers that stand for paths.

use std::collections::HashSet;

use rusqlite::{OptionalExtension, params};

use super::collection::Collection;
use super::error::StorageError;
use super::path_numbers::PathNumber;
use super::reader::Reader;
use super::writer::Writer;
use crate::document::entries::IndexEntry;

/// The entries of one path from `from` up to but not including `until`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EntryRange {
    /// The path, as its number.
    pub(crate) path: PathNumber,
    /// The first value that belongs to the range.
    pub(crate) from: Vec<u8>,
    /// The first value beyond it.
    pub(crate) until: Vec<u8>,
}

impl Reader<'_> {
    /// The number of a path, or `None` when no document of the database was ever indexed under it.
    pub(crate) fn path_number(&self, path: &str) -> Result<Option<PathNumber>, StorageError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT id FROM paths WHERE path = ?1")?;
        Ok(statement
            .query_row([path], |row| row.get(0))
            .optional()?
            .map(PathNumber))
    }

    /// How many entries lie in `range`, counting no further than `bound`.
    pub(crate) fn count_entries(
        &self,
        collection: &Collection,
        range: &EntryRange,
        bound: usize,
    ) -> Result<usize, StorageError> {
        let mut statement = self
            .connection
            .prepare_cached(&collection.sql.count_range)?;
        let bound = i64::try_from(bound).unwrap_or(i64::MAX);
        let count: i64 = statement.query_row(
            params![range.path.0, range.from, range.until, bound],
            |row| row.get(0),
        )?;
        Ok(usize::try_from(count).unwrap_or(0))
    }

    /// The documents that have the one entry at the beginning of `range`: in order, beyond `after`, at most `limit`.
    pub(crate) fn documents_at(
        &self,
        collection: &Collection,
        range: &EntryRange,
        after: i64,
        limit: usize,
    ) -> Result<Vec<i64>, StorageError> {
        let mut statement = self.connection.prepare_cached(&collection.sql.at_point)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = statement.query_map(params![range.path.0, range.from, after, limit], |row| {
            row.get(0)
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Shows the bytes of every entry in `range` with its document.
    pub(crate) fn each_entry(
        &self,
        collection: &Collection,
        range: &EntryRange,
        mut visit: impl FnMut(&[u8], i64),
    ) -> Result<(), StorageError> {
        let mut statement = self.connection.prepare_cached(&collection.sql.entries_in)?;
        let mut rows = statement.query(params![range.path.0, range.from, range.until])?;
        while let Some(row) = rows.next()? {
            let entry = row.get_ref(0)?;
            let entry = entry
                .as_blob()
                .map_err(|_| StorageError::Damaged("entry"))?;
            visit(entry, row.get(1)?);
        }
        Ok(())
    }

    /// Adds to `found` the documents that have an entry in `range`, in the order of entries. Returns whether these are
    /// all; gives up once there are more than `most`.
    pub(crate) fn documents_in(
        &self,
        collection: &Collection,
        range: &EntryRange,
        most: usize,
        found: &mut Vec<i64>,
    ) -> Result<bool, StorageError> {
        let mut statement = self.connection.prepare_cached(&collection.sql.in_range)?;
        let mut rows = statement.query(params![range.path.0, range.from, range.until])?;
        let most = found.len().saturating_add(most);
        while let Some(row) = rows.next()? {
            if found.len() == most {
                return Ok(false);
            }
            found.push(row.get(0)?);
        }
        Ok(true)
    }
}

#[cfg(test)]
impl Reader<'_> {
    /// Everything in the index of a collection, sorted.
    pub(crate) fn all_entries(
        &self,
        collection: &Collection,
    ) -> Result<Vec<(String, Vec<u8>, i64)>, StorageError> {
        let sql = format!(
            "SELECT paths.path, entry, token FROM entries_{} JOIN paths ON paths.id = entries_{0}.path
             JOIN documents_{0} ON documents_{0}.id = document ORDER BY 1, 2, 3",
            collection.id
        );
        let mut statement = self.connection.prepare(&sql)?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Writer<'_> {
    /// Makes the entries of `document` those of `new`, given that they are those of `old`: only what differs is written.
    pub(super) fn change_entries(
        &mut self,
        collection: &Collection,
        document: i64,
        old: &[IndexEntry],
        new: &[IndexEntry],
    ) -> Result<(), StorageError> {
        let kept: HashSet<&IndexEntry> = if old.is_empty() {
            HashSet::new()
        } else {
            new.iter().collect()
        };
        let gone = old.iter().filter(|entry| !kept.contains(entry));
        self.each_entry(&collection.sql.delete_entry, document, gone)?;
        let had: HashSet<&IndexEntry> = old.iter().collect();
        let added = new.iter().filter(|entry| !had.contains(entry));
        self.each_entry(&collection.sql.insert_entry, document, added)
    }

    fn each_entry<'e>(
        &mut self,
        sql: &str,
        document: i64,
        entries: impl Iterator<Item = &'e IndexEntry>,
    ) -> Result<(), StorageError> {
        let connection = self.connection;
        let mut statement = connection.prepare_cached(sql)?;
        for entry in entries {
            let path = self.number_of(&entry.path)?;
            statement.execute(params![path, entry.bytes, document])?;
        }
        Ok(())
    }

    fn number_of(&mut self, path: &str) -> Result<i64, StorageError> {
        if let Some(number) = self.paths.get(path) {
            return Ok(number);
        }
        if let Some(PathNumber(number)) = self.path_number(path)? {
            self.paths.remember(path, number);
            return Ok(number);
        }
        let number = self
            .connection
            .prepare_cached("INSERT INTO paths (path) VALUES (?1)")?
            .insert([path])?;
        self.paths.add(path, number);
        Ok(number)
    }
}
