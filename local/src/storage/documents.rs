//! Documents as they lie in the file: by number, by key, by place, and their JSON text.
//!
//! The number grows with insertion, which keeps what is written together close together. The key is the canonical form
//! of the `_id`. The place is that in the default order of the Data API: by the token of the `_id`.

use std::ops::ControlFlow;

use rusqlite::{Connection, OptionalExtension, Params, params};

use super::catalogue::Collection;
use super::commit::Writer;
use super::error::StorageError;
use crate::document::entries::IndexEntry;
use crate::document::id::DocumentId;
use crate::document::token;

/// Reads from one snapshot.
#[derive(Debug)]
pub(crate) struct Reader<'c> {
    pub(super) connection: &'c Connection,
}

/// Where a document stands in the default order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    /// The token of its `_id`.
    pub(crate) token: i64,
    /// Its number, which never changes. It decides between documents that share a token.
    pub(crate) id: i64,
}

impl Place {
    /// Before all documents.
    pub(crate) const BEGINNING: Self = Self {
        token: i64::MIN,
        id: i64::MIN,
    };
}

/// A document as read from the file.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub(crate) place: Place,
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
    place_of: String,
    token_of: String,
    scan: String,
    scan_in_order: String,
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
            by_key: format!("SELECT token, id, json FROM documents_{id} WHERE key = ?1"),
            by_id: format!("SELECT token, id, json FROM documents_{id} WHERE id = ?1"),
            place_of: format!("SELECT token, id FROM documents_{id} WHERE key = ?1"),
            token_of: format!("SELECT token FROM documents_{id} WHERE id = ?1"),
            scan: format!("SELECT token, id, json FROM documents_{id}"),
            scan_in_order: format!(
                "SELECT token, id, json FROM documents_{id} WHERE (token, id) > (?1, ?2) ORDER BY token, id"
            ),
            newest: format!("SELECT max(id) FROM documents_{id}"),
            count: format!("SELECT count(*) FROM documents_{id}"),
            count_up_to: format!("SELECT count(*) FROM (SELECT 1 FROM documents_{id} LIMIT ?1)"),
            insert: format!(
                "INSERT INTO documents_{id} (token, key, json) VALUES (?1, ?2, ?3) ON CONFLICT (key) DO NOTHING"
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

#[cfg(test)]
impl Statements {
    pub(super) fn scan_in_order(&self) -> &str {
        &self.scan_in_order
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
            let place = Place {
                token: row.get(0)?,
                id: row.get(1)?,
            };
            Ok(Stored {
                place,
                json: row.get(2)?,
            })
        });
        Ok(found.optional()?)
    }

    /// The place of the document whose canonical `_id` is `key`.
    pub(crate) fn place_by_key(
        &self,
        collection: &Collection,
        key: &[u8],
    ) -> Result<Option<Place>, StorageError> {
        let mut statement = self.connection.prepare_cached(&collection.sql.place_of)?;
        let found = statement.query_row([key], |row| {
            Ok(Place {
                token: row.get(0)?,
                id: row.get(1)?,
            })
        });
        Ok(found.optional()?)
    }

    /// Shows the document of that number, if there is one, without copying it.
    pub(crate) fn with_document<T, E: From<StorageError>>(
        &self,
        collection: &Collection,
        id: i64,
        show: impl FnOnce(Place, &str) -> Result<T, E>,
    ) -> Result<Option<T>, E> {
        let mut shown = None;
        let mut show = Some(show);
        self.each_row::<E>(&collection.sql.by_id, [id], |place, json| {
            shown = show.take().map(|show| show(place, json)).transpose()?;
            Ok(ControlFlow::Break(()))
        })?;
        Ok(shown)
    }

    /// Puts documents, given by their numbers, into the default order.
    pub(crate) fn in_order(
        &self,
        collection: &Collection,
        ids: &[i64],
    ) -> Result<Vec<Place>, StorageError> {
        let mut statement = self.connection.prepare_cached(&collection.sql.token_of)?;
        let mut places = Vec::with_capacity(ids.len());
        for &id in ids {
            places.extend(
                statement
                    .query_row([id], |row| {
                        Ok(Place {
                            token: row.get(0)?,
                            id,
                        })
                    })
                    .optional()?,
            );
        }
        places.sort_unstable();
        Ok(places)
    }

    /// Shows every document, in the order they lie in, until `visit` breaks.
    pub(crate) fn scan<E: From<StorageError>>(
        &self,
        collection: &Collection,
        visit: impl FnMut(Place, &str) -> Result<ControlFlow<()>, E>,
    ) -> Result<(), E> {
        self.each_row(&collection.sql.scan, [], visit)
    }

    /// Shows every document beyond a place, in the default order, until `visit` breaks.
    pub(crate) fn scan_in_order<E: From<StorageError>>(
        &self,
        collection: &Collection,
        after: Place,
        visit: impl FnMut(Place, &str) -> Result<ControlFlow<()>, E>,
    ) -> Result<(), E> {
        self.each_row(
            &collection.sql.scan_in_order,
            [after.token, after.id],
            visit,
        )
    }

    fn each_row<E: From<StorageError>>(
        &self,
        sql: &str,
        parameters: impl Params,
        mut visit: impl FnMut(Place, &str) -> Result<ControlFlow<()>, E>,
    ) -> Result<(), E> {
        let failed = |error: rusqlite::Error| E::from(StorageError::from(error));
        let mut statement = self.connection.prepare_cached(sql).map_err(failed)?;
        let mut rows = statement.query(parameters).map_err(failed)?;
        while let Some(row) = rows.next().map_err(failed)? {
            let place = Place {
                token: row.get(0).map_err(failed)?,
                id: row.get(1).map_err(failed)?,
            };
            let json = row
                .get_ref(2)
                .map_err(failed)?
                .as_str()
                .map_err(|_| StorageError::Damaged("document"))?;
            if visit(place, json)?.is_break() {
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

    /// The number of the newest document: how many there are at most, at no cost.
    pub(crate) fn newest_document(&self, collection: &Collection) -> Result<usize, StorageError> {
        let mut statement = self.connection.prepare_cached(&collection.sql.newest)?;
        let newest: Option<i64> = statement.query_row([], |row| row.get(0))?;
        Ok(newest
            .and_then(|newest| usize::try_from(newest).ok())
            .unwrap_or(0))
    }
}

impl Writer<'_> {
    /// Adds a document. Returns its number, or `None` when its `_id` is taken; then nothing changed.
    pub(crate) fn insert_document(
        &mut self,
        collection: &Collection,
        id: &DocumentId,
        document: &Written,
    ) -> Result<Option<i64>, StorageError> {
        let mut insert = self.connection.prepare_cached(&collection.sql.insert)?;
        if insert.execute(params![token::of(id), id.key(), document.json])? == 0 {
            return Ok(None);
        }
        drop(insert);
        let number = self.connection.last_insert_rowid();
        if let Some(vector) = &document.vector {
            self.set_vector(collection, number, vector)?;
        }
        self.change_entries(collection, number, &[], &document.entries)?;
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
