//! Documents as they lie in the file: by number (insertion), by key (`_id`), and their JSON text.

use std::ops::ControlFlow;

use rusqlite::{Connection, OptionalExtension, params};

use super::catalogue::Collection;
use super::commit::Writer;
use super::error::StorageError;
use crate::document::entries::IndexEntry;

/// Reads from one snapshot.
#[derive(Debug)]
pub(crate) struct Reader<'c> {
    pub(super) connection: &'c Connection,
}

/// A document as read from the file.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    /// Its number: it grows with insertion, never changes, and orders results.
    pub(crate) id: i64,
    /// Its JSON text.
    pub(crate) json: String,
}

/// A document as it shall lie in the file.
#[derive(Debug)]
pub(crate) struct Written {
    /// Its JSON text.
    pub(crate) json: String,
    /// Its vector.
    pub(crate) vector: Option<Vec<f32>>,
    /// Everything under which it can be found.
    pub(crate) entries: Vec<IndexEntry>,
}

/// The SQL of one collection, composed once.
#[derive(Debug)]
pub(super) struct Statements {
    by_key: String,
    by_id: String,
    scan: String,
    newest: String,
    count: String,
    count_up_to: String,
    insert: String,
    update: String,
    delete: String,
    truncate: String,
    pub(super) count_range: String,
    pub(super) at_point: String,
    pub(super) in_range: String,
    pub(super) insert_entry: String,
    pub(super) delete_entry: String,
    pub(super) vectors: String,
    pub(super) vector_of: String,
    pub(super) set_vector: String,
    pub(super) delete_vector: String,
}

impl Statements {
    pub(super) fn new(id: i64) -> Self {
        let in_range = format!("FROM entries_{id} WHERE path = ?1 AND entry >= ?2 AND entry < ?3");
        Self {
            by_key: format!("SELECT id, json FROM documents_{id} WHERE key = ?1"),
            by_id: format!("SELECT json FROM documents_{id} WHERE id = ?1"),
            scan: format!("SELECT id, json FROM documents_{id} WHERE id > ?1 ORDER BY id"),
            newest: format!("SELECT max(id) FROM documents_{id}"),
            count: format!("SELECT count(*) FROM documents_{id}"),
            count_up_to: format!("SELECT count(*) FROM (SELECT 1 FROM documents_{id} LIMIT ?1)"),
            insert: format!(
                "INSERT INTO documents_{id} (key, json) VALUES (?1, ?2) ON CONFLICT (key) DO NOTHING"
            ),
            update: format!("UPDATE documents_{id} SET json = ?2 WHERE id = ?1"),
            delete: format!("DELETE FROM documents_{id} WHERE id = ?1"),
            truncate: format!(
                "DELETE FROM entries_{id}; DELETE FROM vectors_{id}; DELETE FROM documents_{id};"
            ),
            count_range: format!("SELECT count(*) FROM (SELECT 1 {in_range} LIMIT ?4)"),
            at_point: format!(
                "SELECT document FROM entries_{id} WHERE path = ?1 AND entry = ?2 AND document > ?3
                 ORDER BY document LIMIT ?4"
            ),
            in_range: format!("SELECT document {in_range}"),
            insert_entry: format!(
                "INSERT OR IGNORE INTO entries_{id} (path, entry, document) VALUES (?1, ?2, ?3)"
            ),
            delete_entry: format!(
                "DELETE FROM entries_{id} WHERE path = ?1 AND entry = ?2 AND document = ?3"
            ),
            vectors: format!("SELECT document, vector FROM vectors_{id}"),
            vector_of: format!("SELECT vector FROM vectors_{id} WHERE document = ?1"),
            set_vector: format!(
                "INSERT OR REPLACE INTO vectors_{id} (document, vector) VALUES (?1, ?2)"
            ),
            delete_vector: format!("DELETE FROM vectors_{id} WHERE document = ?1"),
        }
    }
}

impl<'c> Reader<'c> {
    pub(super) fn new(connection: &'c Connection) -> Self {
        Self { connection }
    }

    /// The document whose canonical `_id` is `key`.
    pub(crate) fn document_by_key(
        &self,
        collection: &Collection,
        key: &[u8],
    ) -> Result<Option<Stored>, StorageError> {
        let mut statement = self.connection.prepare_cached(&collection.sql.by_key)?;
        let found = statement.query_row([key], |row| {
            Ok(Stored {
                id: row.get(0)?,
                json: row.get(1)?,
            })
        });
        Ok(found.optional()?)
    }

