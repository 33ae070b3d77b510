//! Documents as they lie in the file: by number, by key, and their JSON text.
//!
//! The number is the token of the `_id`, so the order of numbers is the default order of the Data API. The key is the
//! canonical form of the `_id`; it tells documents apart, tokens need not.

use std::ops::ControlFlow;

use rusqlite::{Connection, OptionalExtension, params};

use super::catalogue::Collection;
use super::commit::Writer;
use super::error::StorageError;
use crate::document::entries::IndexEntry;
use crate::document::id::DocumentId;
use crate::document::token;

/// Documents read to estimate how many there are.
const SAMPLE: usize = 64;

/// Reads from one snapshot.
#[derive(Debug)]
pub(crate) struct Reader<'c> {
    pub(super) connection: &'c Connection,
}

/// A document as read from the file.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    /// Its number: it never changes, and orders results.
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
    first_few: String,
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
            first_few: format!(
                "SELECT id FROM documents_{id} ORDER BY id LIMIT 1 OFFSET {}",
                SAMPLE - 1
            ),
            count: format!("SELECT count(*) FROM documents_{id}"),
            count_up_to: format!("SELECT count(*) FROM (SELECT 1 FROM documents_{id} LIMIT ?1)"),
            insert: format!(
                "INSERT INTO documents_{id} (id, key, json) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING"
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

    /// About how many documents there are, at the cost of reading a few: numbers are spread evenly over their range, so
    /// the place of the first few tells how many fit into all of it.
    pub(crate) fn estimate_documents(
        &self,
        collection: &Collection,
    ) -> Result<usize, StorageError> {
        let mut statement = self.connection.prepare_cached(&collection.sql.first_few)?;
        let Some(last) = statement
            .query_row([], |row| row.get::<_, i64>(0))
            .optional()?
        else {
            return self.count_documents_up_to(collection, SAMPLE);
        };
        let part = u128::from(last.abs_diff(i64::MIN)).max(1);
        let all = SAMPLE as u128 * u128::from(u64::MAX) / part;
        Ok(usize::try_from(all).unwrap_or(usize::MAX))
    }
}

fn text<'r>(row: &'r rusqlite::Row<'_>, column: usize) -> Result<&'r str, StorageError> {
    row.get_ref(column)?
        .as_str()
        .map_err(|_| StorageError::Damaged("document"))
}

impl Writer<'_> {
    /// Adds a document. Returns its number, or `None` when its `_id` is taken; then nothing changed.
    pub(crate) fn insert_document(
        &mut self,
        collection: &Collection,
        id: &DocumentId,
        document: &Written,
    ) -> Result<Option<i64>, StorageError> {
        let Some(number) = self.insert_text(collection, id, &document.json)? else {
            return Ok(None);
        };
        if let Some(vector) = &document.vector {
            self.set_vector(collection, number, vector)?;
        }
        self.change_entries(collection, number, &[], &document.entries)?;
        Ok(Some(number))
    }

    fn insert_text(
        &self,
        collection: &Collection,
        id: &DocumentId,
        json: &str,
    ) -> Result<Option<i64>, StorageError> {
        let key = id.key();
        let mut number = token::of(id);
        let mut statement = self.connection.prepare_cached(&collection.sql.insert)?;
        while statement.execute(params![number, key, json])? == 0 {
            if self.document_by_key(collection, &key)?.is_some() {
                return Ok(None);
            }
            // Another id has this token: rare, unless someone looks for such ids. The next number is as good.
            number = number.checked_add(1).unwrap_or(i64::MIN + 1);
        }
        Ok(Some(number))
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
