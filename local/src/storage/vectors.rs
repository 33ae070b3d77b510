//! The vectors of documents, apart from their text, so that a search reads nothing else.

use rusqlite::{OptionalExtension, params};

use super::collection::Collection;
use super::error::StorageError;
use super::reader::Reader;
use super::writer::Writer;

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

    pub(super) fn delete_vector(
        &self,
        collection: &Collection,
        id: i64,
    ) -> Result<(), StorageError> {
        self.connection
            .prepare_cached(&collection.sql.delete_vector)?
            .execute([id])?;
        Ok(())
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
