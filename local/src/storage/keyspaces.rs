//! Creating and dropping keyspaces and collections. Rules (names, limits, what already exists) are the caller's.

use std::collections::BTreeMap;
use std::sync::Arc;

use rusqlite::params;

use super::catalogue::Keyspace;
use super::collection::Collection;
use super::error::StorageError;
use super::writer::Writer;
use crate::definition::CollectionDefinition;

impl Writer<'_> {
    /// Adds a keyspace; one of that name must not exist. The definition is kept for other programs to read.
    pub(crate) fn create_keyspace(
        &mut self,
        name: &str,
        definition: &str,
    ) -> Result<(), StorageError> {
        let id = self
            .connection
            .prepare_cached("INSERT INTO keyspaces (name, definition) VALUES (?1, ?2)")?
            .insert(params![name, definition])?;
        let keyspace = Keyspace {
            id,
            name: name.to_owned(),
            collections: BTreeMap::new(),
            tables: BTreeMap::new(),
            types: BTreeMap::new(),
        };
        self.catalogue_mut()
            .keyspaces
            .insert(name.to_owned(), Arc::new(keyspace));
        Ok(())
    }

    /// Drops a keyspace with all that is in it. Returns whether there was one.
    pub(crate) fn drop_keyspace(&mut self, name: &str) -> Result<bool, StorageError> {
        let Some(keyspace) = self.catalogue().keyspace(name).cloned() else {
            return Ok(false);
        };
        for collection in keyspace.collections() {
            self.drop_collection(name, &collection.name)?;
        }
        for table in keyspace.tables() {
            self.drop_table(name, &table.name)?;
        }
        for user_type in keyspace.user_types() {
            self.drop_type(name, &user_type.name)?;
        }
        self.connection
            .prepare_cached("DELETE FROM keyspaces WHERE id = ?1")?
            .execute([keyspace.id])?;
        self.catalogue_mut().keyspaces.remove(name);
        Ok(true)
    }

    /// Adds an empty collection to an existing keyspace; one of that name must not exist there.
    pub(crate) fn create_collection(
        &mut self,
        keyspace: &str,
        name: &str,
        definition: CollectionDefinition,
    ) -> Result<Arc<Collection>, StorageError> {
        let found = self
            .catalogue()
            .keyspace(keyspace)
            .ok_or(StorageError::CollectionGone)?;
        let id = self
            .connection
            .prepare_cached(
                "INSERT INTO collections (keyspace, name, definition) VALUES (?1, ?2, ?3)",
            )?
            .insert(params![found.id, name, definition.to_text()])?;
        self.connection.execute_batch(&tables_of(id))?;
        let collection = Collection::new(id, keyspace, name, definition);
        let collection =
            Arc::new(collection.ok_or(StorageError::Damaged("definition of a collection"))?);
        if let Some(keyspace) = self.catalogue_mut().keyspace_mut(keyspace) {
            keyspace
                .collections
                .insert(name.to_owned(), Arc::clone(&collection));
        }
        Ok(collection)
    }

    /// Drops a collection with its documents. Returns whether there was one.
    pub(crate) fn drop_collection(
        &mut self,
        keyspace: &str,
        name: &str,
    ) -> Result<bool, StorageError> {
        let Some(collection) = self.catalogue().collection(keyspace, name).cloned() else {
            return Ok(false);
        };
        let id = collection.id;
        self.connection.execute_batch(&format!(
            "DROP TABLE entries_{id}; DROP TABLE vectors_{id}; DROP TABLE documents_{id};
             DELETE FROM collections WHERE id = {id};"
        ))?;
        if let Some(keyspace) = self.catalogue_mut().keyspace_mut(keyspace) {
            keyspace.collections.remove(name);
        }
        Ok(true)
    }
}

/// `documents` holds each document whole, by insertion; `key` is its canonical `_id`, `token` orders answers. `vectors`
/// holds float32 little endian. `entries` has a row for each (path, value) under which a document can be found.
fn tables_of(id: i64) -> String {
    format!(
        "CREATE TABLE documents_{id} (
             id INTEGER PRIMARY KEY, token INTEGER NOT NULL, key BLOB NOT NULL UNIQUE, json TEXT NOT NULL
         ) STRICT;
         CREATE INDEX order_{id} ON documents_{id} (token);
         CREATE TABLE vectors_{id} (document INTEGER PRIMARY KEY, vector BLOB NOT NULL) STRICT;
         CREATE TABLE entries_{id} (
             path INTEGER NOT NULL, entry BLOB NOT NULL, document INTEGER NOT NULL,
             PRIMARY KEY (path, entry, document)
         ) STRICT, WITHOUT ROWID;"
    )
}
