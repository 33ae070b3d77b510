//! What exists: keyspaces with their collections, tables and types, held in memory and replaced as a whole by each
//! commit that changes it.

use std::collections::BTreeMap;
use std::sync::Arc;

use rusqlite::Connection;

use super::error::OpenError;
use super::tables::{self, Table};
use crate::definition::CollectionDefinition;
use crate::document::CollectionRules;
use crate::table::column_type::UserType;

/// All keyspaces as of one commit.
#[derive(Debug, Clone, Default)]
pub(crate) struct Catalogue {
    pub(super) keyspaces: BTreeMap<String, Arc<Keyspace>>,
}

/// One keyspace with what is in it. Collections and tables never share a name.
#[derive(Debug, Clone)]
pub(crate) struct Keyspace {
    pub(super) id: i64,
    /// Its name, unique in the database.
    pub(crate) name: String,
    pub(super) collections: BTreeMap<String, Arc<Collection>>,
    pub(super) tables: BTreeMap<String, Arc<Table>>,
    pub(super) types: BTreeMap<String, Arc<UserType>>,
}

/// One collection. Two collections that had the same name at different times differ in their number.
#[derive(Debug)]
pub(crate) struct Collection {
    pub(super) id: i64,
    /// The keyspace it lies in.
    pub(crate) keyspace: String,
    /// Its name, unique in the keyspace.
    pub(crate) name: String,
    /// What was given at creation.
    pub(crate) definition: CollectionDefinition,
    /// What the definition asks of documents.
    pub(crate) rules: CollectionRules,
    pub(super) sql: super::documents::Statements,
}

impl Catalogue {
    /// The keyspace of that name.
    pub(crate) fn keyspace(&self, name: &str) -> Option<&Arc<Keyspace>> {
        self.keyspaces.get(name)
    }

    /// Every keyspace, by name.
    pub(crate) fn keyspaces(&self) -> impl Iterator<Item = &Arc<Keyspace>> {
        self.keyspaces.values()
    }

    /// The collection of that name in that keyspace.
    pub(crate) fn collection(&self, keyspace: &str, name: &str) -> Option<&Arc<Collection>> {
        self.keyspaces.get(keyspace)?.collections.get(name)
    }

    /// Whether this very collection is there, not another of its name.
    pub(crate) fn has(&self, collection: &Collection) -> bool {
        self.collection(&collection.keyspace, &collection.name)
            .is_some_and(|found| found.id == collection.id)
    }

    pub(super) fn keyspace_mut(&mut self, name: &str) -> Option<&mut Keyspace> {
        self.keyspaces.get_mut(name).map(Arc::make_mut)
    }
}

impl Keyspace {
    /// The collection of that name.
    pub(crate) fn collection(&self, name: &str) -> Option<&Arc<Collection>> {
        self.collections.get(name)
    }

    /// Every collection, by name.
    pub(crate) fn collections(&self) -> impl Iterator<Item = &Arc<Collection>> {
        self.collections.values()
    }

    /// The table of that name.
    pub(crate) fn table(&self, name: &str) -> Option<&Arc<Table>> {
        self.tables.get(name)
    }

    /// Every table, by name.
    pub(crate) fn tables(&self) -> impl Iterator<Item = &Arc<Table>> {
        self.tables.values()
    }

    /// The user-defined type of that name.
    pub(crate) fn user_type(&self, name: &str) -> Option<&Arc<UserType>> {
        self.types.get(name)
    }

    /// Every user-defined type, by name.
    pub(crate) fn user_types(&self) -> impl Iterator<Item = &Arc<UserType>> {
        self.types.values()
    }
}

impl Collection {
    /// None if the definition has something in it that no collection can be created with.
    pub(super) fn new(
        id: i64,
        keyspace: &str,
        name: &str,
        definition: CollectionDefinition,
    ) -> Option<Self> {
        Some(Self {
            id,
            keyspace: keyspace.to_owned(),
            name: name.to_owned(),
            rules: CollectionRules::of(&definition).ok()?,
            definition,
            sql: super::documents::Statements::new(id),
        })
    }
}

/// Reads the whole catalogue at start.
pub(super) fn load(connection: &Connection) -> Result<Catalogue, OpenError> {
    let mut catalogue = Catalogue::default();
    let mut statement = connection.prepare("SELECT id, name FROM keyspaces")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (id, name): (i64, String) = (row.get(0)?, row.get(1)?);
        let types = tables::load_types(connection, id, &name)?;
        let keyspace = Keyspace {
            id,
            name: name.clone(),
            collections: load_collections(connection, id, &name)?,
            tables: tables::load(connection, id, &name, &types)?,
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
