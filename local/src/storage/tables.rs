//! Tables and user-defined types: making, altering and dropping them. The rules are the caller's.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;

use rusqlite::params;

use super::error::StorageError;
use super::table::Table;
use super::writer::Writer;
use crate::json::{Object, Value};
use crate::table::column_type::UserType;
use crate::table::definition::{Column, TableDefinition};

/// Columns a table can have: SQLite's 2,000 without the key and the mark of each row.
pub(crate) const MAX_COLUMNS: usize = 1998;

impl Writer<'_> {
    /// Adds an empty table to an existing keyspace; nothing of that name must exist there.
    pub(crate) fn create_table(
        &mut self,
        keyspace: &str,
        name: &str,
        definition: TableDefinition,
    ) -> Result<(), StorageError> {
        let keyspace_id = self.keyspace_id(keyspace)?;
        let id = self
            .connection
            .prepare_cached("INSERT INTO tables (keyspace, name, definition) VALUES (?1, ?2, ?3)")?
            .insert(params![keyspace_id, name, definition.to_text()])?;
        self.connection
            .execute_batch(&rows_of(id, definition.columns()))?;
        self.publish(Table::new(id, keyspace, name, definition));
        Ok(())
    }

    /// Drops a table with its rows. Returns whether there was one.
    pub(crate) fn drop_table(&mut self, keyspace: &str, name: &str) -> Result<bool, StorageError> {
        let Some(id) = self.table_id(keyspace, name) else {
            return Ok(false);
        };
        self.connection.execute_batch(&format!(
            "DROP TABLE rows_{id}; DELETE FROM tables WHERE id = {id};"
        ))?;
        if let Some(keyspace) = self.catalogue_mut().keyspace_mut(keyspace) {
            keyspace.tables.remove(name);
        }
        Ok(true)
    }

    /// Gives an existing table another definition. Columns that are new in it have no values, those no longer in it
    /// lose theirs.
    pub(crate) fn alter_table(
        &mut self,
        table: &Table,
        definition: TableDefinition,
    ) -> Result<(), StorageError> {
        let id = table.id;
        let mut changes = String::new();
        for column in added(&table.definition, &definition) {
            let _ = write!(
                changes,
                "ALTER TABLE rows_{id} ADD COLUMN c{} ANY;",
                column.number
            );
        }
        for column in added(&definition, &table.definition) {
            let _ = write!(
                changes,
                "ALTER TABLE rows_{id} DROP COLUMN c{};",
                column.number
            );
        }
        for index in lookups(&definition).difference(&lookups(&table.definition)) {
            let _ = write!(
                changes,
                "CREATE INDEX rows_{id}_c{index} ON rows_{id} (c{index});"
            );
        }
        for index in lookups(&table.definition).difference(&lookups(&definition)) {
            let _ = write!(changes, "DROP INDEX rows_{id}_c{index};");
        }
        self.connection.execute_batch(&changes)?;
        self.connection
            .prepare_cached("UPDATE tables SET definition = ?2 WHERE id = ?1")?
            .execute(params![id, definition.to_text()])?;
        self.publish(Table::new(id, &table.keyspace, &table.name, definition));
        Ok(())
    }

    /// Makes a user-defined type, or gives an existing one other fields; tables that use it have them at once.
    pub(crate) fn put_type(&mut self, user_type: UserType) -> Result<(), StorageError> {
        let keyspace_id = self.keyspace_id(&user_type.keyspace)?;
        let fields = user_type
            .fields
            .iter()
            .map(|field| (field.name.as_str(), field.scalar.name()));
        let fields = Value::from(fields.collect::<Object>()).to_json();
        self.connection
            .prepare_cached(
                "INSERT OR REPLACE INTO types (keyspace, name, fields) VALUES (?1, ?2, ?3)",
            )?
            .execute(params![keyspace_id, user_type.name, fields])?;
        let user_type = Arc::new(user_type);
        let Some(keyspace) = self.catalogue_mut().keyspace_mut(&user_type.keyspace) else {
            return Ok(());
        };
        for table in keyspace
            .tables
            .values_mut()
            .filter(|table| table.definition.uses(&user_type.name))
        {
            let mut definition = table.definition.clone();
            definition.replace_user_type(&user_type);
            *table = Arc::new(Table::new(
                table.id,
                &table.keyspace,
                &table.name,
                definition,
            ));
        }
        keyspace.types.insert(user_type.name.clone(), user_type);
        Ok(())
    }

    /// Drops a user-defined type that no table uses. Returns whether there was one.
    pub(crate) fn drop_type(&mut self, keyspace: &str, name: &str) -> Result<bool, StorageError> {
        let id = self.keyspace_id(keyspace)?;
        let dropped = self
            .connection
            .prepare_cached("DELETE FROM types WHERE keyspace = ?1 AND name = ?2")?
            .execute(params![id, name])?;
        if let Some(keyspace) = self.catalogue_mut().keyspace_mut(keyspace) {
            keyspace.types.remove(name);
        }
        Ok(dropped > 0)
    }

    /// Fails when `table` was dropped or altered since the caller looked it up.
    pub(crate) fn require_table(&self, table: &Arc<Table>) -> Result<(), StorageError> {
        let keyspace = self.catalogue().keyspace(&table.keyspace);
        match keyspace.and_then(|keyspace| keyspace.table(&table.name)) {
            Some(found) if Arc::ptr_eq(found, table) => Ok(()),
            Some(found) if found.id == table.id => Err(StorageError::TableChanged),
            _ => Err(StorageError::TableGone),
        }
    }

    fn keyspace_id(&self, name: &str) -> Result<i64, StorageError> {
        let keyspace = self
            .catalogue()
            .keyspace(name)
            .ok_or(StorageError::TableGone)?;
        Ok(keyspace.id)
    }

    fn table_id(&self, keyspace: &str, name: &str) -> Option<i64> {
        let table = self.catalogue().keyspace(keyspace)?.table(name)?;
        Some(table.id)
    }

    fn publish(&mut self, table: Table) {
        if let Some(keyspace) = self.catalogue_mut().keyspace_mut(&table.keyspace) {
            keyspace.tables.insert(table.name.clone(), Arc::new(table));
        }
    }
}

/// The numbers of the columns by whose values rows are looked up.
fn lookups(definition: &TableDefinition) -> BTreeSet<u32> {
    let columns = definition
        .columns()
        .iter()
        .filter(|column| definition.has_lookup(column));
    columns.map(|column| column.number).collect()
}

/// The columns of the one definition that the other does not have.
fn added<'d>(old: &TableDefinition, new: &'d TableDefinition) -> impl Iterator<Item = &'d Column> {
    let known: Vec<_> = old.columns().iter().map(|column| column.number).collect();
    new.columns()
        .iter()
        .filter(move |column| !known.contains(&column.number))
}

/// Rows lie in order of their keys. `marked` is 1 for a row that is there without any value beside its key.
fn rows_of(id: i64, columns: &[Column]) -> String {
    let columns = columns.iter().fold(String::new(), |mut columns, column| {
        let _ = write!(columns, ", c{} ANY", column.number);
        columns
    });
    format!(
        "CREATE TABLE rows_{id} (key BLOB PRIMARY KEY, marked INTEGER NOT NULL{columns}) STRICT, WITHOUT ROWID;"
    )
}
