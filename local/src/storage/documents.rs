//! Documents as they lie in the file: by number, by key, by place, and their JSON text.
//!
//! The number grows with insertion, which keeps what is written together close together. The key is the canonical form
//! of the `_id`. The place is that in the default order of the Data API: by the token of the `_id`.

use std::ops::ControlFlow;

use rusqlite::{OptionalExtension, Params, params};

use super::collection::Collection;
use super::error::StorageError;
use super::reader::Reader;
use super::writer::Writer;
use crate::document::entries::IndexEntry;
use crate::document::id::DocumentId;
use crate::document::token;

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

impl Reader<'_> {
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
        if document.vector.is_some() {
            self.change_vector(collection, number, document.vector.as_deref())?;
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
        self.change_vector(collection, id, new.vector.as_deref())?;
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
        self.change_vector(collection, id, None)?;
        self.change_entries(collection, id, old, &[])
    }

    /// Removes all documents.
    pub(crate) fn truncate(&mut self, collection: &Collection) -> Result<(), StorageError> {
        self.connection.execute_batch(&collection.sql.truncate)?;
        self.vectors_removed(collection);
        Ok(())
    }
}
