//! The vectors of documents, apart from their text, so that a search reads nothing else.

use std::ops::ControlFlow;
use std::sync::Arc;

use rusqlite::{OptionalExtension, params};

use super::collection::Collection;
use super::error::StorageError;
use super::reader::Reader;
use super::rows::Reading;
use super::table::{RowKey, Table};
use super::uncommitted::Uncommitted;
use super::vector_cache::Change;
use super::writer::Writer;
use crate::table::filter::KeyRange;
use crate::table::row::Row;
use crate::table::value::CqlValue;
use crate::vector_index::{Full, VectorIndex};

/// Vectors that are compared one by one: an index would not be faster.
const FEW: i64 = 1000;

impl Reader<'_> {
    /// Shows every vector with the number of its document. The slice is the same memory each time.
    pub(crate) fn each_vector(
        &self,
        collection: &Collection,
        mut visit: impl FnMut(i64, &[f32]),
    ) -> Result<(), StorageError> {
        let mut statement = self.connection.prepare_cached(&collection.sql.vectors)?;
        let mut rows = statement.query([])?;
        let mut vector = Vec::new();
        while let Some(row) = rows.next()? {
            decode(
                row.get_ref(1)?
                    .as_blob()
                    .map_err(|_| StorageError::Damaged("vector"))?,
                &mut vector,
            );
            visit(row.get(0)?, &vector);
        }
        Ok(())
    }

    /// Whether there are no more vectors than are worth an index.
    pub(super) fn has_few_vectors(&self, collection: &Collection) -> Result<bool, StorageError> {
        let mut statement = self
            .connection
            .prepare_cached(&collection.sql.newest_vector)?;
        let newest: Option<i64> = statement.query_row([], |row| row.get(0))?;
        Ok(newest.is_none_or(|newest| newest <= FEW))
    }

    /// Whether a table has no more rows than are worth an index.
    pub(super) fn has_few_rows(&self, table: &Table) -> Result<bool, StorageError> {
        let mut statement = self.connection.prepare_cached(&table.sql.count_up_to)?;
        let count: i64 = statement.query_row([FEW + 1], |row| row.get(0))?;
        Ok(count <= FEW)
    }

    /// Adds every vector to an index, as long as there is memory.
    pub(super) fn fill_index(
        &self,
        collection: &Collection,
        index: &mut VectorIndex<i64>,
    ) -> Result<Result<(), Full>, StorageError> {
        let mut filled = Ok(());
        self.each_vector(collection, |id, vector| {
            if filled.is_ok() {
                filled = index.set(id, vector);
            }
        })?;
        Ok(filled)
    }

    /// Adds every vector of a column to an index, as long as there is memory.
    pub(super) fn fill_index_of_rows(
        &self,
        table: &Table,
        position: usize,
        index: &mut VectorIndex<RowKey>,
    ) -> Result<Result<(), Full>, StorageError> {
        let columns = 0..table.definition.columns().len();
        let mask: Vec<bool> = columns.map(|column| column == position).collect();
        let all = KeyRange {
            from: Vec::new(),
            until: None,
        };
        let mut filled = Ok(());
        let mut visit = |key: &[u8], row: Row| -> Result<_, StorageError> {
            if let Some(CqlValue::Vector(vector)) = row.value(position) {
                filled = index.set(key.into(), vector);
            }
            Ok(match filled {
                Ok(()) => ControlFlow::Continue(()),
                Err(Full) => ControlFlow::Break(()),
            })
        };
        let _ = self.rows(table, &all, Reading::Forwards, &mask, &mut visit)?;
        Ok(filled)
    }

    /// The vector of a document.
    pub(crate) fn vector(
        &self,
        collection: &Collection,
        id: i64,
    ) -> Result<Option<Vec<f32>>, StorageError> {
        let mut statement = self.connection.prepare_cached(&collection.sql.vector_of)?;
        let blob = statement
            .query_row([id], |row| row.get::<_, Vec<u8>>(0))
            .optional()?;
        Ok(blob.map(|blob| {
            let mut vector = Vec::new();
            decode(&blob, &mut vector);
            vector
        }))
    }

    /// The documents whose vectors the index of the collection may have otherwise than this reader; none if all of it was
    /// replaced.
    pub(crate) fn changed_vectors(&self, collection: &Collection) -> Option<Vec<i64>> {
        let uncommitted = self.uncommitted.borrow();
        let own = uncommitted.iter().filter_map(|change| match change {
            Uncommitted::Document(cache, change) if Arc::ptr_eq(cache, &collection.vectors) => {
                Some(change)
            }
            _ => None,
        });
        own.map(|change| match change {
            Change::Set(id, _) | Change::Remove(id) => Some(*id),
            Change::Clear => None,
        })
        .collect()
    }
}

impl Writer<'_> {
    pub(super) fn set_vector(
        &self,
        collection: &Collection,
        id: i64,
        vector: &[f32],
    ) -> Result<(), StorageError> {
        self.connection
            .prepare_cached(&collection.sql.set_vector)?
            .execute(params![id, encode(vector)])?;
        Ok(())
    }

    /// Gives a document another vector, or none. The index of the collection has it so after the commit.
    pub(super) fn change_vector(
        &self,
        collection: &Collection,
        id: i64,
        vector: Option<&[f32]>,
    ) -> Result<(), StorageError> {
        let change = if let Some(vector) = vector {
            self.set_vector(collection, id, vector)?;
            Change::Set(id, vector.to_vec())
        } else {
            self.connection
                .prepare_cached(&collection.sql.delete_vector)?
                .execute([id])?;
            Change::Remove(id)
        };
        self.document_changed(collection, change);
        Ok(())
    }

    pub(super) fn vectors_removed(&self, collection: &Collection) {
        self.document_changed(collection, Change::Clear);
    }

    fn document_changed(&self, collection: &Collection, change: Change<i64>) {
        if collection.definition.vector.is_some() {
            let cache = Arc::clone(&collection.vectors);
            self.change(Uncommitted::Document(cache, change));
        }
    }

    /// The row of a key is now this one, or none.
    pub(super) fn row_changed(&self, table: &Table, key: &[u8], row: Option<&Row>) {
        for (position, cache) in table.vectors() {
            let key = RowKey::from(key);
            let change = match row.and_then(|row| row.value(position)) {
                Some(CqlValue::Vector(vector)) => Change::Set(key, vector.clone()),
                _ => Change::Remove(key),
            };
            self.change(Uncommitted::Row(Arc::clone(cache), change));
        }
    }

    pub(super) fn rows_removed(&self, table: &Table) {
        for (_, cache) in table.vectors() {
            self.change(Uncommitted::Row(Arc::clone(cache), Change::Clear));
        }
    }

    fn change(&self, change: Uncommitted) {
        self.uncommitted.borrow_mut().push(change);
    }
}

pub(super) fn encode(vector: &[f32]) -> Vec<u8> {
    let bytes = vector.iter().flat_map(|number| number.to_le_bytes());
    bytes.collect()
}

fn decode(blob: &[u8], vector: &mut Vec<f32>) {
    vector.clear();
    let (numbers, _) = blob.as_chunks::<4>();
    vector.extend(numbers.iter().map(|bytes| f32::from_le_bytes(*bytes)));
}
