//! The catalogue as it lies in the file.

use std::collections::BTreeMap;
use std::sync::Arc;

use rusqlite::Connection;

use super::catalogue::{Catalogue, Keyspace};
use super::collection::Collection;
use super::error::OpenError;
use super::table::Table;
use crate::definition::CollectionDefinition;
use crate::json::{Value, parse_stored};
use crate::table::column_type::{Field, Scalar, UserType};
use crate::table::definition::TableDefinition;

/// Reads the whole catalogue at start.
pub(super) fn catalogue(connection: &Connection) -> Result<Catalogue, OpenError> {
    let mut catalogue = Catalogue::default();
    let mut statement = connection.prepare("SELECT id, name FROM keyspaces")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (id, name): (i64, String) = (row.get(0)?, row.get(1)?);
        let types = load_types(connection, id, &name)?;
        let keyspace = Keyspace {
            id,
            name: name.clone(),
            collections: load_collections(connection, id, &name)?,
            tables: load_tables(connection, id, &name, &types)?,
            types,
        };
        catalogue.keyspaces.insert(name, Arc::new(keyspace));
    }
    Ok(catalogue)
}

fn load_collections(
    connection: &Connection,
    keyspace: i64,
    keyspace_name: &str,
) -> Result<BTreeMap<String, Arc<Collection>>, OpenError> {
    let mut collections = BTreeMap::new();
    let mut statement =
        connection.prepare("SELECT id, name, definition FROM collections WHERE keyspace = ?1")?;
    let mut rows = statement.query([keyspace])?;
    while let Some(row) = rows.next()? {
        let (id, name): (i64, String) = (row.get(0)?, row.get(1)?);
        let definition =
            CollectionDefinition::from_text(row.get_ref(2)?.as_str().unwrap_or_default());
        let Some(collection) =
            definition.and_then(|definition| Collection::new(id, keyspace_name, &name, definition))
        else {
            return Err(OpenError::UnreadableDefinition {
                keyspace: keyspace_name.to_owned(),
                collection: name,
            });
        };
        collections.insert(name, Arc::new(collection));
    }
    Ok(collections)
}

/// Reads the tables of a keyspace at start.
fn load_tables(
    connection: &Connection,
    keyspace: i64,
    keyspace_name: &str,
    types: &BTreeMap<String, Arc<UserType>>,
) -> Result<BTreeMap<String, Arc<Table>>, OpenError> {
    let mut tables = BTreeMap::new();
    let mut statement =
        connection.prepare("SELECT id, name, definition FROM tables WHERE keyspace = ?1")?;
    let mut rows = statement.query([keyspace])?;
    while let Some(row) = rows.next()? {
        let (id, name, definition): (i64, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let definition = TableDefinition::from_text(&definition, &|name| types.get(name).cloned());
        let Some(definition) = definition else {
            return Err(unreadable(keyspace_name, name));
        };
        tables.insert(
            name.clone(),
            Arc::new(Table::new(id, keyspace_name, &name, definition)),
        );
    }
    Ok(tables)
}

/// Reads the user-defined types of a keyspace at start.
fn load_types(
    connection: &Connection,
    keyspace: i64,
    keyspace_name: &str,
) -> Result<BTreeMap<String, Arc<UserType>>, OpenError> {
    let mut types = BTreeMap::new();
    let mut statement = connection.prepare("SELECT name, fields FROM types WHERE keyspace = ?1")?;
    let mut rows = statement.query([keyspace])?;
    while let Some(row) = rows.next()? {
        let (name, fields): (String, String) = (row.get(0)?, row.get(1)?);
        let Some(fields) = read_fields(&fields) else {
            return Err(unreadable(keyspace_name, name));
        };
        let user_type = UserType {
            keyspace: keyspace_name.to_owned(),
            name: name.clone(),
            fields,
        };
        types.insert(name, Arc::new(user_type));
    }
    Ok(types)
}

fn read_fields(text: &str) -> Option<Vec<Field>> {
    let fields = parse_stored(text).ok()?;
    let field = |(name, scalar): (&String, &Value)| {
        Some(Field {
            name: name.clone(),
            scalar: Scalar::named(scalar.as_str()?)?,
        })
    };
    fields.as_object()?.iter().map(field).collect()
}

fn unreadable(keyspace: &str, name: String) -> OpenError {
    OpenError::UnreadableSchema {
        keyspace: keyspace.to_owned(),
        name,
    }
}