    /// Shows the JSON text of the document of that number, if there is one, without copying it.
    pub(crate) fn with_document<T, E: From<StorageError>>(
        &self,
        collection: &Collection,
        id: i64,
        show: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<Option<T>, E> {
        let failed = |error: rusqlite::Error| E::from(StorageError::from(error));
        let mut statement = self
            .connection
            .prepare_cached(&collection.sql.by_id)
            .map_err(failed)?;
        let mut rows = statement.query([id]).map_err(failed)?;
        let Some(row) = rows.next().map_err(failed)? else {
            return Ok(None);
        };
        show(text(row, 0)?).map(Some)
    }

    /// Shows every document beyond number `after`, in order, until `visit` breaks.
    pub(crate) fn scan<E: From<StorageError>>(
        &self,
        collection: &Collection,
        after: i64,
        mut visit: impl FnMut(i64, &str) -> Result<ControlFlow<()>, E>,
    ) -> Result<(), E> {
        let failed = |error: rusqlite::Error| E::from(StorageError::from(error));
        let mut statement = self
            .connection
            .prepare_cached(&collection.sql.scan)
            .map_err(failed)?;
        let mut rows = statement.query([after]).map_err(failed)?;
        while let Some(row) = rows.next().map_err(failed)? {
            let id = row.get(0).map_err(failed)?;
            let json = text(row, 1)?;
            if visit(id, json)?.is_break() {
                break;
            }
        }
        Ok(())
    }

    /// How many documents there are.
    pub(crate) fn count_documents(&self, collection: &Collection) -> Result<u64, StorageError> {
        let count: i64 = self
            .connection
            .prepare_cached(&collection.sql.count)?
            .query_row([], |row| row.get(0))?;
        Ok(count.unsigned_abs())
    }

    /// How many documents there are, counting no further than `bound`.
    pub(crate) fn count_documents_up_to(
        &self,
        collection: &Collection,
        bound: usize,
    ) -> Result<usize, StorageError> {
        let bound = i64::try_from(bound).unwrap_or(i64::MAX);
        let mut statement = self
            .connection
            .prepare_cached(&collection.sql.count_up_to)?;
        let count: i64 = statement.query_row([bound], |row| row.get(0))?;
        Ok(usize::try_from(count).unwrap_or(0))
    }

    /// The number of the newest document: an upper estimate of how many there are, at no cost.
    pub(crate) fn newest_document(&self, collection: &Collection) -> Result<i64, StorageError> {
        let mut statement = self.connection.prepare_cached(&collection.sql.newest)?;
        Ok(statement
            .query_row([], |row| row.get::<_, Option<i64>>(0))?
            .unwrap_or(0))
    }
}

fn text<'r>(row: &'r rusqlite::Row<'_>, column: usize) -> Result<&'r str, StorageError> {
    row.get_ref(column)?
        .as_str()
        .map_err(|_| StorageError::Damaged("document"))
}

impl Writer<'_> {
    /// Adds a document under a key. Returns its number, or `None` when the key is taken; then nothing changed.
    pub(crate) fn insert_document(
        &mut self,
        collection: &Collection,
        key: &[u8],
        document: &Written,
    ) -> Result<Option<i64>, StorageError> {
        let added = self
            .connection
            .prepare_cached(&collection.sql.insert)?
            .execute(params![key, document.json])?;
        if added == 0 {
            return Ok(None);
        }
        let id = self.connection.last_insert_rowid();
        if let Some(vector) = &document.vector {
            self.set_vector(collection, id, vector)?;
        }
        self.change_entries(collection, id, &[], &document.entries)?;
        Ok(Some(id))
    }

    /// Puts `new` in the place of document `id`, whose index entries are `old`; its key stays.
    pub(crate) fn replace_document(
        &mut self,
        collection: &Collection,
        id: i64,
        old: &[IndexEntry],
        new: &Written,
    ) -> Result<(), StorageError> {
        self.connection
            .prepare_cached(&collection.sql.update)?
            .execute(params![id, new.json])?;
        match &new.vector {
            Some(vector) => self.set_vector(collection, id, vector)?,
            None => self.delete_vector(collection, id)?,
        }
        self.change_entries(collection, id, old, &new.entries)
    }

    /// Removes document `id`, whose index entries are `old`.
    pub(crate) fn delete_document(
        &mut self,
        collection: &Collection,
        id: i64,
        old: &[IndexEntry],
    ) -> Result<(), StorageError> {
        self.connection
            .prepare_cached(&collection.sql.delete)?
            .execute([id])?;
        self.delete_vector(collection, id)?;
        self.change_entries(collection, id, old, &[])
    }

    /// Removes all documents.
    pub(crate) fn truncate(&mut self, collection: &Collection) -> Result<(), StorageError> {
        Ok(self.connection.execute_batch(&collection.sql.truncate)?)
    }
}
